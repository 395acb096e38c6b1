import { booleanAttribute, Component, computed, inject, input } from '@angular/core';
import { I18n, type Key } from '#core/i18n/i18n';
import { BrlPipe, TPipe } from '#core/i18n/pipes';
import { Icon } from '#ui/icon';
import { Money } from '#ui/money';
import type { StatementLine } from './contract';
import { LineStatus } from './line-status';
import './texts';

const KINDS: Record<StatementLine['kind'], Key> = {
  hold: 'line.hold',
  other: 'line.other',
  'pix-in': 'line.in',
  'pix-out': 'line.out',
  'return-in': 'line.returnIn',
  'return-out': 'line.returnOut',
};
/** A kind of a newer server is a movement. */
export const kindKey = (l: StatementLine): Key => KINDS[l.kind] ?? 'line.other';

/** The inside of one statement line; whoever uses it decides whether it is a button or a list item. */
@Component({
  selector: 'la-line',
  imports: [Icon, LineStatus, Money, TPipe, BrlPipe],
  template: `@let l = line();<div class="g"><span class="dot" [class.pos]="l.direction === 'in'"><la-icon [name]="l.direction" /></span>
    <span class="who"><b>{{ title() }}</b><small class="muted">{{ sub() }}</small></span>
    @if (l.status !== 'done') {<la-line-status [status]="l.status" class="st" />}
    <span class="v"><la-money [minor]="l.amountMinor" [direction]="l.direction" [off]="l.status === 'failed'" />@if (balance() && l.balanceAfterMinor; as after) {<small class="bal num muted"><span class="sr-only">{{ 'line.after' | t }}: </span>{{ after | brl }}</small>}</span></div>`,
  styles: `:host{display:block;container-type:inline-size;width:100%}.g{display:grid;grid-template-columns:38px minmax(0,1fr) auto auto;align-items:center;gap:2px 14px;text-align:left}
    .dot{display:grid;place-items:center;width:38px;height:38px;border-radius:12px;background:var(--la-soft);color:var(--la-muted)}
    .dot.pos{color:var(--la-in);background:color-mix(in srgb,var(--la-in) 11%,transparent)}
    .who{display:grid;min-width:0}b{font-weight:550;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}small{font-size:.8125rem;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
    .v{display:grid;justify-items:end;font-weight:600;grid-column:4}.v>.bal{grid-column:1;grid-row:2;font-weight:450}
    @container(max-width:480px){.g{grid-template-columns:38px minmax(0,1fr) auto;gap:2px 12px}.dot{grid-row:1/3;align-self:center}.who{display:contents}.v{grid-column:3;grid-row:1}small{grid-column:2/4;grid-row:2}.st{grid-column:2/4;grid-row:3;font-size:.75rem}}`,
})
export class LineRow {
  private readonly i18n = inject(I18n);
  readonly line = input.required<StatementLine>();
  /** With the balance after it under the amount. */
  readonly balance = input(false, { transform: booleanAttribute });
  /** In a list grouped by day the hour is enough. */
  readonly timeOnly = input(false, { transform: booleanAttribute });
  protected readonly kind = computed(() => kindKey(this.line()));
  /** Who was on the other side; for an entry without one, what it was for says more than its kind. */
  protected readonly title = computed(() => this.line().counterparty ?? this.line().description ?? this.i18n.t(this.kind()));
  protected readonly sub = computed(() => {
    const l = this.line();
    const time: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };
    const when = this.i18n.date(l.at, this.timeOnly() ? time : { day: '2-digit', month: 'short', ...time });
    return [this.title() === this.i18n.t(this.kind()) ? null : this.i18n.t(this.kind()), when, l.counterparty ? l.description : null]
      .filter(Boolean)
      .join(' · ');
  });
}
