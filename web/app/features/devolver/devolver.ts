import { Component, computed, DestroyRef, effect, inject, input, linkedSignal, signal, untracked } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { FormField, form, submit, validate } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { RouterLink } from '@angular/router';
import { MaskitoDirective } from '@maskito/angular';
import { I18n, type Key } from '#core/i18n/i18n';
import { BrlPipe, DiaPipe, TPipe } from '#core/i18n/pipes';
import { IntentKey } from '#core/intent';
import { Live } from '#core/live/live';
import { typedMoney } from '#core/masks';
import { parseTyped, toMinor } from '#core/money';
import { type Problem, type StepUp, toProblem } from '#core/problem';
import { amountField } from '#ui/amount-field';
import { FORM_DEFAULTS } from '#ui/form-defaults';
import { Icon } from '#ui/icon';
import { ProblemBox } from '#ui/problem-box';
import { Bff } from '../../money/bff';
import type { ReceivedPix } from '../../money/contract';
import { ProofStep } from '../../money/proof-step';
import './texts';
import '../../money/texts';
import { isUnderWay, reasonKey, refusalKey, statusKey } from './words';

/** Gives back a Pix that came in, whole or in part, and shows what has gone back of it. Nothing is shown as done before the server says so. */
@Component({
  selector: 'la-devolver',
  imports: [
    FormField,
    MatButton,
    MatError,
    MatFormField,
    MatHint,
    MatLabel,
    MatInput,
    MaskitoDirective,
    RouterLink,
    Icon,
    ProblemBox,
    ProofStep,
    BrlPipe,
    DiaPipe,
    TPipe,
  ],
  providers: [FORM_DEFAULTS],
  templateUrl: './devolver.html',
  styleUrl: './devolver.scss',
})
export class Devolver {
  private readonly bff = inject(Bff);
  private readonly i18n = inject(I18n);
  private readonly live = inject(Live);
  private readonly intent = new IntentKey();
  private readonly field = amountField();
  readonly id = input.required<string>();
  protected readonly brl = this.field.mask;
  protected readonly refused = this.field.refused;
  protected readonly received = signal<ReceivedPix | null>(null);
  protected readonly problem = signal<Problem | null>(null);
  /** What was asked for and could not be made, or got no answer. */
  protected readonly fault = signal<Problem | null>(null);
  protected readonly busy = signal(false);
  /** What has to be proved before it is given back. */
  protected readonly stepUp = signal<StepUp | null>(null);
  /** The last look before money moves. */
  protected readonly asking = signal(false);
  protected readonly missing = computed(() => [404, 409, 422].includes(this.problem()?.status ?? 0));
  private readonly left = computed(() => this.received()?.leftMinor ?? '0');
  /** All that is left, until something else is typed. */
  protected readonly model = linkedSignal(() => ({ amount: typedMoney(this.left()) }));
  protected readonly minor = computed(() => parseTyped(this.model().amount));
  protected readonly f = form(this.model, (p) => {
    validate(p.amount, () =>
      toMinor(this.minor()) <= 0n
        ? { kind: 'zero', message: 'pix.zero' }
        : toMinor(this.minor()) > toMinor(this.left())
          ? { kind: 'over', message: 'devolver.over' }
          : undefined,
    );
  });
  protected readonly day: Intl.DateTimeFormatOptions = { day: '2-digit', month: '2-digit', year: 'numeric' };
  protected readonly time: Intl.DateTimeFormatOptions = { ...this.day, hour: '2-digit', minute: '2-digit' };
  protected readonly statusKey = statusKey;
  protected readonly reasonKey = reasonKey;
  protected readonly refusalKey = refusalKey;
  /** Until then, inclusive: the server names the first instant that is too late. */
  protected readonly lastDay = computed(() => new Date(Date.parse(this.received()?.until ?? '') - 1).toISOString());
  private timer: ReturnType<typeof setTimeout> | undefined;
  private polls = 0;
  private alive = true;

  constructor() {
    effect(() => {
      this.id();
      this.live.resumed();
      untracked(() => void this.load());
    });
    this.live.events.pipe(takeUntilDestroyed()).subscribe((e) => {
      if (e.type === 'devolucao') void this.load();
    });
    inject(DestroyRef).onDestroy(() => {
      this.alive = false;
      clearTimeout(this.timer);
    });
  }
  protected async load(): Promise<void> {
    clearTimeout(this.timer);
    const id = this.id();
    try {
      const found = await this.bff.received(id);
      if (id !== this.id()) return;
      this.received.set(found);
      this.problem.set(null);
    } catch (err) {
      if (id === this.id()) this.problem.set(toProblem(err));
    }
    // Events tell changes at once; asking as well survives a dead line. Ever more rarely, and not without end.
    clearTimeout(this.timer);
    if (this.alive && this.received()?.devolucoes.some(isUnderWay) && this.polls < 30)
      this.timer = setTimeout(() => void this.load(), Math.min(15_000, 1500 + 500 * this.polls++));
  }
  protected err(e: readonly { message?: string }[]): string {
    return e[0]?.message ? this.i18n.t(e[0].message as Key, { v: this.i18n.money(this.left()) }) : '';
  }
  protected async ask(ev: Event): Promise<void> {
    ev.preventDefault();
    if (this.busy()) return;
    this.fault.set(null);
    const valid = await submit(this.f, async () => {
      this.asking.set(true);
      return undefined;
    });
    if (!valid) this.f().errorSummary()[0]?.fieldTree().focusBoundControl();
  }
  protected async give(): Promise<void> {
    const r = this.received();
    if (!r || this.busy()) return;
    const body = { receiptId: r.id, amountMinor: this.minor() };
    this.busy.set(true);
    try {
      await this.bff.giveBack(body, this.intent.keyFor(body));
      // An answer: the same amount again is another wish. Without one, the same key asks what became of the first.
      this.intent.renew();
      this.stepUp.set(null);
      this.asking.set(false);
    } catch (err) {
      const fault = toProblem(err);
      this.stepUp.set(fault.stepUp);
      // Once it was proved the same wish goes out again, under the same key.
      if (fault.stepUp) return;
      if (fault.status >= 400 && fault.status < 500) this.intent.renew();
      this.fault.set(fault);
      this.asking.set(false);
    } finally {
      this.busy.set(false);
    }
    await this.load();
  }
}
