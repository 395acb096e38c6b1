import { Component, computed, inject, input } from '@angular/core';
import { I18n, type Key } from '#core/i18n/i18n';
import { BrlPipe, TPipe } from '#core/i18n/pipes';
import { Prefs } from '#core/prefs';
import { Icon } from '#ui/icon';
import type { Home } from '../../money/contract';
import { kpisOf, trendWords } from './trend';

/** Week and month at a glance, each with how it compares to the one before. */
@Component({
  selector: 'la-kpi-row',
  imports: [Icon, BrlPipe, TPipe],
  template: `<section class="card" [attr.aria-label]="'home.kpis' | t" data-testid="kpis"><dl>
    @for (k of kpis(); track k.id) {
      <div [attr.data-testid]="'kpi-' + k.id"><dt>{{ k.name | t }}</dt><dd class="num v">{{ k.amount | brl }}</dd>
        <dd class="small muted">@if (k.icon; as i) {<la-icon [name]="i" />}{{ k.trend }}</dd></div>
    }</dl></section>`,
  styles: `section{padding:0}dl{display:grid;grid-template-columns:repeat(4,minmax(0,1fr))}
    dl>div{padding:16px 20px;border-left:1px solid var(--la-line)}dl>div:first-child{border-left:0}
    dt{font-size:.8125rem;color:var(--la-muted)}.v{font-size:1.25rem;font-weight:650;letter-spacing:-.02em;line-height:1.5}
    la-icon{width:14px;height:14px;margin-right:5px;vertical-align:-.15em}
    @media(max-width:1080px){dl{grid-template-columns:repeat(2,minmax(0,1fr))}dl>div:nth-child(odd){border-left:0}dl>div:nth-child(n+3){border-top:1px solid var(--la-line)}}
    @media(max-width:760px){dl>div{padding:14px 16px}.v{font-size:1.125rem}}`,
})
export class KpiRow {
  private readonly i18n = inject(I18n);
  private readonly prefs = inject(Prefs);
  readonly home = input.required<Home>();
  protected readonly kpis = computed(() =>
    kpisOf(this.home().days, this.home().before).map((k) => ({
      ...k,
      name: `home.kpi.${k.id}` as Key,
      // A percentage tells of amounts, too.
      trend: this.prefs.hidden() ? '••' : trendWords(k, this.i18n),
      icon: this.prefs.hidden() || !k.permille ? null : k.permille > 0 ? ('up' as const) : ('down' as const),
    })),
  );
}
