import { computed, Injectable, inject } from '@angular/core';
import { I18n } from '#core/i18n/i18n';
import { load } from '#core/load';
import type { IconName } from '#ui/icon';
import type { Category, Entry, Group, Method, Place, PlaceKind } from './contract';
import { ShopApi } from './shop-api';
import './texts';

export const PLACE_ICONS: Record<PlaceKind, IconName> = { drawer: 'till', safe: 'safe', bank: 'bank', transit: 'repeat', wallet: 'wallet' };
export const METHOD_ICONS: Record<Method, IconName> = {
  cash: 'cash',
  pix: 'qr',
  'debit-card': 'card',
  'credit-card': 'card',
  boleto: 'statement',
  transfer: 'bank',
  voucher: 'voucher',
  other: 'note',
};

const INCOME: readonly Group[] = ['revenue', 'financial-income'];
const EXPENSE: readonly Group[] = ['cost', 'expense', 'deduction', 'financial-expense', 'difference'];

/** The shop's chart (stores, places, categories), read once for all screens of the tab, and what its ids are called. */
@Injectable({ providedIn: 'root' })
export class Books {
  private readonly api = inject(ShopApi);
  private readonly i18n = inject(I18n);
  private readonly chart = load({ of: () => true, read: () => this.api.shop(), hears: ({ type }) => type === 'books-chart' });
  readonly shop = this.chart.data;
  readonly problem = this.chart.problem;
  readonly places = computed(() => (this.shop()?.places ?? []).filter(({ archived }) => !archived));
  readonly categories = computed(() => (this.shop()?.categories ?? []).filter(({ archived }) => !archived));
  private readonly byId = computed(
    () =>
      new Map<string, Place | Category>([...(this.shop()?.places ?? []), ...(this.shop()?.categories ?? [])].map((one) => [one.id, one])),
  );

  /** Those an entry of that direction may have, in the order of the chart; with some that are archived, where an entry has them. */
  categoriesFor(side: 'in' | 'out', also: readonly string[] = []): Category[] {
    const groups = side === 'in' ? INCOME : EXPENSE;
    const all = (this.shop()?.categories ?? []).filter(
      ({ id, archived, key }) => also.includes(id) || (!archived && !key?.startsWith('to-sort')),
    );
    return groups.flatMap((group) => all.filter((one) => one.group === group));
  }
  reload(): Promise<void> {
    return this.chart.reload();
  }
  /** Of a place or a category; empty as long as the chart is not there. */
  nameOf(id: string | null | undefined): string {
    return (id && this.byId().get(id)?.name) || '';
  }
  /** What an entry is called in a list: its own words, else whom it was with, else what it was for. */
  titleOf(entry: Entry): string {
    if (entry.text) return entry.text;
    if (entry.counterparty) return entry.counterparty;
    if (entry.kind === 'transfer') return this.i18n.t('shop.transfer');
    if (entry.kind === 'opening') return this.i18n.t('shop.opening');
    return this.categoryOf(entry);
  }
  categoryOf({ lines }: Pick<Entry, 'lines'>): string {
    const [first, ...rest] = lines;
    const name = this.nameOf(first?.categoryId);
    return rest.length > 0 ? this.i18n.t('shop.andMore', { c: name, n: rest.length }) : name;
  }
  /** Where it went, for a line below the title. */
  whereOf(entry: Entry): string {
    const from = entry.placeId ? this.nameOf(entry.placeId) : entry.owed ? this.i18n.t(`shop.owed.${entry.owed}`) : '';
    const to = entry.toPlaceId ? this.nameOf(entry.toPlaceId) : entry.toOwed ? this.i18n.t(`shop.owed.${entry.toOwed}`) : '';
    if (entry.kind === 'transfer') return [from, to].filter(Boolean).join(' › ');
    const method = entry.method ? this.i18n.t(`shop.method.${entry.method}`) : '';
    return [method, from === method ? '' : from].filter(Boolean).join(' · ');
  }
}
