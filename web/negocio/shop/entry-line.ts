import { booleanAttribute, Component, computed, inject, input } from '@angular/core';
import { I18n } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { Icon } from '#ui/icon';
import { Money } from '#ui/money';
import { Books, METHOD_ICONS } from './books';
import type { Entry } from './contract';

/** An entry in a list: what, how and where, when, how much, and whether the books have it yet. */
@Component({
  selector: 'la-entry-line',
  imports: [Icon, Money, TPipe],
  template: `@let e = entry();<span class="i"><la-icon [name]="icon()" /></span>
    <span class="t"><b>{{ books.titleOf(e) }}</b><small class="muted">{{ under() }}@if (e.unsorted) {<em>{{ 'shop.unsorted' | t }}</em>}@if (e.state !== 'posted') {<em [attr.data-state]="e.state">{{ state() }}</em>}</small></span>
    <la-money class="v" [minor]="e.amountMinor" [direction]="e.kind === 'in' ? 'in' : e.kind === 'out' ? 'out' : undefined" [off]="e.state === 'refused' || e.state === 'reversed'" />`,
  styles: `:host{display:flex;align-items:center;gap:12px;width:100%;min-width:0}.i{display:grid;place-items:center;flex:none;width:38px;height:38px;border-radius:12px;background:var(--la-soft);color:var(--la-muted)}
    .t{display:grid;flex:1;min-width:0}b{font-weight:550;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}small{display:flex;flex-wrap:wrap;gap:2px 8px;font-size:.8125rem}
    em{font-style:normal;font-weight:550;color:var(--la-warn)}em[data-state=refused]{color:var(--la-out)}em[data-state=reversed]{color:var(--la-muted)}.v{font-weight:600}`,
})
export class EntryLine {
  protected readonly books = inject(Books);
  protected readonly i18n = inject(I18n);
  readonly entry = input.required<Entry>();
  /** With its hour, where the day stands above. */
  readonly withHour = input(false, { transform: booleanAttribute });
  protected readonly state = computed(() => this.i18n.t(`shop.state.${this.entry().state}`));
  protected readonly icon = computed(() => {
    const { kind, method } = this.entry();
    return kind === 'transfer' ? 'repeat' : kind === 'opening' ? 'checklist' : METHOD_ICONS[method ?? 'other'];
  });
  protected readonly under = computed(() => {
    const entry = this.entry();
    const category = entry.text || entry.counterparty ? this.books.categoryOf(entry) : '';
    const hour = this.withHour() ? this.i18n.date(entry.recordedAt, { hour: '2-digit', minute: '2-digit' }) : '';
    return [hour, category, this.books.whereOf(entry)].filter(Boolean).join(' · ');
  });
}
