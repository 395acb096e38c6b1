import { canonicalJson } from '#platform/proof/canonical-json.ts';

export type { AnchorLine, BatchLine, EndLine, ExportHeader } from '#platform/proof/lines.ts';
export { anchorLine, batchLine, dayLine, endLine, headerLine } from '#platform/proof/lines.ts';

/** An account as an export tells it, before the first record. */
export type AccountLine = {
  id: string;
  code: string;
  asset: string;
  normalSide: 'debit' | 'credit';
  debitsMustNotExceedCredits: boolean;
  creditsMustNotExceedDebits: boolean;
  overdraftLimitMinor: string;
  subjectId?: string | null;
  createdAt: string;
};

/** What the ledger says an account has after the last record of the export; only in exports that begin at seq 1. Totals, in minor units. */
export type BalanceLine = {
  accountId: string;
  postedDebitsMinor: string;
  postedCreditsMinor: string;
  pendingDebitsMinor: string;
  pendingCreditsMinor: string;
};

export const accountLine = (account: AccountLine): string => canonicalJson({ account });
export const balanceLine = (balance: BalanceLine): string => canonicalJson({ balance });
