import { Component, type Injector, inject, signal } from '@angular/core';
import { MatButton, MatIconButton } from '@angular/material/button';
import { MAT_DIALOG_DATA, MatDialog, MatDialogClose } from '@angular/material/dialog';
import { RouterLink } from '@angular/router';
import { I18n } from '#core/i18n/i18n';
import { BrlPipe, DiaPipe, TPipe } from '#core/i18n/pipes';
import { type Problem, toProblem } from '#core/problem';
import { CopyButton } from '#ui/copy-button';
import { Icon } from '#ui/icon';
import { ProblemBox } from '#ui/problem-box';
import { Bff } from '../../money/bff';
import type { Payment, StatementLine } from '../../money/contract';
import { kindKey } from '../../money/line-row';
import { LineStatus } from '../../money/line-status';
import { PaymentSteps } from '../../money/payment-steps';

/** Drawer of one statement line; for a payment also its steps and way to the receipt. */
@Component({
  selector: 'la-detalhe',
  imports: [
    MatButton,
    MatIconButton,
    MatDialogClose,
    RouterLink,
    CopyButton,
    Icon,
    LineStatus,
    PaymentSteps,
    ProblemBox,
    BrlPipe,
    DiaPipe,
    TPipe,
  ],
  templateUrl: './detalhe.html',
  styleUrl: './detalhe.scss',
})
export class Detalhe {
  private readonly bff = inject(Bff);
  protected readonly line = inject<StatementLine>(MAT_DIALOG_DATA);
  private readonly i18n = inject(I18n);
  protected readonly kind = kindKey(this.line);
  protected readonly title = this.line.counterparty ?? this.line.description ?? this.i18n.t(this.kind);
  protected readonly payment = signal<Payment | null>(null);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly full: Intl.DateTimeFormatOptions = {
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  };

  constructor() {
    void this.load();
  }
  protected async load(): Promise<void> {
    if (!this.line.paymentId) return;
    this.problem.set(null);
    try {
      this.payment.set(await this.bff.payment(this.line.paymentId));
    } catch (err) {
      this.problem.set(toProblem(err));
    }
  }
}

/** Opens the drawer over the statement: from the right, on a phone from below. The dialog's code comes with it, when it is first wanted. */
export function openDetail(injector: Injector, line: StatementLine): void {
  const phone = globalThis.matchMedia('(max-width: 760px)').matches;
  injector.get(MatDialog).open(Detalhe, {
    data: line,
    panelClass: 'la-drawer',
    maxWidth: '100vw',
    ariaLabelledBy: 'h-detail',
    ...(phone
      ? { width: '100vw', maxHeight: '88dvh', position: { bottom: '0' } }
      : { width: '460px', height: '100dvh', position: { right: '0', top: '0' } }),
  });
}
