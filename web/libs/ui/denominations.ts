import { Component, computed, inject, input, model } from '@angular/core';
import { I18n } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import type { Minor } from '#core/money';
import { Icon } from './icon';
import './texts';

/** What is in circulation, in centavos: notes from two reais up, coins below. */
const NOTES = [20_000, 10_000, 5_000, 2_000, 1_000, 500, 200] as const;
const COINS = [100, 50, 25, 10, 5] as const;
const MOST_OF_ONE = 99_999;

/** How many there are of each, by its value in centavos. */
export type Counts = Readonly<Record<string, number>>;

export const totalOf = (counts: Counts): Minor =>
  String(Object.entries(counts).reduce((sum, [value, count]) => sum + BigInt(value) * BigInt(count), 0n));

/** Money counted by hand, note by note and coin by coin; the sum is ours. */
@Component({
  selector: 'la-denominations',
  imports: [Icon, TPipe],
  template: `@for (group of groups; track group.key) {
      <fieldset><legend>{{ group.key | t }}</legend>
        @for (v of group.values; track v) {
          @let worth = i18n.money(text(v));
          <div class="row" [class.some]="(counts()[v] ?? 0) > 0"><label class="num" [for]="id(v)">{{ worth }}</label>
            <span class="step"><button type="button" [attr.aria-label]="'pieces.oneLess' | t: { v: worth }" [disabled]="!counts()[v]" (click)="add(v, -1)"><la-icon name="minus" /></button>
              <input #field class="num" [id]="id(v)" inputmode="numeric" autocomplete="off" [attr.aria-label]="'pieces.howMany' | t: { v: worth }" placeholder="0" [value]="counts()[v] || ''" (input)="put(v, field)" (focus)="field.select()" [attr.data-testid]="'count-' + v">
              <button type="button" [attr.aria-label]="'pieces.oneMore' | t: { v: worth }" (click)="add(v, 1)"><la-icon name="plus" /></button></span>
            <output class="num">{{ (counts()[v] ?? 0) > 0 ? i18n.money(text(v * counts()[v]!)) : '' }}</output></div>
        }</fieldset>
    }
    <p class="total" role="status"><span>{{ 'pieces.counted' | t }}</span><b class="num" data-testid="count-total" [attr.data-minor]="total()">{{ i18n.money(total()) }}</b></p>`,
  styles: `:host{display:grid;grid-template-columns:repeat(auto-fit,minmax(300px,1fr));gap:8px 32px;min-width:0}fieldset{border:0;padding:0;min-width:0;display:grid;align-content:start}
    legend{padding:0 0 4px;font-size:.8125rem;font-weight:550;color:var(--la-muted)}.row{display:grid;grid-template-columns:5.2rem auto 1fr;align-items:center;gap:10px;padding:5px 0;border-bottom:1px solid var(--la-line)}
    .row label{font-weight:550}.row:not(.some) label{color:var(--la-muted)}.step{display:flex;align-items:center;gap:4px}.step button{display:grid;place-items:center;width:40px;height:40px;border:0;border-radius:12px;background:var(--la-soft);color:inherit;cursor:pointer;touch-action:manipulation}
    .step button:disabled{opacity:.4;cursor:default}.step input{width:3.6rem;height:40px;border:1px solid var(--mat-sys-outline);border-radius:10px;background:transparent;color:inherit;font:600 1rem Inter,system-ui,sans-serif;text-align:center}
    output{text-align:right;font-size:.875rem;color:var(--la-muted)}.total{grid-column:1/-1;display:flex;justify-content:space-between;align-items:baseline;padding:12px 0 0;font-weight:550}.total b{font-size:1.375rem;font-weight:650;letter-spacing:-.02em}`,
})
export class Denominations {
  protected readonly i18n = inject(I18n);
  readonly counts = model<Counts>({});
  /** Two on one page need different ones. */
  readonly name = input('den');
  protected readonly groups = [
    { key: 'pieces.notes', values: NOTES },
    { key: 'pieces.coins', values: COINS },
  ] as const;
  protected readonly total = computed(() => totalOf(this.counts()));
  protected readonly text = String;

  protected id(value: number): string {
    return `${this.name()}-${value}`;
  }
  protected add(value: number, by: 1 | -1): void {
    this.set(value, (this.counts()[value] ?? 0) + by);
  }
  protected put(value: number, field: HTMLInputElement): void {
    field.value = field.value.replace(/\D/g, '').slice(0, 5);
    this.set(value, Number(field.value));
  }
  private set(value: number, count: number): void {
    this.counts.update((before) => ({ ...before, [value]: Math.min(MOST_OF_ONE, Math.max(0, count)) }));
  }
}
