import { randomBytes } from 'node:crypto';
import { createPostgresBus } from '#platform/bus/postgres.ts';
import { manualClock } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import { newId } from '#platform/id.ts';
import { createLogger } from '#platform/log.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { createVault } from '#platform/vault/vault.ts';
import { eventually } from '../../../test/support/probe/probe.ts';
import { openTestDatabase, sourcesOf } from '../../../test/support/test-database.ts';
import type { Books } from '../books/contract.ts';
import { createBooks } from '../books/index.ts';
import { createCashflow } from '../cashflow/index.ts';
import { openLedger } from '../ledger/test-support/fixture.ts';
import type { Titles } from '../titles/contract.ts';
import { createTitles } from '../titles/index.ts';
import type { Reports } from './contract.ts';
import type { Deps } from './deps.ts';
import { createReports } from './index.ts';

const log = createLogger({ level: process.env.TEST_LOG_LEVEL ?? 'silent' });
/** A Monday at noon in São Paulo. */
export const NOON = Date.parse('2026-03-02T15:00:00Z');
export const TODAY = '2026-03-02';
const GROUPS = ['cashflow.daily-balance', 'reports.cash'];

/** Reports above real books, titles, ledger and days; who may do what is let through, since that is `accounts`' to say. */
export async function openReports(cards?: Deps['cards']) {
  const clock = manualClock(NOON);
  const database = await openTestDatabase(sourcesOf('ledger', 'books', 'titles', 'cashflow', 'reports'));
  const { db } = database;
  const bus = createPostgresBus({ db, log, clock });
  const vault = createVault({ db, masterKey: randomBytes(32) });
  const ledger = openLedger(db, { clock });
  const accounts = { authorize: async () => ({ role: null, partyId: newId(), kind: 'company' as const, hasDayLimit: false }) };
  const deps = { db, bus, clock, log, vault, metrics: createMetrics({ defaults: false }), accounts };
  const ofBooks = createBooks({ ...deps, ledger, postedWithinMs: 60_000 });
  const books = ofBooks.face!.impl as Books;
  const ofTitles = createTitles({ ...deps, books });
  const titles = ofTitles.face!.impl as Titles;
  const ofCashflow = createCashflow(deps);
  const instance = createReports({ ...deps, books, cashflow: ofCashflow.face!.impl, titles, cards });
  for (const module of ['ledger', 'books', 'titles']) bus.startRelay(module);
  for (const subscription of [...ofCashflow.subscriptions!, ...instance.subscriptions!]) bus.subscribe(subscription);
  const each = async (names: readonly string[], work: (name: string) => Promise<void>) => {
    for (const name of names) await work(name);
    return {};
  };
  return {
    database,
    clock,
    ledger,
    books,
    titles,
    cashflow: ofCashflow.face!.impl,
    reports: instance.face!.impl as Reports,
    /** Waits until all that was recorded is posted, and told, and in the figures. */
    async settled(): Promise<void> {
      await eventually('the figures are complete', async () => {
        // The jobs leave what is younger than a moment to whoever is at it.
        clock.advance(2_000);
        for (const job of [...ofTitles.jobs!, ...ofBooks.jobs!]) await job.run({ db, log, each } as never);
        const [row] = await database.admin<{ waiting: boolean }>(
          `select exists (select from books.entries where position is null and refusal is null)
             or exists (select from books.changes where position is null and refusal is null)
             or exists (select from titles.bookings where state = 'waiting' and book_on <= '${TODAY}')
             or exists (select from ledger.outbox) or exists (select from books.outbox) or exists (select from titles.outbox) as waiting`,
        );
        if (row!.waiting) return false;
        const failed = await database.admin<{ row: string }>('select row_to_json(l)::text as row from reports.inbox_dead_letters l');
        if (failed.length > 0) throw new Error(failed[0]!.row);
        const groups = await bus.status();
        return GROUPS.every((group) => groups.some((status) => status.group === group && status.lag === 0n));
      });
    },
    async close() {
      await ofBooks.close?.();
      await bus.close();
      await database.close();
    },
  };
}
export type ReportsTest = Awaited<ReturnType<typeof openReports>>;

/** A new shop of a new tenant. */
export function newShop() {
  const tenantId = newId();
  const actor = { kind: 'person', id: newId() } as const;
  return { tenantId, accountId: newId(), ctx: (): CallContext => ({ tenantId, actor, idempotencyKey: newId() }) };
}
