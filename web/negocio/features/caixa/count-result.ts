import { Component, computed, inject, input, output, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { I18n } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { typedMoney } from '#core/masks';
import { parseTyped, toMinor } from '#core/money';
import { Card } from '#ui/card';
import { Notice } from '#ui/notice';
import { ProblemBox } from '#ui/problem-box';
import { type Column, Table } from '#ui/table';
import { type Closing, Drawers, type Session } from '../../shop/drawers';
import '../../shop/texts';
import { Acting } from '../../shop/acting';
import './texts';

type Line = Session['counts'][number]['lines'][number];

/** What was counted beside what should be there, method by method; a difference is accepted, said why, and kept. */
@Component({
  selector: 'la-count-result',
  imports: [MatButton, Card, Notice, ProblemBox, Table, TPipe],
  template: `<la-card [heading]="'drawer.result' | t">
    <la-table asCards [caption]="'drawer.lines' | t" [columns]="columns" [rows]="lines()" data-testid="count-lines" />
    @if (differs()) {
      <la-notice tone="warn" icon="scale" role="status" data-testid="differs" [heading]="said()"><span>{{ 'drawer.differs' | t }}</span></la-notice>
      <label class="pick"><span>{{ 'drawer.why' | t }}</span><input maxlength="200" autocomplete="off" [placeholder]="'drawer.whyHint' | t" [value]="reason()" (input)="reason.set($any($event.target).value)" data-testid="close-reason"></label>
    } @else {<la-notice tone="ok" icon="ok" role="status" data-testid="exact" [heading]="'drawer.exact' | t" />}
    <label class="pick leave"><span>{{ 'drawer.leave' | t }}</span><input #field class="num" inputmode="numeric" autocomplete="off" placeholder="R$ 0,00" [value]="money(leave())" (input)="typed(field)" aria-describedby="leave-hint" data-testid="leave"></label><p class="muted small" id="leave-hint">{{ 'drawer.leaveHint' | t }}</p>
    @if (acting.problem(); as p) {<la-problem [problem]="p" />}
    <div class="two"><button matButton type="button" class="tall" data-testid="count-again" (click)="again.emit()">{{ 'drawer.again' | t }}</button>
      <button matButton="filled" class="tall" type="button" [disabled]="acting.busy() || (differs() && reason().trim().length < 3)" disabledInteractive data-testid="close-drawer" (click)="close()">{{ 'drawer.closeDo' | t }}</button></div></la-card>`,
  styles:
    'la-table{margin-bottom:14px}la-notice{margin-bottom:14px}.pick{margin-bottom:6px;max-width:420px}#leave-hint{margin-bottom:16px}.two{display:grid;grid-template-columns:auto 1fr;gap:8px}la-problem{margin-bottom:12px}',
})
export class CountResult {
  private readonly api = inject(Drawers);
  protected readonly i18n = inject(I18n);
  readonly session = input.required<Session>();
  readonly again = output();
  /** Told of the closed session. No output: the news that a drawer was closed may be here before the answer, and this piece gone with its session. */
  readonly done = input.required<(session: Session) => void>();
  protected readonly acting = new Acting();
  protected readonly reason = signal('');
  protected readonly leave = signal('');
  protected readonly money = typedMoney;
  protected readonly lines = computed<readonly Line[]>(() => this.session().counts.at(-1)?.lines ?? []);
  private readonly differing = computed(() =>
    this.lines().filter(({ differenceMinor }) => differenceMinor !== null && toMinor(differenceMinor) !== 0n),
  );
  protected readonly differs = computed(() => this.differing().length > 0);
  protected readonly said = computed(() =>
    this.differing()
      .map((line) => `${this.method(line)}: ${this.difference(line)}`)
      .join(' · '),
  );
  protected readonly columns: Column<Line>[] = [
    { name: 'method', heading: this.i18n.t('drawer.method'), text: (line) => this.method(line) },
    { name: 'should', heading: this.i18n.t('drawer.should'), text: ({ expectedMinor }) => this.i18n.money(expectedMinor), isNumber: true },
    {
      name: 'counted',
      heading: this.i18n.t('drawer.counted'),
      text: ({ countedMinor }) => (countedMinor === null ? this.i18n.t('drawer.notCounted') : this.i18n.money(countedMinor)),
      isNumber: true,
    },
    { name: 'difference', heading: this.i18n.t('drawer.difference'), text: (line) => this.difference(line), isNumber: true },
  ];

  private method({ method }: Line): string {
    return this.i18n.t(`shop.method.${method}`);
  }
  private difference({ differenceMinor }: Line): string {
    if (differenceMinor === null) return '—';
    const amount = toMinor(differenceMinor);
    if (amount === 0n) return this.i18n.money('0');
    return `${this.i18n.t(amount > 0n ? 'drawer.over' : 'drawer.short')} ${this.i18n.money(amount < 0n ? -amount : amount)}`;
  }
  protected typed(field: HTMLInputElement): void {
    const minor = field.value.trim() === '' ? '' : parseTyped(field.value);
    field.value = typedMoney(minor);
    this.leave.set(field.value === '' ? '' : minor);
  }
  protected async close(): Promise<void> {
    const [reason, leave] = [this.reason().trim(), this.leave()];
    const body: Closing = { ...(reason ? { reason } : {}), leave: leave ? { amountMinor: leave } : null };
    const session = await this.acting.wish({ session: this.session().id, body }, (key) => this.api.close(this.session().id, body, key));
    if (session) this.done()(session);
  }
}
