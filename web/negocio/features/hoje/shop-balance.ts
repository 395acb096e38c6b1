import { Component, computed, inject, input } from '@angular/core';
import { BrlPipe, TPipe } from '#core/i18n/pipes';
import { Freshness } from '#ui/freshness';
import { Icon } from '#ui/icon';
import { Books, PLACE_ICONS } from '../../shop/books';
import type { Today } from '../../shop/contract';
import './texts';

/** All the money of the shop, and where it is. What was not counted yet is a dash, never zero. */
@Component({
  selector: 'la-shop-balance',
  imports: [Freshness, Icon, BrlPipe, TPipe],
  template: `@let d = today();<section aria-labelledby="h-total"><h2 id="h-total">{{ 'today.balance' | t }}</h2>
    <p class="v num" data-testid="total" aria-live="polite" [attr.data-minor]="d.totalMinor">{{ d.totalMinor | brl }}</p>
    <ul>@for (p of places(); track p.id) {<li data-testid="place" [attr.data-kind]="p.kind" [attr.data-minor]="p.balanceMinor"><la-icon [name]="icons[p.kind]" /><span>{{ p.name }}</span><b class="num">@if (p.balanceMinor === null) {<span aria-hidden="true">—</span><span class="sr-only">{{ 'today.uncounted' | t }}</span>} @else {{{ p.balanceMinor | brl }}}</b></li>}</ul>
    <la-freshness [at]="at()" [pending]="d.waiting.accepted" /></section>`,
  styles: `:host{display:grid}section{display:flex;flex-direction:column;gap:4px;padding:22px 24px 18px;border-radius:18px;color:#fff;overflow:hidden;background:radial-gradient(120% 140% at 100% 0,color-mix(in srgb,var(--la-brass) 16%,transparent),transparent 46%),linear-gradient(160deg,var(--la-deep),var(--la-deep-2))}
    h2{font-size:.875rem;font-weight:500;letter-spacing:0;color:#c3e0d8}.v{font-size:clamp(2rem,4vw,2.625rem);line-height:1.2;font-weight:660;letter-spacing:-.03em}
    ul{list-style:none;padding:0;margin:12px 0 auto;display:grid;border-top:1px solid rgb(255 255 255/14%)}li{display:flex;align-items:center;gap:10px;padding:9px 0;border-bottom:1px solid rgb(255 255 255/10%)}li la-icon{color:#c3e0d8}b{margin-left:auto;font-weight:600}
    la-freshness{margin-top:12px;--la-muted:#c3e0d8;--la-warn:#f3dca6}`,
})
export class ShopBalance {
  private readonly books = inject(Books);
  protected readonly icons = PLACE_ICONS;
  readonly today = input.required<Today>();
  /** When it was read: what the ledger had at that moment. */
  readonly at = input<string | null>(null);
  protected readonly places = computed(() => {
    const balances = new Map(this.today().places.map(({ id, balanceMinor }) => [id, balanceMinor]));
    return this.books.places().map((place) => ({ ...place, balanceMinor: balances.get(place.id) ?? null }));
  });
}
