import { Component, computed, inject, input } from '@angular/core';
import { I18n } from '#core/i18n/i18n';
import { BrlPipe, TPipe } from '#core/i18n/pipes';
import { toMinor } from '#core/money';
import { Icon } from '#ui/icon';
import { METHOD_ICONS } from '../../shop/books';
import type { Method, Today } from '../../shop/contract';
import './texts';

/** What was sold today, how it was paid, and how that compares with a week ago. */
@Component({
  selector: 'la-sold-card',
  imports: [Icon, BrlPipe, TPipe],
  template: `@let d = today();<section class="card" aria-labelledby="h-sold"><header><h2 id="h-sold">{{ 'today.sold' | t }}</h2><span class="muted small">{{ 'today.sales' | t: { n: d.soldCount } }}</span></header>
    <p class="v num" data-testid="sold" [attr.data-minor]="d.soldMinor">{{ d.soldMinor | brl }}</p>
    @if (compared(); as c) {<p class="small cmp" [class.in]="c.isMore"><la-icon [name]="c.isMore ? 'up' : 'clock'" />{{ c.text }}</p>}
    @if (d.byMethod.length) {
      <ul>@for (m of methods(); track m.method) {<li><la-icon [name]="icons[m.method]" /><span>{{ name(m.method) }}</span><i aria-hidden="true"><i [style.width.%]="m.share"></i></i><b class="num">{{ m.amountMinor | brl }}</b></li>}</ul>
    } @else {<p class="muted none">{{ 'today.noSales' | t }}</p>}
    <p class="out small"><span class="muted">{{ 'today.spent' | t }}</span><b class="num">{{ d.outMinor | brl }}</b></p></section>`,
  styles: `:host{display:grid}section{display:flex;flex-direction:column}header{display:flex;justify-content:space-between;align-items:baseline;gap:12px}.v{font-size:2rem;font-weight:650;letter-spacing:-.03em;line-height:1.3}.cmp{display:flex;align-items:center;gap:6px;color:var(--la-muted)}.cmp.in{color:var(--la-in)}.cmp la-icon{width:1rem}
    ul{list-style:none;padding:0;margin:10px 0 auto;display:grid}li{display:grid;grid-template-columns:auto 5.6rem 1fr auto;align-items:center;gap:10px;padding:7px 0}li la-icon{color:var(--la-muted)}li>i{display:block;height:8px;border-radius:99px;background:var(--la-soft);overflow:hidden}li>i>i{display:block;height:100%;border-radius:99px;background:var(--mat-sys-primary)}b{font-weight:600;text-align:right}
    .none{margin:8px 0 auto}.out{display:flex;justify-content:space-between;margin-top:10px;padding-top:10px;border-top:1px solid var(--la-line)}`,
})
export class SoldCard {
  private readonly i18n = inject(I18n);
  protected readonly icons = METHOD_ICONS;
  readonly today = input.required<Today>();
  protected readonly methods = computed(() => {
    const { byMethod } = this.today();
    const most = byMethod.reduce((top, { amountMinor }) => (toMinor(amountMinor) > top ? toMinor(amountMinor) : top), 1n);
    return byMethod.map((one) => ({
      ...one,
      method: one.method ?? ('other' as const),
      share: Number((toMinor(one.amountMinor) * 100n) / most),
    }));
  });
  protected readonly compared = computed(() => {
    const { date, soldMinor, soldBeforeMinor } = this.today();
    if (soldBeforeMinor === null || toMinor(soldBeforeMinor) <= 0n) return null;
    const percent = Number((toMinor(soldMinor) * 100n) / toMinor(soldBeforeMinor));
    const d = this.i18n.date(date, { weekday: 'long' });
    return { isMore: percent >= 100, text: this.i18n.t('today.before', { p: percent, d, v: this.i18n.money(soldBeforeMinor) }) };
  });
  protected name(method: Method): string {
    return this.i18n.t(`shop.method.${method}`);
  }
}
