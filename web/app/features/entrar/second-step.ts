import { afterNextRender, Component, computed, inject, input, linkedSignal, signal } from '@angular/core';
import { FormField, form, required, submit } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { I18n, type Key } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { type Problem, toProblem } from '#core/problem';
import { Session } from '#core/session';
import { ProblemBox } from '#ui/problem-box';
import { leave, loginEnded } from './leave';
import { LogIn, type Way } from './log-in';

/** After the password: a passkey, a code of the app, or, for whoever has lost both, a recovery code. */
@Component({
  selector: 'la-second-step',
  imports: [FormField, MatButton, MatError, MatFormField, MatHint, MatLabel, MatInput, ProblemBox, TPipe],
  templateUrl: './second-step.html',
  styleUrl: './form.scss',
})
export class SecondStep {
  readonly uid = input.required<string>();
  readonly ways = input.required<readonly Way[]>();
  private readonly logIn = inject(LogIn);
  private readonly i18n = inject(I18n);
  private readonly session = inject(Session);
  /** The server names the way that is asked first, and a recovery code is never that. */
  protected readonly way = linkedSignal<Way>(() => this.ways()[0] ?? 'totp');
  protected readonly others = computed(() => this.ways().filter((one) => one !== this.way()));
  protected readonly words = computed(
    () => ({ sub: `second.sub.${this.way()}`, label: `second.label.${this.way()}` }) as Record<'sub' | 'label', Key>,
  );
  protected readonly model = signal({ code: '' });
  protected readonly f = form(this.model, (p) => required(p.code, { message: 'common.required' }));
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly ended = computed(() => this.problem()?.code === 'IDENTITY_LOGIN_ENDED');

  constructor() {
    afterNextRender(() => document.querySelector<HTMLElement>('la-second-step input, la-second-step h1')?.focus());
  }
  protected wordOf = (way: Way): Key => `second.use.${way}`;
  protected err(e: readonly { message?: string }[]): string {
    return e[0]?.message ? this.i18n.t(e[0].message as Key) : '';
  }
  protected restart(): void {
    this.session.login('sign-in');
  }
  protected take(way: Way): void {
    this.way.set(way);
    this.problem.set(null);
    this.model.set({ code: '' });
    this.f.code().reset();
    setTimeout(() => document.querySelector<HTMLElement>('la-second-step input')?.focus());
  }
  protected async send(ev: Event): Promise<void> {
    ev.preventDefault();
    const way = this.way();
    if (this.busy() || way === 'passkey') return;
    await submit(this.f, async () => {
      await this.attempt(() => this.logIn.second(this.uid(), way, this.model().code));
      return undefined;
    });
  }
  protected passkey(): Promise<void> {
    return this.attempt(() => this.logIn.passkey(this.uid()));
  }
  private async attempt(step: () => Promise<{ redirectTo: string }>): Promise<void> {
    this.problem.set(null);
    this.busy.set(true);
    try {
      leave((await step()).redirectTo);
    } catch (err) {
      this.busy.set(false);
      this.problem.set(loginEnded(toProblem(err)));
      this.model.set({ code: '' });
      this.f.code().reset();
      this.f.code().focusBoundControl();
    }
  }
}
