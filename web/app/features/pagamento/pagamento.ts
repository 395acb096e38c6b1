import { Component, computed, DestroyRef, effect, inject, input, signal, untracked } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import type { Key } from '#core/i18n/i18n';
import { BrlPipe, DiaPipe, MaskedPipe, TPipe } from '#core/i18n/pipes';
import { Live } from '#core/live/live';
import { type Problem, toProblem } from '#core/problem';
import { Brand } from '#ui/brand';
import { CopyButton } from '#ui/copy-button';
import { Icon } from '#ui/icon';
import { ProblemBox } from '#ui/problem-box';
import { Bff } from '../../money/bff';
import { ComprovanteSheet } from '../../money/comprovante-sheet';
import { type Comprovante, isFinal, type Payment } from '../../money/contract';
import { PaymentSteps } from '../../money/payment-steps';
import { tellReasons, wasSent } from './reasons';
import { statusWords } from './status-words';

const FULL: Intl.DateTimeFormatOptions = {
  day: '2-digit',
  month: '2-digit',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
};

/** One payment, live until it is final, then its receipt. Nothing is shown as done before the server says so. */
@Component({
  selector: 'la-pagamento',
  imports: [
    MatButton,
    RouterLink,
    ComprovanteSheet,
    CopyButton,
    Icon,
    PaymentSteps,
    ProblemBox,
    Brand,
    BrlPipe,
    DiaPipe,
    TPipe,
    MaskedPipe,
  ],
  templateUrl: './pagamento.html',
  styleUrl: './pagamento.scss',
})
export class Pagamento {
  private readonly bff = inject(Bff);
  private readonly live = inject(Live);
  readonly id = input.required<string>();
  protected readonly full = FULL;
  protected readonly payment = signal<Payment | null>(null);
  protected readonly problem = signal<Problem | null>(null);
  /** Once it is settled. */
  protected readonly comprovante = signal<Comprovante | null>(null);
  protected readonly words = computed(() => {
    const p = this.payment();
    return p ? statusWords(p.status) : null;
  });
  protected readonly reasons = computed(() => {
    const p = this.payment();
    return p ? tellReasons(p, statusWords(p.status).todo) : null;
  });
  protected readonly sent = computed(() => !!this.payment() && wasSent(this.payment()!));
  protected readonly final = computed(() => !!this.payment() && isFinal(this.payment()!.status));
  protected readonly missing = computed(() => this.problem()?.status === 404);
  protected readonly missingKey: Key = 'payment.notFound';
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
      if (e.type === 'payment' && e.data.id === this.id()) void this.load();
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
      const p = await this.bff.payment(id);
      if (id !== this.id()) return;
      // An older answer that comes late must not take a final state back.
      if (!(this.payment()?.id === p.id && this.final() && !isFinal(p.status))) this.payment.set(p);
      this.problem.set(null);
      if (p.status === 'settled' && this.comprovante()?.id !== p.id) this.comprovante.set(await this.bff.comprovante(p.id));
    } catch (err) {
      if (id !== this.id()) return;
      this.problem.set(toProblem(err));
    }
    // Events tell changes at once; asking as well shows each step and survives a dead line. Ever more rarely, and not without end: each call keeps
    // the session alive.
    clearTimeout(this.timer);
    if (this.alive && !this.final() && !this.missing() && this.polls < 40)
      this.timer = setTimeout(() => void this.load(), Math.min(15_000, 1000 + 300 * this.polls++));
  }
}
