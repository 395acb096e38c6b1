export const CARD_METHODS = ['debit-card', 'credit-card', 'voucher'] as const;
export type CardMethod = (typeof CARD_METHODS)[number];
/** Of any brand that has no line of its own. */
export const ANY_BRAND = '*';

/** When the money of an instalment comes: `business` counts business days from the sale, `calendar` so many days an instalment, rolled to the next business day. */
export type TermKind = 'business' | 'calendar';

/** One line of a contract with an acquirer: what a sale of this kind costs, and when it is paid, from a day on. */
export type Terms = {
  id: string;
  acquirer: string;
  brand: string;
  method: CardMethod;
  /** Both included. */
  fromInstalments: number;
  toInstalments: number;
  /** Decimal text of a fraction: "0.0399". */
  mdrRate: string;
  /** A fee for each sale, whatever its instalments. */
  fixedFeeMinor: bigint;
  termKind: TermKind;
  termDays: number;
  /** First day of sales that it holds for; until the next line of the same kind begins. */
  validFrom: string;
};

export type Sold = { acquirer: string; brand: string; method: CardMethod; instalments: number; date: string };

/**
 * The line that a sale falls under: its own brand's before that of any brand, and of these the newest that had begun on the day. A contract changed today leaves the
 * sales of yesterday as they were. Undefined where the contract says nothing.
 */
export function findTerms(contract: readonly Terms[], sold: Sold): Terms | undefined {
  const fitting = contract.filter(
    (one) =>
      one.acquirer === sold.acquirer &&
      (one.brand === sold.brand || one.brand === ANY_BRAND) &&
      one.method === sold.method &&
      one.fromInstalments <= sold.instalments &&
      sold.instalments <= one.toInstalments &&
      one.validFrom <= sold.date,
  );
  const isOwn = (one: Terms): number => Number(one.brand !== ANY_BRAND);
  return fitting.toSorted((a, b) => isOwn(b) - isOwn(a) || (a.validFrom < b.validFrom ? 1 : -1))[0];
}
