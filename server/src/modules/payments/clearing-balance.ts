import { addDays, businessDate, startOfDay } from '#platform/clock.ts';
import { systemContext } from '#platform/context.ts';
import { instantMs } from '#platform/dates.ts';
import { AppError } from '#platform/errors.ts';
import { homeTenantOf, type PaymentsDeps } from './deps.ts';
import { CLASS_OF } from './domain/reconcile.ts';
import { clearingAccountId } from './record.ts';
import { findTenants } from './store/accounts.ts';
import type { FoundDifference } from './store/differences.ts';
import type { Period } from './store/reconciliation.ts';

/** Under which name the clearing account of a business date stands among the differences: it has no end-to-end id. */
export const clearingOf = (date: string): string => `clearing/${date}`;

/** Business dates that lie whole within a period and were over by `byMs`. */
export function wholeDates({ fromMs, toMs }: Period, byMs: number): string[] {
  const dates: string[] = [];
  const first = businessDate(fromMs);
  let date = instantMs(startOfDay(first)) === fromMs ? first : addDays(first, 1);
  for (let end = endOf(date); end <= toMs && end <= byMs; end = endOf(date)) {
    dates.push(date);
    date = addDays(date, 1);
  }
  return dates;
}

const endOf = (date: string): number => instantMs(startOfDay(addDays(date, 1)));

/**
 * What the clearing accounts of all tenants moved by on a business date, against the net of the provider's lines of that date: one provider
 * holds the money of all. The balance at the end of each date is then the provider's, if it was at the beginning. Entries that are nobody's
 * payment show here, and what was booked on another date than the provider has it.
 */
export function createClearingBalance({ db, ledger, config }: PaymentsDeps) {
  async function movedOn(tenantId: string, date: string): Promise<{ changeMinor: bigint; closingMinor: bigint }> {
    const period = { from: new Date(startOfDay(date)).toISOString(), to: new Date(endOf(date)).toISOString() };
    try {
      const input = { accountId: clearingAccountId(tenantId), ...period, by: 'effective' } as const;
      const { openingMinor, closingMinor } = await ledger.getMovement(systemContext(tenantId, 'payments'), input);
      return { changeMinor: BigInt(closingMinor) - BigInt(openingMinor), closingMinor: BigInt(closingMinor) };
    } catch (error) {
      // A tenant to whom nothing has come yet has no clearing account.
      if (error instanceof AppError && error.code === 'LEDGER_ACCOUNT_NOT_FOUND') return { changeMinor: 0n, closingMinor: 0n };
      throw error;
    }
  }

  return async (dates: readonly string[], theirs: ReadonlyMap<string, bigint>): Promise<FoundDifference[]> => {
    if (dates.length === 0) return [];
    const home = homeTenantOf(config);
    const tenants = await db.tx({ module: 'payments', system: true, single: true }, findTenants);
    const found: FoundDifference[] = [];
    for (const date of dates) {
      const moved = await Promise.all([...new Set([home, ...tenants])].map((tenantId) => movedOn(tenantId, date)));
      const ours = moved.reduce((sum, { changeMinor }) => sum + changeMinor, 0n);
      const closing = moved.reduce((sum, { closingMinor }) => sum + closingMinor, 0n);
      const told = theirs.get(date) ?? 0n;
      if (ours === told) continue;
      found.push({
        kind: 'clearing-differs',
        class: CLASS_OF['clearing-differs'],
        tenantId: home,
        endToEndId: clearingOf(date),
        returnId: '',
        ours: `${ours}, closing at ${closing}`,
        theirs: String(told),
        amountMinor: String(ours - told),
        occurredAtMs: instantMs(startOfDay(date)),
      });
    }
    return found;
  };
}
