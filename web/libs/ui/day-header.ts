import { Component, inject, input } from '@angular/core';
import { I18n } from '#core/i18n/i18n';
import { BrlPipe, TPipe } from '#core/i18n/pipes';
import type { Minor } from '#core/money';
import './texts';

/** A day above its entries, with what came in, went out and was there at its end; a figure that is not known is left out. */
@Component({
  selector: 'la-day-header',
  imports: [BrlPipe, TPipe],
  template: `<h2>{{ title() }}</h2><dl>
    @if (into(); as v) {<div><dt>{{ 'pieces.into' | t }}</dt><dd class="num in">{{ v | brl }}</dd></div>}
    @if (out(); as v) {<div><dt>{{ 'pieces.out' | t }}</dt><dd class="num">{{ v | brl }}</dd></div>}
    @if (closing(); as v) {<div><dt>{{ 'pieces.closing' | t }}</dt><dd class="num b">{{ v | brl }}</dd></div>}</dl>`,
  styles: `:host{display:flex;flex-wrap:wrap;align-items:baseline;justify-content:space-between;gap:2px 20px;padding:14px 0 6px;border-bottom:1px solid var(--la-line)}h2{font-size:.9375rem}h2::first-letter{text-transform:uppercase}
    dl{display:flex;flex-wrap:wrap;gap:2px 16px;font-size:.8125rem}dl div{display:flex;gap:6px}dt{color:var(--la-muted)}.b{font-weight:600}`,
})
export class DayHeader {
  private readonly i18n = inject(I18n);
  /** YYYY-MM-DD. */
  readonly date = input.required<string>();
  readonly into = input<Minor>();
  readonly out = input<Minor>();
  readonly closing = input<Minor>();
  protected title(): string {
    return this.i18n.date(this.date(), { weekday: 'long', day: 'numeric', month: 'long' });
  }
}
