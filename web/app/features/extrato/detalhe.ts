import { Component, type Injector, inject } from '@angular/core';
import { MatButton, MatIconButton } from '@angular/material/button';
import { MAT_DIALOG_DATA, MatDialogClose } from '@angular/material/dialog';
import { RouterLink } from '@angular/router';
import { I18n } from '#core/i18n/i18n';
import { BrlPipe, DiaPipe, TPipe } from '#core/i18n/pipes';
import { load } from '#core/load';
import { CopyButton } from '#ui/copy-button';
import { openDrawer } from '#ui/drawer';
import { Icon } from '#ui/icon';
import { Money } from '#ui/money';
import { ProblemBox } from '#ui/problem-box';
import { Bff } from '../../money/bff';
import type { StatementLine } from '../../money/contract';
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
    Money,
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
  protected readonly payment = load({ of: () => this.line.paymentId, read: (id) => this.bff.payment(id) });
  protected readonly full: Intl.DateTimeFormatOptions = {
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  };
}

/** The drawer over the statement. */
export function openDetail(injector: Injector, line: StatementLine): void {
  openDrawer(injector, Detalhe, { data: line, labelledBy: 'h-detail' });
}
