import { instant } from '#platform/db/arrays.ts';
import type { Tx } from '#platform/db/db.ts';
import type { MovementView } from '../contract.ts';
import { noAccount, refuseLedger } from '../errors.ts';
import { readBalances } from './balances.ts';

type Wanted = { accountId: string; fromMs: number; toMs: number; by: MovementView['by'] };

/**
 * Gross debits and credits from one instant (inclusive) to another (exclusive): the difference of the totals just before each, since totals
 * only grow. @throws LEDGER_ACCOUNT_NOT_FOUND, LEDGER_QUERY_INVALID
 */
export async function readMovement(tx: Tx, tenantId: string, { accountId, fromMs, toMs, by }: Wanted): Promise<MovementView> {
  if (toMs < fromMs) throw refuseLedger('LEDGER_QUERY_INVALID', { detail: { pt: 'to vem antes de from.', en: 'to comes before from.' } });
  const before = async (ms: number) => {
    const last = ms - 1;
    const asOf = by === 'recorded' ? { knownMs: last, effectiveMs: null } : { knownMs: null, effectiveMs: last };
    return (await readBalances(tx, tenantId, [accountId], asOf)).balances[0];
  };
  const [opening, closing] = [await before(fromMs), await before(toMs)];
  if (!opening || !closing) throw noAccount(accountId);
  const grown = (name: 'postedDebitsMinor' | 'postedCreditsMinor') => (BigInt(closing[name]) - BigInt(opening[name])).toString();
  return {
    accountId,
    from: instant(fromMs),
    to: instant(toMs),
    by,
    debitsMinor: grown('postedDebitsMinor'),
    creditsMinor: grown('postedCreditsMinor'),
    openingMinor: opening.postedMinor,
    closingMinor: closing.postedMinor,
  };
}
