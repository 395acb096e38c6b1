import { Component, inject, input } from '@angular/core';
import { I18n } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { Icon } from './icon';
import './texts';

/** From when the figures above are, and what is still on its way to them. */
@Component({
  selector: 'la-freshness',
  imports: [Icon, TPipe],
  template: `<p role="status" data-testid="freshness" [attr.data-pending]="pending()">
    @if (pending() > 0) {<la-icon name="clock" /><span>{{ 'pieces.pending' | t: { n: pending() } }}</span>}
    @else if (at(); as moment) {<la-icon [name]="isLate() ? 'warn' : 'ok'" /><span>{{ (isLate() ? 'pieces.late' : 'pieces.fresh') | t: { t: i18n.moment(moment) } }}</span>}</p>`,
  styles:
    ':host{display:block}p{display:flex;align-items:center;gap:6px;font-size:.8125rem;color:var(--la-muted)}la-icon{width:1rem;height:1rem}:host([data-late]) p{color:var(--la-warn)}',
  host: { '[attr.data-late]': "isLate() || pending() > 0 ? '' : null" },
})
export class Freshness {
  protected readonly i18n = inject(I18n);
  /** ISO moment of the newest of what was counted; null when nothing was yet. */
  readonly at = input<string | null>(null);
  readonly isLate = input(false);
  /** Accepted, not counted yet. */
  readonly pending = input(0);
}
