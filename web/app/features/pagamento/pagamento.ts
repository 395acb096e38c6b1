import { Component, computed, inject, input } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import type { Key } from '#core/i18n/i18n';
import { BrlPipe, DiaPipe, MaskedPipe, TPipe } from '#core/i18n/pipes';
import { load } from '#core/load';
import { Brand } from '#ui/brand';
import { CopyButton } from '#ui/copy-button';
import { Icon } from '#ui/icon';
import { ProblemBox } from '#ui/problem-box';
import { Bff } from '../../money/bff';
import { ComprovanteSheet } from '../../money/comprovante-sheet';
import { isFinal } from '../../money/contract';
import { PaymentSteps } from '../../money/payment-steps';
import { tellReasons, wasSent } from './reasons';
import { statusWords } from './status-words';
import './texts';
import '../../money/texts';

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
  readonly id = input.required<string>();
  protected readonly full = FULL;
  /**
   * Events tell changes at once; asking as well shows each step and survives a dead line. Ever more rarely, and not without end: each call
   * keeps the session alive.
   */
  private readonly found = load({
    of: () => this.id(),
    read: (id) => this.bff.payment(id),
    hears: (event, id) => event.type === 'payment' && event.data.id === id,
    // An older answer that comes late must not take a final state back.
    merge: (before, now) => (isFinal(before.status) && !isFinal(now.status) ? before : now),
    pollMs: (payment, problem, polls) =>
      (payment && isFinal(payment.status)) || problem?.status === 404 || polls >= 40 ? null : Math.min(15_000, 1000 + 300 * polls),
  });
  protected readonly payment = this.found.data;
  protected readonly problem = this.found.problem;
  /** Once it is settled. */
  protected readonly proof = load({
    of: () => (this.payment()?.status === 'settled' ? this.payment()!.id : null),
    read: (id) => this.bff.comprovante(id),
  });
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

  protected load(): void {
    void this.found.reload();
  }
}
