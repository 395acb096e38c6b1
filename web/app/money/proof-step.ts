import { afterNextRender, Component, computed, ElementRef, inject, input, linkedSignal, output, signal } from '@angular/core';
import { FormField, form, required, submit } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { I18n, type Key } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { type Problem, type StepUp, toProblem } from '#core/problem';
import { Icon } from '#ui/icon';
import { ProblemBox } from '#ui/problem-box';
import { PayerProof } from './payer-proof';
import './proof-texts';

type Way = StepUp['ways'][number];
const REASONS = new Set(['amount', 'new-payee', 'new-device', 'near-limit']);

/** Asks, on the same page, for the proof that one thing wants; what is confirmed stands above it. */
@Component({
  selector: 'la-proof-step',
  imports: [FormField, MatButton, MatError, MatFormField, MatLabel, MatInput, Icon, ProblemBox, TPipe],
  templateUrl: './proof-step.html',
  styleUrl: './proof-step.scss',
})
export class ProofStep {
  private readonly proofs = inject(PayerProof);
  private readonly i18n = inject(I18n);
  readonly stepUp = input.required<StepUp>();
  /** What is confirmed, in a sentence. */
  readonly what = input.required<string>();
  /** What was proved is being sent. */
  readonly sending = input(false);
  readonly proved = output();
  readonly cancelled = output();
  protected readonly way = linkedSignal<Way>(() => this.stepUp().ways[0] ?? 'password');
  protected readonly others = computed(() => this.stepUp().ways.filter((one) => one !== this.way()));
  protected readonly reasons = computed(() =>
    this.stepUp()
      .reasons.filter((one) => REASONS.has(one))
      .map((one) => `proof.because.${one}` as Key),
  );
  protected readonly model = signal({ typed: '' });
  protected readonly f = form(this.model, (p) => required(p.typed, { message: 'common.required' }));
  protected readonly proving = signal(false);
  protected readonly busy = computed(() => this.proving() || this.sending());
  protected readonly problem = signal<Problem | null>(null);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;

  constructor() {
    afterNextRender(() => this.host.querySelector<HTMLElement>('h2')?.focus());
  }
  protected wordOf = (way: Way): Key => `proof.use.${way}`;
  protected err(e: readonly { message?: string }[]): string {
    return e[0]?.message ? this.i18n.t(e[0].message as Key) : '';
  }
  protected take(way: Way): void {
    this.way.set(way);
    this.problem.set(null);
    this.clear();
    setTimeout(() => this.host.querySelector<HTMLElement>('input, .do')?.focus());
  }
  protected async send(ev: Event): Promise<void> {
    ev.preventDefault();
    if (this.busy()) return;
    await submit(this.f, async () => {
      const { typed } = this.model();
      const proof = this.way() === 'password' ? { password: typed } : { code: typed.trim() };
      await this.attempt(() => this.proofs.give(this.stepUp().binding, proof));
      return undefined;
    });
  }
  protected passkey(): Promise<void> {
    return this.attempt(() => this.proofs.givePasskey(this.stepUp().binding));
  }
  private clear(): void {
    this.model.set({ typed: '' });
    this.f.typed().reset();
  }
  private async attempt(give: () => Promise<unknown>): Promise<void> {
    if (this.busy()) return;
    this.problem.set(null);
    this.proving.set(true);
    try {
      await give();
      this.proved.emit();
    } catch (err) {
      this.problem.set(toProblem(err));
      this.clear();
    } finally {
      this.proving.set(false);
    }
  }
}
