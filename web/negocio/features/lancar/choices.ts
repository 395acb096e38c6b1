import type { NewEntry, Shop } from '../../shop/contract';

export type Kind = 'sale' | 'expense' | 'income';
/** How it was paid, as a counter says it. */
export type Way = 'cash' | 'pix' | 'debit-card' | 'credit-card' | 'voucher' | 'bank';
export const WAYS: Record<Kind, readonly Way[]> = {
  sale: ['cash', 'pix', 'debit-card', 'credit-card', 'voucher'],
  expense: ['cash', 'pix', 'bank'],
  income: ['cash', 'pix', 'bank'],
};
/** What a sale on a card or a voucher leaves is owed by somebody else until it is paid out. */
const OWED: ReadonlySet<Way> = new Set(['debit-card', 'credit-card', 'voucher']);

export type Typed = {
  kind: Kind;
  way: Way;
  amountMinor: string;
  /** Key or id; empty: sorted later. */
  category: string;
  /** Id; empty: where such money goes by default. */
  place: string;
  date: string;
  text: string;
  counterparty: string;
};

/** Where money of a kind is when nobody says otherwise: cash in the drawer; a bank's in the first bank there is, else on the account of this platform. */
export function placeFor(way: Way, shop: Pick<Shop, 'places'> | null): string {
  if (way === 'cash') return shop?.places.find(({ kind, archived }) => kind === 'drawer' && !archived)?.id ?? 'drawer';
  return shop?.places.find(({ kind, archived }) => kind === 'bank' && !archived)?.id ?? 'wallet';
}

/** What is recorded of what was typed. */
export function entryOf(typed: Typed, shop: Pick<Shop, 'places'> | null): NewEntry {
  const { kind, way, amountMinor, date } = typed;
  const category = typed.category || (kind === 'sale' ? 'sales' : '');
  const [text, counterparty] = [typed.text.trim(), typed.counterparty.trim()];
  return {
    kind: kind === 'expense' ? 'out' : 'in',
    ...(category ? { lines: [{ category, amountMinor }] } : { amountMinor }),
    ...(OWED.has(way) ? { owed: 'cards' as const } : { place: typed.place || placeFor(way, shop) }),
    date,
    method: way === 'bank' ? 'transfer' : way,
    ...(text ? { text } : {}),
    ...(counterparty ? { counterparty } : {}),
  };
}
/** What a customer may hand over for an amount that is not the amount itself: the round sums above it. */
export function handedOver(amountMinor: bigint): bigint[] {
  const rounds = [500n, 1_000n, 2_000n, 5_000n, 10_000n, 20_000n].map((step) => ((amountMinor + step - 1n) / step) * step);
  return [...new Set(rounds.filter((sum) => sum > amountMinor))].sort((a, b) => (a < b ? -1 : 1)).slice(0, 4);
}
