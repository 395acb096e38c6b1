import { randomBytes } from 'node:crypto';
import { createPostgresBus } from '#platform/bus/postgres.ts';
import { manualClock } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import { newId } from '#platform/id.ts';
import type { Job } from '#platform/jobs/job.ts';
import { createLogger } from '#platform/log.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { createVault } from '#platform/vault/vault.ts';
import { eventually } from '../../../test/support/probe/probe.ts';
import { openTestDatabase, sourcesOf } from '../../../test/support/test-database.ts';
import type { Books } from '../books/contract.ts';
import { createBooks } from '../books/index.ts';
import { openLedger } from '../ledger/test-support/fixture.ts';
import type { NewTitles, Titles } from './contract.ts';
import type { BooksPort } from './deps.ts';
import { createTitles } from './index.ts';

export const log = createLogger({ level: process.env.TEST_LOG_LEVEL ?? 'silent' });
/** A Monday at noon in São Paulo. */
export const NOON = Date.parse('2026-03-02T15:00:00Z');
export const TODAY = '2026-03-02';

/** Titles beside real books and a real ledger; who may do what is let through, since that is `accounts`' to say. */
export async function openTitles() {
  const clock = manualClock(NOON);
  const database = await openTestDatabase(sourcesOf('ledger', 'books', 'titles'));
  const { db } = database;
  const bus = createPostgresBus({ db, log, clock });
  const vault = createVault({ db, masterKey: randomBytes(32) });
  const ledger = openLedger(db, { clock });
  const accounts = { authorize: async () => ({ role: null, partyId: newId(), kind: 'company' as const, hasDayLimit: false }) };
  const deps = { db, bus, clock, log, vault, metrics: createMetrics({ defaults: false }), accounts };
  const booksInstance = createBooks({ ...deps, ledger, postedWithinMs: 60_000 });
  const books = booksInstance.face!.impl as Books;
  /** As another process would have it; `over` stands in for books that fail. */
  const process = (over: Partial<BooksPort> = {}) => {
    const port: BooksPort = { ...books, ...over };
    const { face, jobs } = createTitles({ ...deps, books: port });
    const run = (job: Job) => job.run({ db, log, each } as never);
    return {
      face: face!.impl as Titles,
      /** The jobs as the runner would run them, until there is nothing more to do. */
      async sendWaiting() {
        while (((await run(jobs![0]!)) as { goOn?: boolean }).goOn) {}
      },
      async makeOccurrences() {
        while (((await run(jobs![1]!)) as { goOn?: boolean }).goOn) {}
      },
    };
  };
  return {
    database,
    clock,
    books,
    process,
    ...process(),
    /** What an account of the books has on its normal side, once all that was accepted is posted. */
    async balanceOf(ctx: CallContext, id: string): Promise<string> {
      await eventually('the ledger has what the books have', async () => {
        // The job leaves what is younger than a moment to whoever is at it.
        clock.advance(2_000);
        for (const job of booksInstance.jobs!) await job.run({ db, log, each } as never);
        const [row] = await database.admin<{ waiting: boolean }>(
          `select exists (select from books.entries where position is null and refusal is null)
             or exists (select from books.changes where position is null and refusal is null) as waiting`,
        );
        return !row!.waiting;
      });
      const { balances } = await ledger.getBalances(ctx, { accountIds: [id] });
      return balances[0]?.postedMinor ?? '0';
    },
    async close() {
      await booksInstance.close?.();
      await database.close();
    },
  };
}
export type TitlesTest = Awaited<ReturnType<typeof openTitles>>;

async function each(names: readonly string[], work: (name: string) => Promise<void>) {
  for (const name of names) await work(name);
  return {};
}

/** A new shop of a new tenant. */
export function newShop() {
  const tenantId = newId();
  const actor = { kind: 'person', id: newId() } as const;
  const ctx = (): CallContext => ({ tenantId, actor, idempotencyKey: newId() });
  return { tenantId, accountId: newId(), ctx };
}

/** R$ 480,00 of flour, due on the 10th; the books have it from its day on. */
export const flour = (more: Partial<NewTitles> = {}): NewTitles => ({
  kind: 'payable',
  description: 'Farinha de trigo',
  amountMinor: '48000',
  category: 'goods',
  place: 'drawer',
  dueOn: '2026-03-10',
  competenceOn: TODAY,
  ...more,
});
