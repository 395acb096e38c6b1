import { type CallContext, systemContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import { AppError } from '#platform/errors.ts';
import { derivedId } from '#platform/id.ts';
import type { Job } from '#platform/jobs/job.ts';
import { type DrawersDeps, MODULE } from './deps.ts';
import { refuseDeposit } from './store/deposits.ts';
import { addToBalance } from './store/drawers.ts';
import { findMovement, markRefused } from './store/movements.ts';
import { listUntold, markTold } from './store/open-items.ts';
import { insertPostings, listBehind, listEntryIds, listPending, type Posting, type Settled, settlePostings } from './store/postings.ts';

const BATCH = 200;
/** What a request leaves is taken up by the job after this long. */
const LEFT_AFTER_MS = 10_000;
const EVERY_MS = 5_000;
const MOST_ACCOUNTS = 200;
/** What the books say when they may well take the same entry later. */
const NOT_YET: readonly (string | undefined)[] = ['BOOKS_DATE_IN_FUTURE', 'BOOKS_OVERLOADED'];

export const reversalOf = (entryId: string): string => derivedId('drawers.reversal', entryId);

/**
 * Carries what is on its way of an account to the books, in order, under ids that make a repetition harmless. Whatever is away meanwhile, nothing is lost: the rows stay, and the job
 * carries them later.
 */
export function createPosting(deps: DrawersDeps) {
  const { db, books, clock, log } = deps;

  /** As far as the books answer. Never throws: what happened at the drawer is durable already. */
  async function carry(ctx: CallContext, accountId: string): Promise<void> {
    const { idempotencyKey: _own, ...asked } = ctx;
    try {
      // What is refused on the way puts reversals behind it.
      while ((await carrySome(asked, accountId)) > 0);
      await tellOpenItems(asked, accountId);
    } catch (error) {
      log.warn({ err: (error as Error).message, accountId }, 'the books did not take what happened at a drawer; it is tried again');
    }
  }

  /** Answers how many are on their way no more. */
  async function carrySome(ctx: CallContext, accountId: string): Promise<number> {
    const { tenantId } = ctx;
    const pending = await db.tx({ module: MODULE, tenants: [tenantId], single: true }, (tx) => listPending(tx, tenantId, accountId, BATCH));
    let done = 0;
    for (const run of runsOf(pending)) {
      const settled = run[0]!.entry ? await record(ctx, accountId, run) : await reverse(ctx, accountId, run[0]!);
      await db.tx({ module: MODULE, tenants: [tenantId] }, (tx) => settle(tx, tenantId, run, settled));
      done += settled.length;
    }
    return done;
  }

  /** What a day waits for, and waits for no more. */
  async function tellOpenItems(ctx: CallContext, accountId: string): Promise<void> {
    const { tenantId } = ctx;
    const untold = await db.tx({ module: MODULE, tenants: [tenantId], single: true }, (tx) => listUntold(tx, tenantId, accountId, BATCH));
    for (const item of untold) {
      const { reference, businessDate: date, kind, blocks, isOpen } = item;
      const named = { module: MODULE, reference };
      if (isOpen) await books.markOpenItem(ctx, { accountId, item: { ...named, date, kind, blocks } });
      else await books.clearOpenItem(ctx, { accountId, ...named });
      await db.tx({ module: MODULE, tenants: [tenantId], single: 'writes' }, (tx) => markTold(tx, tenantId, item));
    }
  }

  async function record(ctx: CallContext, accountId: string, run: readonly Posting[]): Promise<Settled[]> {
    const { results } = await books.record(ctx, { accountId, entries: run.map(({ entry }) => entry!) });
    const answered = results.filter(({ outcome, code }) => outcome !== 'refused' || !NOT_YET.includes(code));
    return answered.map(({ id, outcome, code, position }) => ({
      id,
      state: outcome === 'refused' ? 'refused' : 'recorded',
      refusal: code ?? null,
      position: position === null ? null : BigInt(position),
    }));
  }

  async function reverse(ctx: CallContext, accountId: string, { id, reverses, reason }: Posting): Promise<Settled[]> {
    try {
      const { position } = await books.reverse(ctx, { accountId, entryId: reverses!, reason: reason!, late: 'first-open-day' });
      return [{ id, state: 'recorded', refusal: null, position: position === null ? null : BigInt(position) }];
    } catch (error) {
      if (!(error instanceof AppError) || error.status >= 500 || error.status === 429 || error.code.startsWith('ACCOUNTS_')) throw error;
      return [{ id, state: 'refused', refusal: error.code, position: null }];
    }
  }

  async function settle(tx: Tx, tenantId: string, run: readonly Posting[], settled: readonly Settled[]): Promise<void> {
    const changed = new Set(await settlePostings(tx, tenantId, settled));
    for (const { id, state, refusal } of settled) {
      const posting = run.find((one) => one.id === id)!;
      if (state === 'refused' && changed.has(id) && posting.entry) await refuse(tx, tenantId, posting, refusal ?? 'BOOKS_REFUSED');
    }
  }

  /** What the books will not have did not happen: the drawer forgets it, and its other entries are taken back. */
  async function refuse(tx: Tx, tenantId: string, { accountId, about, id }: Posting, code: string): Promise<void> {
    const movement = await findMovement(tx, tenantId, accountId, about);
    if (!movement) return refuseDeposit(tx, tenantId, about, id === derivedId('drawers.entry', about, '0') ? 'sent' : 'credited');
    if (!(await markRefused(tx, tenantId, about, code))) return;
    await addToBalance(tx, tenantId, movement.placeId, -movement.cashMinor);
    const others = (await listEntryIds(tx, tenantId, about)).filter((other) => other !== id);
    const back = others.map((entryId) => ({ id: reversalOf(entryId), accountId, about, entry: null, reverses: entryId, reason: code }));
    await insertPostings(tx, tenantId, back, new Date(clock.now()));
  }

  const job: Job = {
    name: 'drawers.posting',
    everyMs: EVERY_MS,
    async run(ctx) {
      const before = new Date(clock.now() - LEFT_AFTER_MS);
      const behind = await ctx.db.tx({ module: MODULE, system: true }, (tx) => listBehind(tx, before, MOST_ACCOUNTS));
      for (const { tenantId, accountId } of behind) await carry(systemContext(tenantId, MODULE), accountId);
    },
  };
  return { carry, refuse, job };
}

export type Poster = ReturnType<typeof createPosting>;

/** Runs of entries that travel together; what takes one back travels alone, after those before it. */
function runsOf(pending: readonly Posting[]): Posting[][] {
  const runs: Posting[][] = [];
  for (const one of pending) {
    const last = runs.at(-1);
    if (last?.[0]?.entry && one.entry) last.push(one);
    else runs.push([one]);
  }
  return runs;
}
