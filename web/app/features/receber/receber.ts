import { Component, computed, DestroyRef, effect, inject, linkedSignal, signal, untracked } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { FormField, form, maxLength } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { RouterLink } from '@angular/router';
import { MaskitoDirective } from '@maskito/angular';
import { I18n } from '#core/i18n/i18n';
import { BrlPipe, TPipe } from '#core/i18n/pipes';
import { Live } from '#core/live/live';
import { parseTyped } from '#core/money';
import { type Problem, toProblem } from '#core/problem';
import { amountField } from '#ui/amount-field';
import { CopyButton } from '#ui/copy-button';
import { FORM_DEFAULTS } from '#ui/form-defaults';
import { Icon } from '#ui/icon';
import { ProblemBox } from '#ui/problem-box';
import { QrCode } from '#ui/qr-code';
import { Bff } from '../../money/bff';
import type { Comprovante, ReceiveCode } from '../../money/contract';
import './texts';
import '../../money/texts';

const TYPING_MS = 450;
const MAX_NOTE = 37;

/** A code for somebody else to pay, and the word that they did. The amount may be left to whoever pays. */
@Component({
  selector: 'la-receber',
  imports: [
    FormField,
    MatButton,
    MatFormField,
    MatHint,
    MatLabel,
    MatInput,
    MaskitoDirective,
    RouterLink,
    CopyButton,
    Icon,
    ProblemBox,
    QrCode,
    BrlPipe,
    TPipe,
  ],
  providers: [FORM_DEFAULTS],
  templateUrl: './receber.html',
  styleUrl: './receber.scss',
})
export class Receber {
  private readonly bff = inject(Bff);
  private readonly i18n = inject(I18n);
  private readonly amount = amountField();
  protected readonly brl = this.amount.mask;
  protected readonly refused = this.amount.refused;
  protected readonly maxNote = MAX_NOTE;
  protected readonly model = signal({ amount: '', note: '' });
  protected readonly f = form(this.model, (p) => {
    maxLength(p.note, MAX_NOTE);
  });
  private readonly wanted = computed(() => {
    const amountMinor = parseTyped(this.model().amount);
    const description = this.model().note.trim().slice(0, MAX_NOTE);
    return { ...(amountMinor === '0' ? {} : { amountMinor }), ...(description ? { description } : {}) };
  });
  protected readonly code = signal<ReceiveCode | null>(null);
  protected readonly problem = signal<Problem | null>(null);
  /** What was typed is not in the code yet: nobody may scan a code for another amount. */
  protected readonly stale = signal(true);
  /** What has come in under this very code. */
  protected readonly arrived = linkedSignal<ReceiveCode | null, Comprovante[]>({ source: this.code, computation: () => [] });
  protected readonly paid = computed(() => (this.code()?.amountMinor ? (this.arrived()[0] ?? null) : null));
  protected readonly canShare = typeof navigator.share === 'function';
  protected readonly qrLabel = computed(() => {
    const amount = this.code()?.amountMinor;
    return amount ? this.i18n.t('receive.qrOf', { v: this.i18n.money(amount) }) : this.i18n.t('receive.qrOpen');
  });
  protected readonly copied = signal<'idle' | 'done' | 'failed'>('idle');
  private timer: ReturnType<typeof setTimeout> | undefined;
  private turn = 0;

  constructor() {
    let first = true;
    effect(() => {
      this.wanted();
      untracked(() => {
        this.stale.set(true);
        clearTimeout(this.timer);
        this.timer = setTimeout(() => void this.load(), first ? 0 : TYPING_MS);
        first = false;
      });
    });
    inject(DestroyRef).onDestroy(() => clearTimeout(this.timer));
    inject(Live)
      .events.pipe(takeUntilDestroyed())
      .subscribe((e) => {
        if (e.type === 'payment' && e.data.id.startsWith('rcv_') && e.data.status === 'settled') void this.hear(e.data.id);
      });
  }
  protected async load(): Promise<void> {
    const turn = ++this.turn;
    this.problem.set(null);
    try {
      const code = await this.bff.receiveCode(this.wanted());
      if (turn !== this.turn) return;
      this.code.set(code);
      this.stale.set(false);
    } catch (err) {
      if (turn === this.turn) this.problem.set(toProblem(err));
    }
  }
  protected another(): void {
    this.model.set({ amount: '', note: '' });
    this.code.set(null);
    void this.load();
  }
  protected async copy(): Promise<void> {
    const code = this.code();
    if (!code) return;
    const done = await navigator.clipboard.writeText(code.code).then(
      () => true,
      () => false,
    );
    this.copied.set(done ? 'done' : 'failed');
    setTimeout(() => this.copied.set('idle'), 2500);
  }
  protected async share(): Promise<void> {
    const code = this.code();
    // Closing the sheet rejects, too.
    if (code) await navigator.share({ text: code.code }).catch(() => undefined);
  }
  /** Money came: was it this code? Whatever else comes is told by balance and statement. */
  private async hear(id: string): Promise<void> {
    const comprovante = await this.bff.comprovante(id).catch(() => null);
    if (!comprovante || comprovante.txid === null || comprovante.txid !== this.code()?.txid) return;
    this.arrived.update((known) => (known.some((one) => one.id === comprovante.id) ? known : [comprovante, ...known]));
  }
}
