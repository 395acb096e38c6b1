import { randomBytes } from 'node:crypto';
import type { Ledger } from '#ledger';
import { createPostgresBus } from '#platform/bus/postgres.ts';
import { type Clock, manualClock } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import { newId } from '#platform/id.ts';
import { createLogger } from '#platform/log.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { createVault } from '#platform/vault/vault.ts';
import { openTestDatabase, sourcesOf } from '../../../test/support/test-database.ts';
import { openLedger } from '../ledger/test-support/fixture.ts';
import type { Books, NewEntry } from './contract.ts';
import type { BooksDeps } from './deps.ts';
import { createBooks } from './index.ts';

export const log = createLogger({ level: process.env.TEST_LOG_LEVEL ?? 'silent' });
/** A Monday at noon in São Paulo. */
export const NOON = Date.parse('2026-03-02T15:00:00Z');
export const TODAY = '2026-03-02';

/** Books beside a real ledger; who may do what is let through, since that is `accounts`' to say. */
export async function openBooks(clock: Clock = manualClock(NOON), sources = sourcesOf('ledger', 'books')) {
  const database = await openTestDatabase(sources);
  const { db } = database;
  const bus = createPostgresBus({ db, log, clock });
  const vault = createVault({ db, masterKey: randomBytes(32) });
  const ledger = openLedger(db, { clock });
  /** As another process would have it; `over` stands in for what a test breaks. */
  const process = (over: Partial<BooksDeps> = {}) => {
    const accounts = { authorize: async () => ({ role: null, partyId: newId(), kind: 'company' as const, hasDayLimit: false }) };
    const instance = createBooks({
      db,
      bus,
      clock,
      log,
      vault,
      metrics: createMetrics(),
      ledger,
      accounts,
      postedWithinMs: 60_000,
      ...over,
    });
    const job = instance.jobs![0]!;
    return {
      face: instance.face!.impl as Books,
      subscription: instance.subscriptions![0]!,
      /** The job as the runner would run it, once. */
      runJob: async () => void (await job.run({ db, log } as never)),
    };
  };
  return { database, bus, vault, ledger, clock, process, ...process(), close: () => database.close() };
}
export type BooksTest = Awaited<ReturnType<typeof openBooks>>;

/** A new shop of a new tenant. */
export function newShop(): { ctx: CallContext; accountId: string } {
  return { ctx: { tenantId: newId(), actor: { kind: 'person', id: newId() } }, accountId: newId() };
}

export const sale = (amountMinor: string, extra: Partial<NewEntry> = {}): NewEntry => ({
  kind: 'in',
  place: 'drawer',
  date: TODAY,
  lines: [{ category: 'sales', amountMinor }],
  ...extra,
});

/** What an account of the books has, in minor units on its normal side; '0' where nothing ever moved. */
export async function balanceOf(ledger: Ledger, ctx: CallContext, id: string): Promise<string> {
  const { balances } = await ledger.getBalances(ctx, { accountIds: [id] });
  return balances[0]?.postedMinor ?? '0';
}
