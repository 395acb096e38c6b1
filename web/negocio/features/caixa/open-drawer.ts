import { Component, computed, inject, input, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { I18n } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { Card } from '#ui/card';
import { type Counts, Denominations, totalOf } from '#ui/denominations';
import { ProblemBox } from '#ui/problem-box';
import { Acting } from '../../shop/acting';
import { Books } from '../../shop/books';
import { type Drawer, Drawers, type Session, type Till } from '../../shop/drawers';
import { piecesOf } from './pieces';
import './texts';

/** A drawer begins with what was counted in it. */
@Component({
  selector: 'la-open-drawer',
  imports: [MatButton, Card, Denominations, ProblemBox, TPipe],
  template: `<la-card [heading]="'drawer.openTitle' | t"><p class="muted">{{ 'drawer.openSub' | t }}</p>
    <la-denominations name="float" [(counts)]="counts" />
    <div class="more">
      <label class="pick"><span>{{ 'drawer.source' | t }}</span><select [value]="source()" (change)="source.set($any($event.target).value)" data-testid="source"><option value="">{{ 'drawer.already' | t }}</option>@for (p of sources(); track p.id) {<option [value]="p.id">{{ p.name }}</option>}</select></label>
      @if (needsReason()) {<label class="pick"><span>{{ 'drawer.why' | t }}</span><input maxlength="200" autocomplete="off" [placeholder]="'drawer.whyHint' | t" [value]="reason()" (input)="reason.set($any($event.target).value)" data-testid="open-reason"></label>}
    </div>
    @if (acting.problem(); as p) {<la-problem [problem]="p" />}
    <button matButton="filled" class="tall do" type="button" [disabled]="!mayAct() || acting.busy()" disabledInteractive data-testid="open-drawer" (click)="open()">{{ 'drawer.openDo' | t: { v: i18n.money(total()) } }}</button></la-card>`,
  styles:
    'p{margin-bottom:14px}.more{display:grid;grid-template-columns:repeat(auto-fit,minmax(220px,1fr));gap:12px;margin:14px 0}.do{width:100%}la-problem{margin-bottom:12px}',
})
export class OpenDrawer {
  private readonly api = inject(Drawers);
  private readonly books = inject(Books);
  protected readonly i18n = inject(I18n);
  readonly drawer = input.required<Drawer>();
  readonly places = input.required<Till['places']>();
  readonly mayAct = input(true);
  /** Told of the open session. No output: the news of it may be here before the answer, and this piece gone. */
  readonly opened = input.required<(session: Session) => void>();
  protected readonly acting = new Acting();
  protected readonly counts = signal<Counts>({});
  protected readonly total = computed(() => totalOf(this.counts()));
  protected readonly source = signal('');
  protected readonly reason = signal('');
  protected readonly sources = computed(() =>
    this.places().filter(({ kind, id }) => (kind === 'safe' || kind === 'bank') && id !== this.drawer().placeId),
  );
  /** The last closing left something else, and nobody has said yet why. */
  protected readonly needsReason = computed(() => this.acting.problem()?.code === 'DRAWERS_REASON_REQUIRED' || this.reason() !== '');

  protected async open(): Promise<void> {
    // In a shop that has closed no day yet, what lies in the drawer was there before its books.
    const isFirst = this.books.shop()?.closedUntil === null;
    const [source, said] = [this.source(), this.reason().trim()];
    const reason = said || (isFirst && !source ? this.i18n.t('drawer.firstReason') : '');
    const body = { cash: piecesOf(this.counts()), ...(source ? { source } : {}), ...(reason ? { reason } : {}) };
    const session = await this.acting.wish(body, (key) => this.api.open(this.drawer().placeId, body, key));
    if (session) this.opened()(session);
  }
}
