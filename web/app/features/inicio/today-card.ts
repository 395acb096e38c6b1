import { Component, computed, inject, input } from '@angular/core';
import { dayOf } from '#core/dates';
import { I18n } from '#core/i18n/i18n';
import { BrlPipe, DiaPipe, TPipe } from '#core/i18n/pipes';
import { toMinor } from '#core/money';
import { Icon } from '#ui/icon';
import type { Today } from '../../money/contract';

/** The day as the projection knows it, always with its age; a figure that is not projected yet is a dash, never zero. */
@Component({
  selector: 'la-today-card',
  imports: [Icon, BrlPipe, DiaPipe, TPipe],
  template: `@let d = today();
    <section class="card" aria-labelledby="h-today" data-testid="today" [attr.aria-busy]="d.pending">
      <header><h2 id="h-today">{{ 'home.today' | t }}<span class="muted">{{ d.date | dia: { day: 'numeric', month: 'long' } }}</span></h2>
        <p class="age" [class.late]="d.pending"><la-icon [name]="d.pending ? 'clock' : 'ok'" /><span data-testid="day-updated">{{ age() }}</span></p></header>
      <dl>
        <div><dt>{{ 'home.open' | t }}</dt><dd class="num">{{ known() ? (d.openingMinor | brl) : '—' }}</dd></div>
        <div><dt><la-icon name="in" class="in" />{{ 'pix.in' | t }}</dt><dd class="num" [class.in]="plus()" data-testid="day-in">{{ known() ? (plus() ? '+' : '') + (d.inMinor | brl) : '—' }}</dd></div>
        <div><dt><la-icon name="out" />{{ 'pix.out' | t }}</dt><dd class="num" data-testid="day-out">{{ known() ? (minus() ? '\u2212' : '') + (d.outMinor | brl) : '—' }}</dd></div>
        <div><dt>{{ 'home.net' | t }}</dt><dd class="num" data-testid="day-net">{{ known() ? (d.netMinor | brl) : '—' }}</dd></div>
        <div class="close"><dt>{{ 'home.close' | t }}</dt><dd class="num" data-testid="day-closing" [attr.data-minor]="known() ? d.closingMinor : null">@if (known()) {{{ d.closingMinor | brl }}} @else {<span aria-hidden="true">—</span><span class="sr-only">{{ 'common.unavailable' | t }}</span>}</dd></div>
      </dl>
    </section>`,
  styles: `:host{display:grid}section{display:flex;flex-direction:column;padding:20px 22px 18px}
    header{display:flex;align-items:center;justify-content:space-between;gap:8px 16px;flex-wrap:wrap;margin-bottom:6px}h2 span{font-weight:400;margin-left:8px}
    .age{display:flex;align-items:center;gap:6px;font-size:.8125rem;color:var(--la-muted)}.age la-icon{color:var(--la-in)}.late,.late la-icon{color:var(--la-warn)}
    dl{display:flex;flex-direction:column;flex:1}dl>div{display:flex;align-items:center;justify-content:space-between;gap:12px;padding:8px 0;border-bottom:1px solid var(--la-line)}
    dt{display:flex;align-items:center;gap:8px;color:var(--la-muted)}dd{font-weight:550}
    dl>.close{border:0;margin-top:auto;padding:12px 0 0}.close dt{color:var(--mat-sys-on-surface);font-weight:550}.close dd{font-size:1.3125rem;font-weight:650;letter-spacing:-.02em}`,
})
export class TodayCard {
  private readonly i18n = inject(I18n);
  readonly today = input.required<Today>();
  readonly opening = input(false);
  /** When the newest line that moved money was booked (ISO), if there is one. */
  readonly lastMoveAt = input<string | null>(null);
  /** Nothing ever moved here, so there may be nothing to project. */
  readonly quiet = input(false);
  protected readonly known = computed(() => this.today().updatedAt != null && !this.opening());
  protected readonly plus = computed(() => toMinor(this.today().inMinor) > 0n);
  protected readonly minus = computed(() => toMinor(this.today().outMinor) > 0n);
  /** When money last moved here; the figures themselves are live, so their age in minutes would only look like neglect. */
  protected readonly age = computed(() => {
    const { updatedAt, pending, date } = this.today();
    if (!this.known() || !updatedAt) return this.i18n.t(this.quiet() && !this.opening() ? 'home.quiet' : 'home.pendingNone');
    if (pending) return this.i18n.t('home.pendingOld');
    const at = this.lastMoveAt();
    if (!at || dayOf(Date.parse(at)) !== date) return this.i18n.t('home.noMove');
    return this.i18n.t('home.lastMove', { t: this.i18n.date(at, { hour: '2-digit', minute: '2-digit' }) });
  });
}
