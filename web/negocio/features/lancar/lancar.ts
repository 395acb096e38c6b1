import { Component, computed, inject, linkedSignal, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { dayOf } from '#core/dates';
import { I18n, type Key } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { Live } from '#core/live/live';
import { toMinor } from '#core/money';
import { Session } from '#core/session';
import { AmountKeypad } from '#ui/amount-keypad';
import { Card } from '#ui/card';
import { Icon, type IconName } from '#ui/icon';
import { List } from '#ui/list';
import { Money } from '#ui/money';
import { Notice } from '#ui/notice';
import { Segmented } from '#ui/segmented';
import { type Tile, Tiles } from '#ui/tiles';
import { type Mine, Outbox } from '../../counter/outbox';
import { Books } from '../../shop/books';
import type { NewEntry } from '../../shop/contract';
import { entryOf, handedOver, type Kind, placeFor, WAYS, type Way } from './choices';
import './texts';

const ICONS: Record<Way, IconName> = {
  cash: 'cash',
  pix: 'qr',
  'debit-card': 'card',
  'credit-card': 'card',
  voucher: 'voucher',
  bank: 'bank',
};
type State = 'sending' | Mine['state'];

/** The counter: an amount, how it was paid, done. Nothing here waits for the line, and nothing is called done before the server said so. */
@Component({
  selector: 'la-lancar',
  imports: [MatButton, AmountKeypad, Card, Icon, List, Money, Notice, Segmented, Tiles, TPipe],
  templateUrl: './lancar.html',
  styleUrl: './lancar.scss',
})
export class Lancar {
  protected readonly i18n = inject(I18n);
  protected readonly live = inject(Live);
  protected readonly session = inject(Session);
  protected readonly outbox = inject(Outbox);
  /** Not needed to sell: without it default places and categories go by their keys. */
  private readonly books = inject(Books);
  protected readonly kinds = (['sale', 'expense', 'income'] as const).map((value) => ({ value, key: `record.kinds.${value}` as const }));
  protected readonly kind = signal<Kind>('sale');
  protected readonly way = linkedSignal<Kind, Way>({
    source: this.kind,
    computation: (kind, before) => (before && WAYS[kind].includes(before.value) ? before.value : 'cash'),
  });
  protected readonly amount = signal('0');
  protected readonly minor = computed(() => toMinor(this.amount()));
  protected readonly category = linkedSignal<Kind, string>({ source: this.kind, computation: () => '' });
  protected readonly usual = computed(() => placeFor(this.way(), this.books.shop()));
  protected readonly place = linkedSignal<string, string>({ source: this.usual, computation: () => '' });
  protected readonly today = computed(() => this.books.shop()?.today ?? dayOf(Date.now()));
  protected readonly date = linkedSignal(() => this.today());
  protected readonly text = signal('');
  protected readonly who = signal('');
  protected readonly open = signal(false);
  protected readonly paid = linkedSignal<string, bigint | null>({ source: this.amount, computation: () => null });
  protected readonly handed = computed(() => handedOver(this.minor()));
  private readonly last = signal<{ id: string; amountMinor: string; way: Way } | null>(null);
  /** What became of the last one: kept here, and recorded once the server has said so. */
  protected readonly said = computed(() => {
    const last = this.last();
    if (!last) return '';
    const v = this.i18n.money(last.amountMinor);
    if (this.outbox.recorded().some(({ result }) => result.id === last.id))
      return this.i18n.t('record.said', { v, m: this.i18n.t(`record.method.${last.way}`).toLocaleLowerCase(this.i18n.lang()) });
    return this.outbox.waiting().some(({ id }) => id === last.id) ? this.i18n.t('record.kept', { v }) : '';
  });
  protected readonly tiles = computed(() =>
    WAYS[this.kind()].map((value): Tile => ({ value, icon: ICONS[value], text: this.i18n.t(`record.method.${value}`) })),
  );
  protected readonly places = computed(() => {
    const kinds = this.way() === 'cash' ? ['drawer', 'safe'] : ['bank', 'wallet'];
    const owed = ['debit-card', 'credit-card', 'voucher'].includes(this.way());
    return owed ? [] : (this.books.shop()?.places ?? []).filter(({ kind, archived }) => !archived && kinds.includes(kind));
  });
  protected readonly categories = computed(() => this.books.categoriesFor(this.kind() === 'expense' ? 'out' : 'in'));
  protected readonly backwards = computed(() => [...this.outbox.waiting()].reverse());
  protected readonly mayGo = computed(() => this.live.state() !== 'offline');

  protected amountLabel(): Key {
    return `record.amountOf.${this.kind()}`;
  }
  protected doLabel(): Key {
    return `record.do.${this.kind()}`;
  }
  protected stateOf(one: Mine): State {
    return this.outbox.sending() === one.id ? 'sending' : one.state;
  }
  protected stateKey(state: State): Key {
    return `record.state.${state}`;
  }
  protected amountOf(entry: NewEntry): string {
    return entry.amountMinor ?? String((entry.lines ?? []).reduce((sum, line) => sum + toMinor(line.amountMinor), 0n));
  }
  protected nameOf(entry: NewEntry): string {
    if (entry.text) return entry.text;
    const [line] = entry.lines ?? [];
    const category = this.books.shop()?.categories.find(({ id, key }) => id === line?.category || key === line?.category)?.name;
    const way = entry.method === 'transfer' ? 'bank' : ((entry.method ?? 'cash') as Way);
    return [
      category ?? this.i18n.t(entry.kind === 'out' ? 'record.kinds.expense' : 'record.kinds.sale'),
      this.i18n.t(`record.method.${way}`),
    ].join(' · ');
  }
  protected save(event: Event): void {
    event.preventDefault();
    const amountMinor = this.amount();
    if (amountMinor === '0') return;
    const typed = {
      kind: this.kind(),
      way: this.way(),
      amountMinor,
      category: this.category(),
      place: this.place(),
      date: this.date() || this.today(),
      text: this.text(),
      counterparty: this.who(),
    };
    const id = this.outbox.add(entryOf(typed, this.books.shop()));
    this.last.set({ id, amountMinor, way: typed.way });
    this.amount.set('0');
    this.text.set('');
    this.who.set('');
    this.date.set(this.today());
  }
}
