import { createBatcher } from '#platform/batcher.ts';
import { businessDate, startOfDay } from '#platform/clock.ts';
import { systemContext } from '#platform/context.ts';
import { instantMs } from '#platform/dates.ts';
import { newId } from '#platform/id.ts';
import type { Job } from '#platform/jobs/job.ts';
import type { BooksDeps } from './deps.ts';
import { type Command, postingsOf, transferId } from './domain/postings.ts';
import { refuseBooks } from './errors.ts';
import { ENTRY_REFUSED } from './events.ts';
import { createAccountOpening } from './open-accounts.ts';
import { undoRefused } from './store/changes.ts';
import type { NewRecord } from './store/entries.ts';
import { type Answered, findWaitingChanges, findWaitingEntries, writeAnswers } from './store/postings.ts';

/** One version of an entry on its way to the ledger. */
export type Work = { tenantId: string; accountId: string; entryId: string; version: number; commands: readonly Command[] };
/** What came of it: neither where the ledger did not answer, and the job asks again. */
export type Posted = { position: bigint | null; refusal: string | null };

/** What the ledger keeps beside a transfer: whose it is, and of a reversal the day of what it takes back, so that readers of days can tell. */
const metadataOf = (entryId: string, { kind, date }: Command): Record<string, string> => ({
  'books.entry': entryId,
  ...(kind === 'reverse' ? { 'reverses.date': date } : {}),
});

const NOT_YET: Posted = { position: null, refusal: null };
/** So many commands go to the ledger in one call at the most. */
const CALL = 1_000;
/** A day is posted to once it has begun on every clock: processes may differ by so much. */
const CLOCKS_DIFFER_MS = 3_000;
const JOB_EVERY_MS = 2_000;
/** The job leaves what is being posted at this moment. */
const UNDER_WAY_MS = 2_000;
const JOB_PAGE = 500;

export const workOf = (tenantId: string, entry: NewRecord): Work => ({
  tenantId,
  accountId: entry.accountId,
  entryId: entry.id,
  version: 1,
  commands: postingsOf(entry.accountId, entry).map(({ amountMinor, ...rest }, nth) => ({
    kind: 'transfer',
    id: transferId(entry.id, 1, nth),
    amountMinor: amountMinor.toString(),
    ...rest,
  })),
});

/**
 * Brings entries, and what changes them, to the ledger: all of the moment together, under ids that make repeating harmless. What the ledger refuses is
 * written down with its code; what it does not answer stays as it is.
 */
export function createPoster(deps: BooksDeps) {
  const { db, bus, clock, ledger, log } = deps;
  const openAccounts = createAccountOpening(deps);
  const instants = new Map<string, string>();
  const startOf = (date: string): string => {
    const known = instants.get(date) ?? startOfDay(date);
    if (instants.size > 5_000) instants.clear();
    instants.set(date, known);
    return known;
  };
  const hasBegun = ({ commands }: Work): boolean =>
    commands.every(({ date }) => clock.now() >= instantMs(startOf(date)) + CLOCKS_DIFFER_MS);

  const toLedger = (work: Work) =>
    work.commands.map((command) => {
      const rest = { effectiveAt: startOf(command.date), metadata: metadataOf(work.entryId, command) };
      return command.kind === 'reverse'
        ? ({ kind: 'reverse', id: command.id, transferId: command.transferId, ...rest } as const)
        : ({
            kind: 'transfer',
            id: command.id,
            debitAccountId: command.debit,
            creditAccountId: command.credit,
            amountMinor: command.amountMinor,
            ...rest,
          } as const);
    });

  async function submit(tenantId: string, works: readonly Work[]): Promise<Answered[]> {
    const ctx = systemContext(tenantId, 'books');
    await openAccounts(tenantId, works);
    const single = works.filter(({ commands }) => commands.length === 1);
    const calls: Promise<Answered[]>[] = [];
    for (let at = 0; at < single.length; at += CALL) {
      const some = single.slice(at, at + CALL);
      calls.push(
        ledger
          .submit(ctx, { commands: some.flatMap(toLedger) })
          .then(({ results }) => some.map((work, n) => answeredOf(work, [results[n]!]))),
      );
    }
    // An entry of several transfers has all of them or none.
    for (const work of works.filter(({ commands }) => commands.length > 1))
      calls.push(ledger.submit(ctx, { commands: toLedger(work), atomic: true }).then(({ results }) => [answeredOf(work, results)]));
    return (await Promise.all(calls)).flat();
  }

  async function postOf(tenantId: string, works: readonly Work[]): Promise<Map<Work, Posted>> {
    const answers = await submit(tenantId, works);
    deps.crashPoint?.('books.posting:submitted');
    const at = new Date(clock.now()).toISOString();
    await db.tx({ module: 'books', tenants: [tenantId] }, async (tx) => {
      const refused = await writeAnswers(tx, tenantId, answers);
      if (refused.length === 0) return;
      await undoRefused(tx, tenantId, refused);
      const byName = new Map(answers.map((one) => [`${one.entryId} ${one.version}`, one]));
      const accountOf = new Map(works.map(({ entryId, accountId }) => [entryId, accountId]));
      await bus.publish(
        tx,
        refused.map(({ entryId, version }) => {
          const accountId = accountOf.get(entryId)!;
          const data = { entryId, accountId, version, code: byName.get(`${entryId} ${version}`)!.refusal! };
          const actor = { kind: 'system', id: 'books' } as const;
          return { id: newId(), type: ENTRY_REFUSED, tenantId, key: entryId, subjectId: accountId, actor, time: at, data };
        }),
      );
    });
    const byName = new Map(answers.map(({ entryId, version, position, refusal }) => [`${entryId} ${version}`, { position, refusal }]));
    return new Map(works.map((work) => [work, byName.get(`${work.entryId} ${work.version}`) ?? NOT_YET]));
  }

  const batcher = createBatcher<Work, Posted>(
    async (works) => {
      const ready = works.filter(hasBegun);
      const byTenant = [...Map.groupBy(ready, ({ tenantId }) => tenantId)];
      const done = await Promise.allSettled(byTenant.map(([tenantId, own]) => postOf(tenantId, own)));
      const posted = new Map<Work, Posted>();
      for (const one of done) {
        if (one.status === 'fulfilled') for (const [work, answer] of one.value) posted.set(work, answer);
        else log.warn({ err: String(one.reason) }, 'entries are not posted yet; the job does it again');
      }
      return works.map((work) => posted.get(work) ?? NOT_YET);
    },
    {
      maxBatch: 2_000,
      maxBacklog: 20_000,
      weigh: ({ commands }) => commands.length,
      overloaded: () => refuseBooks('BOOKS_OVERLOADED', { retryAfterSeconds: 1 }),
    },
  );
  /** Never rejects: what cannot be posted now the job posts. */
  const post = (work: Work): Promise<Posted> => batcher.submit(work).catch(() => NOT_YET);

  const job: Job = {
    name: 'books.posting',
    everyMs: JOB_EVERY_MS,
    async run({ db: own }) {
      const before = new Date(clock.now() - UNDER_WAY_MS);
      const today = businessDate(clock.now() - CLOCKS_DIFFER_MS);
      const system = { module: 'books', system: true } as const;
      const entries = await own.tx(system, (tx) => findWaitingEntries(tx, { today, before, limit: JOB_PAGE }));
      const ofEntries = await Promise.all(entries.map((entry) => post(workOf(entry.tenantId, entry))));
      const changes = await own.tx(system, (tx) => findWaitingChanges(tx, { before, limit: JOB_PAGE }));
      const ofChanges = await Promise.all(changes.map(post));
      const answered = [...ofEntries, ...ofChanges].filter((one) => one !== NOT_YET).length;
      return { goOn: answered >= JOB_PAGE };
    },
  };
  return { post, job, drain: () => batcher.drain() };
}
export type Poster = ReturnType<typeof createPoster>;

type Result = { outcome: 'done' | 'rejected'; code?: string; seq?: number };

function answeredOf({ entryId, version }: Work, results: readonly Result[]): Answered {
  const rejected = results.filter(({ outcome }) => outcome === 'rejected');
  // In a block that does not happen only one command says why.
  const why = rejected.find(({ code }) => code !== 'LEDGER_CHAIN_FAILED') ?? rejected[0];
  if (why) return { entryId, version, position: null, refusal: why.code ?? 'LEDGER_REFUSED' };
  return { entryId, version, position: BigInt(Math.max(...results.map(({ seq }) => seq!))), refusal: null };
}
