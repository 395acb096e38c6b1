import { type CallContext, systemContext } from '#platform/context.ts';
import type { Job } from '#platform/jobs/job.ts';
import { type CardsDeps, MODULE } from './deps.ts';
import { listBehind, listPending, settlePostings } from './store/postings.ts';

const BATCH = 200;
/** What a request leaves is taken up by the job after this long. */
const LEFT_AFTER_MS = 10_000;
const EVERY_MS = 5_000;
const MOST_ACCOUNTS = 200;
/** What the books say when they may well take the same entry later. */
const NOT_YET: readonly (string | undefined)[] = ['BOOKS_DATE_IN_FUTURE', 'BOOKS_OVERLOADED'];

/** Carries entries to the books, in order, under ids that make a repetition harmless. What the books refuse is kept with its code; what they do not take yet stays on its way. */
export function createPosting({ db, books, clock, log }: CardsDeps) {
  async function carrySome(ctx: CallContext, accountId: string): Promise<number> {
    const { tenantId } = ctx;
    const entries = await db.tx({ module: MODULE, tenants: [tenantId], single: true }, (tx) => listPending(tx, tenantId, accountId, BATCH));
    if (entries.length === 0) return 0;
    const { results } = await books.record(ctx, { accountId, entries });
    const settled = results
      .filter(({ outcome, code }) => outcome !== 'refused' || !NOT_YET.includes(code))
      .map(({ id, outcome, code }) => ({ id, code: outcome === 'refused' ? (code ?? 'BOOKS_REFUSED') : null }));
    for (const { id, code } of settled) if (code) log.error({ accountId, entryId: id, code }, 'the books refused an entry of a card');
    await db.tx({ module: MODULE, tenants: [tenantId] }, (tx) => settlePostings(tx, tenantId, settled));
    return settled.length;
  }

  /** As far as the books answer. Never throws: what is to come is durable already. */
  async function carry({ idempotencyKey: _own, ...ctx }: CallContext, accountId: string): Promise<void> {
    try {
      while ((await carrySome(ctx, accountId)) === BATCH);
    } catch (error) {
      log.warn({ err: (error as Error).message, accountId }, 'the books did not take entries of cards; it is tried again');
    }
  }

  const job: Job = {
    name: 'cards.posting',
    everyMs: EVERY_MS,
    async run(ctx) {
      const before = new Date(clock.now() - LEFT_AFTER_MS);
      const behind = await ctx.db.tx({ module: MODULE, system: true }, (tx) => listBehind(tx, before, MOST_ACCOUNTS));
      for (const { tenantId, accountId } of behind) await carry(systemContext(tenantId, MODULE), accountId);
    },
  };
  return { carry, job };
}
