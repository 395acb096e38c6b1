import { derivedId } from '#platform/id.ts';
import type { Charges } from './charges.ts';
import { cashOf } from './charges.ts';

/**
 * What the books get of a title. The competência goes between its category and what is owed, on its day; the payment between what is owed and a place,
 * as **one** entry of what moved, so that it is the line of the bank's statement. Fine, interest and discount make what is owed more or less, each on a line
 * of its own, on the day of payment.
 */
type Kind = 'payable' | 'receivable';
export const METHODS = ['cash', 'pix', 'debit-card', 'credit-card', 'boleto', 'transfer', 'voucher', 'other'] as const;
export type Method = (typeof METHODS)[number];
export type BookedEntry = {
  kind: 'in' | 'out' | 'transfer';
  amountMinor?: string;
  lines?: { category: string; amountMinor: string }[];
  place?: string;
  owed?: Kind;
  toPlace?: string;
  toOwed?: Kind;
  date: string;
  text: string;
  method?: Method;
  late?: 'first-open-day';
};

type Accrued = { kind: Kind; amountMinor: bigint; categoryId: string; competenceOn: string; description: string; late: boolean };

/** The id of what is accrued, of one generation of a title. */
export const accrualId = (tenantId: string, titleId: string, generation: number): string =>
  derivedId('titles', 'accrual', tenantId, titleId, String(generation));

export function accrualOf(title: Accrued): BookedEntry {
  return {
    kind: directionOf(title.kind),
    lines: [{ category: title.categoryId, amountMinor: title.amountMinor.toString() }],
    owed: title.kind,
    date: title.competenceOn,
    text: title.description,
    ...(title.late ? { late: 'first-open-day' as const } : {}),
  };
}

/** Where charges and discounts stand among the categories that came with the books, by their keys. */
export const CATEGORY_KEYS = {
  payable: { charges: 'interest-paid', discount: 'discounts-received' },
  receivable: { charges: 'interest-received', discount: 'discounts' },
} as const;

type Paid = Charges & {
  kind: Kind;
  principalMinor: bigint;
  placeId: string;
  paidOn: string;
  method: Method | null;
  description: string;
  categories: { charges: string; discount: string };
};
export type Part = { purpose: 'payment' | 'charges' | 'discount'; entry: BookedEntry };

/** The entries of a settlement, the payment first. */
export function settlementOf(paid: Paid): Part[] {
  const { kind, paidOn: date, description: text } = paid;
  const direction = directionOf(kind);
  const cash = { amountMinor: cashOf(paid.principalMinor, paid).toString(), date, text, ...(paid.method ? { method: paid.method } : {}) };
  const payment: BookedEntry =
    kind === 'payable'
      ? { kind: 'transfer', place: paid.placeId, toOwed: kind, ...cash }
      : { kind: 'transfer', owed: kind, toPlace: paid.placeId, ...cash };
  const charged = paid.fineMinor + paid.interestMinor;
  const line = (category: string, amountMinor: bigint) => [{ category, amountMinor: amountMinor.toString() }];
  const charges: BookedEntry = { kind: direction, lines: line(paid.categories.charges, charged), owed: kind, date, text };
  const discount: BookedEntry = {
    kind: direction === 'in' ? 'out' : 'in',
    lines: line(paid.categories.discount, paid.discountMinor),
    owed: kind,
    date,
    text,
  };
  return [
    { purpose: 'payment', entry: payment },
    ...(charged > 0n ? [{ purpose: 'charges', entry: charges } as const] : []),
    ...(paid.discountMinor > 0n ? [{ purpose: 'discount', entry: discount } as const] : []),
  ];
}

const directionOf = (kind: Kind): 'in' | 'out' => (kind === 'payable' ? 'out' : 'in');

/** The id of a settlement's entry. */
export const partId = (tenantId: string, settlementId: string, purpose: Part['purpose']): string =>
  derivedId('titles', purpose, tenantId, settlementId);

/** The name of taking an entry back, as a command of ours. */
export const reversalId = (entryId: string, tries = 0): string => derivedId('titles', 'reversal', entryId, String(tries));

/** What the money of a settlement was for: its title's category, less the discount, and the charges. Adds up to what moved. */
export function cashLines(
  paid: Charges & { principalMinor: bigint },
  categories: { title: string; charges: string },
): { categoryId: string; amountMinor: bigint }[] {
  const charged = paid.fineMinor + paid.interestMinor;
  const own = { categoryId: categories.title, amountMinor: paid.principalMinor - paid.discountMinor };
  const lines = [own, { categoryId: categories.charges, amountMinor: charged }];
  return lines.filter(({ amountMinor }) => amountMinor > 0n);
}
