import { Component, inject, input, output, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { I18n } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { typedMoney } from '#core/masks';
import { parseTyped } from '#core/money';
import { Card } from '#ui/card';
import { type Counts, Denominations } from '#ui/denominations';
import { ProblemBox } from '#ui/problem-box';
import { Drawers, type NewCount, type Session } from '../../shop/drawers';
import '../../shop/texts';
import { Acting } from '../../shop/acting';
import { piecesOf } from './pieces';
import './texts';

const SLIPS = ['pix', 'debit-card', 'credit-card', 'voucher'] as const;

/** A blind count: what lies there, by note, coin and slip, before anybody says what should. */
@Component({
  selector: 'la-count-drawer',
  imports: [MatButton, Card, Denominations, ProblemBox, TPipe],
  template: `<la-card [heading]="'drawer.countTitle' | t"><p class="muted">{{ 'drawer.countSub' | t }}</p>
    <la-denominations name="count" [(counts)]="counts" />
    <h3>{{ 'drawer.slips' | t }}</h3><p class="muted small">{{ 'drawer.slipsSub' | t }}</p>
    <div class="slips">@for (m of slipMethods; track m) {<label class="pick"><span>{{ i18n.t(methodKey(m)) }}</span><input #field class="num" inputmode="numeric" autocomplete="off" placeholder="R$ 0,00" [value]="money(slips()[m] ?? '')" (input)="typed(m, field)" [attr.data-testid]="'slip-' + m"></label>}</div>
    @if (acting.problem(); as p) {<la-problem [problem]="p" />}
    <div class="two"><button matButton type="button" class="tall" (click)="back.emit()">{{ 'drawer.back' | t }}</button>
      <button matButton="filled" class="tall" type="button" [disabled]="acting.busy()" disabledInteractive data-testid="count-done" (click)="count()">{{ 'drawer.countDo' | t }}</button></div></la-card>`,
  styles:
    'p{margin-bottom:12px}h3{margin:18px 0 2px;font-size:.9375rem;font-weight:600}.slips{display:grid;grid-template-columns:repeat(auto-fit,minmax(140px,1fr));gap:12px;margin-bottom:16px}.two{display:grid;grid-template-columns:auto 1fr;gap:8px}la-problem{margin-bottom:12px}',
})
export class CountDrawer {
  private readonly api = inject(Drawers);
  protected readonly i18n = inject(I18n);
  readonly session = input.required<Session>();
  readonly counted = output<Session>();
  readonly back = output();
  protected readonly slipMethods = SLIPS;
  protected readonly acting = new Acting();
  protected readonly counts = signal<Counts>({});
  protected readonly slips = signal<Partial<Record<(typeof SLIPS)[number], string>>>({});
  protected readonly money = typedMoney;

  protected methodKey(method: (typeof SLIPS)[number]) {
    return `shop.method.${method}` as const;
  }
  protected typed(method: (typeof SLIPS)[number], field: HTMLInputElement): void {
    const minor = field.value.trim() === '' ? '' : parseTyped(field.value);
    field.value = typedMoney(minor);
    this.slips.update((before) => ({ ...before, [method]: field.value === '' ? '' : minor }));
  }
  protected async count(): Promise<void> {
    // A method nobody counted is left out, which is not zero.
    const slips = SLIPS.flatMap((method) => {
      const amountMinor = this.slips()[method];
      return amountMinor ? [{ method, amountMinor, slips: 0 }] : [];
    });
    const body: NewCount = { cash: piecesOf(this.counts()), ...(slips.length ? { slips } : {}) };
    const asked = { session: this.session().id, nth: this.session().counts.length, body };
    const session = await this.acting.wish(asked, (key) => this.api.count(this.session().id, body, key));
    if (session) this.counted.emit(session);
  }
}
