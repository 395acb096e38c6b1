import { Component, computed, inject, input, output, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { I18n, type Key } from '#core/i18n/i18n';
import { BrlPipe, TPipe } from '#core/i18n/pipes';
import { AmountKeypad } from '#ui/amount-keypad';
import { Card } from '#ui/card';
import { Icon, type IconName } from '#ui/icon';
import { List } from '#ui/list';
import { Money } from '#ui/money';
import { Notice } from '#ui/notice';
import { ProblemBox } from '#ui/problem-box';
import { Skeleton } from '#ui/skeleton';
import { Acting } from '../../shop/acting';
import { type Drawer, Drawers, type Movement, type NewMovement, type Session, type Till } from '../../shop/drawers';
import './texts';

const MOVES = ['withdrawal', 'supply', 'expense', 'refund'] as const;
type Move = (typeof MOVES)[number];
const ICONS: Record<Move, IconName> = { withdrawal: 'safe', supply: 'plus', expense: 'statement', refund: 'undo' };
const NAMED = [
  'sale',
  'supply',
  'withdrawal',
  'refund',
  'expense',
  'pix-change',
  'pix-withdrawal',
  'float',
  'surplus',
  'shortage',
  'entry-in',
  'entry-out',
] as const;

/** An open drawer: what should be in it (told to those who do not count), what is done with it, what happened. */
@Component({
  selector: 'la-drawer-now',
  imports: [MatButton, AmountKeypad, Card, Icon, List, Money, Notice, ProblemBox, Skeleton, BrlPipe, TPipe],
  template: `@let s = session();
    <section class="card top"><p class="muted">{{ 'drawer.since' | t: { t: i18n.moment(s.openedAt), v: i18n.money(s.floatMinor) } }}</p>
      @if (expected(); as v) {<p class="exp"><span class="muted">{{ 'drawer.expected' | t }}</span><b class="num" data-testid="expected" [attr.data-minor]="v">{{ v | brl }}</b></p>}
      @else {<p class="blind"><la-icon name="eyeOff" />{{ 'drawer.blind' | t }}</p>}
      @if (drawer().withdrawalDue) {<la-notice tone="warn" icon="warn" role="status" [heading]="'drawer.due' | t" />}
      @if (mayAct()) {
        <div class="acts">@for (m of moves; track m) {<button matButton="outlined" type="button" class="tall" [attr.aria-pressed]="move() === m" [attr.data-testid]="'move-' + m" (click)="begin(m)"><la-icon [name]="icons[m]" class="bi" />{{ moveKey(m) | t }}</button>}</div>
        @if (move(); as m) {
          <form class="panel" novalidate (submit)="confirm($event, m)"><p class="muted">{{ subKey(m) | t }}</p>
            <la-amount-keypad testid="move-amount" [label]="'drawer.amount' | t" [(minor)]="amount" />
            @if (m === 'expense') {<label class="pick"><span>{{ 'drawer.category' | t }}</span><select [value]="category()" (change)="category.set($any($event.target).value)" data-testid="move-category"><option value="">{{ 'drawer.sortLater' | t }}</option>@for (c of spending(); track c.id) {<option [value]="c.id">{{ c.name }}</option>}</select></label>}
            <label class="pick"><span>{{ 'drawer.note' | t }}</span><input maxlength="200" autocomplete="off" [value]="note()" (input)="note.set($any($event.target).value)" data-testid="move-note"></label>
            @if (acting.problem(); as p) {<la-problem [problem]="p" />}
            <div class="two"><button matButton type="button" class="tall" (click)="move.set(null)">{{ 'drawer.cancel' | t }}</button>
              <button matButton="filled" class="tall" type="submit" [disabled]="amount() === '0' || acting.busy()" disabledInteractive data-testid="move-confirm">{{ 'drawer.confirm' | t: { m: name(m), v: i18n.money(amount()) } }}</button></div></form>
        }
        <button matButton="filled" class="tall do" type="button" data-testid="count" (click)="counting.emit()"><la-icon name="checklist" class="bi" />{{ 'drawer.count' | t }}</button>
      }</section>
    <la-card [heading]="'drawer.moves' | t">
      @if (movements(); as all) {
        <ul la-list ends>@for (m of newest(); track m.id) {
          <li data-testid="movement" [attr.data-kind]="m.kind"><span class="m" [class.off]="m.voidedBy"><b>{{ kindKey(m) | t }}</b><small class="muted">{{ i18n.moment(m.at) }}@if (m.note) { · {{ m.note }}}@if (m.state === 'pending') { · {{ 'drawer.pending' | t }}}@if (m.state === 'refused') { · {{ 'drawer.refusedMove' | t }}}</small></span>
            <la-money [minor]="shown(m)" [direction]="isOut(m) ? 'out' : 'in'" [off]="m.state === 'refused' || !!m.voidedBy" /></li>
        } @empty {<li class="muted">{{ 'drawer.noMoves' | t }}</li>}</ul>
      } @else {<la-skeleton [heights]="[44, 44]" />}
    </la-card>`,
  styles: `:host{display:grid;gap:16px}.top{display:grid;gap:14px}.exp{display:flex;align-items:baseline;justify-content:space-between;gap:16px}.exp b{font-size:1.75rem;font-weight:650;letter-spacing:-.02em}.blind{display:flex;align-items:center;gap:10px;color:var(--la-muted)}
    .acts{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:8px}.acts button[aria-pressed=true]{background:var(--mat-sys-secondary-container)}.panel{display:grid;gap:14px;padding:16px;border:1px solid var(--la-line);border-radius:16px}.two{display:grid;grid-template-columns:auto 1fr;gap:8px}.do{width:100%}
    .m{display:grid}.m b{font-weight:550}.off b{text-decoration:line-through}`,
})
export class DrawerNow {
  private readonly api = inject(Drawers);
  protected readonly i18n = inject(I18n);
  readonly drawer = input.required<Drawer>();
  readonly session = input.required<Session>();
  readonly movements = input.required<readonly Movement[] | null>();
  readonly categories = input.required<Till['categories']>();
  readonly mayAct = input(true);
  readonly moved = output();
  readonly counting = output();
  protected readonly moves = MOVES;
  protected readonly icons = ICONS;
  protected readonly acting = new Acting();
  protected readonly move = signal<Move | null>(null);
  protected readonly amount = signal('0');
  protected readonly note = signal('');
  protected readonly category = signal('');
  protected readonly expected = computed(() => this.session().expected?.find(({ method }) => method === 'cash')?.expectedMinor ?? null);
  protected readonly spending = computed(() => this.categories().filter(({ group }) => group === 'expense' || group === 'cost'));
  protected readonly newest = computed(() => [...(this.movements() ?? [])].reverse());

  protected moveKey(move: Move): Key {
    return `drawer.move.${move}`;
  }
  protected subKey(move: Move): Key {
    return `drawer.moveSub.${move}`;
  }
  protected name(move: Move): string {
    return this.i18n.t(this.moveKey(move)).toLocaleLowerCase(this.i18n.lang());
  }
  /** An unknown kind is told by its direction. */
  protected kindKey(movement: Movement): Key {
    const kind = NAMED.find((one) => one === movement.kind);
    return `drawer.kind.${kind ?? (this.isOut(movement) ? 'entry-out' : 'entry-in')}`;
  }
  /** Of what moved no cash, the amount of its own method. */
  protected shown({ cashMinor, amountMinor }: Movement): string {
    return cashMinor === '0' ? amountMinor : cashMinor.replace('-', '');
  }
  protected isOut({ cashMinor, kind }: Movement): boolean {
    return cashMinor.startsWith('-') || (cashMinor === '0' && kind === 'refund');
  }
  protected begin(move: Move): void {
    this.acting.problem.set(null);
    this.amount.set('0');
    this.move.set(this.move() === move ? null : move);
  }
  protected async confirm(event: Event, kind: Move): Promise<void> {
    event.preventDefault();
    if (this.amount() === '0') return;
    const [note, category] = [this.note().trim(), this.category()];
    const body: NewMovement = {
      kind,
      amountMinor: this.amount(),
      ...(note ? { note } : {}),
      ...(kind === 'expense' && category ? { category } : {}),
    };
    const done = await this.acting.wish({ session: this.session().id, body }, (key) => this.api.move(this.session().id, body, key));
    if (!done) return;
    this.move.set(null);
    this.note.set('');
    this.moved.emit();
  }
}
