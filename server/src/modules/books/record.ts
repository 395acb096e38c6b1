import { createBatcher } from '#platform/batcher.ts';
import { businessDate } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import { isUnstorable } from '#platform/db/unstorable.ts';
import { refusePlatform, type Words } from '#platform/errors.ts';
import { derivedId, newId } from '#platform/id.ts';
import { bodyText, once } from '#platform/idempotency.ts';
import type { AcceptedOnce, NewEntry, RecordResult } from './contract.ts';
import type { BooksDeps } from './deps.ts';
import { type Draft, draftOf, isUnsorted } from './domain/entry.ts';
import { fold } from './domain/fold.ts';
import { refuseBooks } from './errors.ts';
import { byOf } from './held.ts';
import { type Posted, type Poster, workOf } from './posting.ts';
import type { RuleBook } from './rules.ts';
import type { ShopBook } from './shop.ts';
import { storable } from './storable.ts';
import type { NewRecord, Seen } from './store/entries.ts';
import { type Item, type Outcome, type Recorded, writeItems } from './write-items.ts';

export const COUNTERPARTY = 'books.counterparty';
/** Under which idempotency keys of one entry are kept, whichever door it came through. */
export const RECORD_ROUTE = 'POST /v1/books/of/{accountId}/entries';
const BATCH_ROUTE = 'POST /v1/books/of/{accountId}/entry-batches';
/** Whoever records hears of the ledger, too, where it answers within so long. */
const POSTED_WITHIN_MS = 250;

type Input = { accountId: string; entries: readonly NewEntry[] };
type Ready = { item: Item } | { refused: RecordResult };

/**
 * Records entries. Entries with their lines, events and keys commit together, for all requests of the moment in one transaction; then they are posted,
 * and whoever asked waits a moment for that.
 */
export function createRecording(deps: BooksDeps, { shops, poster, rules }: { shops: ShopBook; poster: Poster; rules: RuleBook }) {
  const { db, vault, clock, accounts } = deps;

  const batcher = createBatcher<{ tenantId: string; items: readonly Item[] }, Outcome[]>(
    async (asked) => {
      const byTenant = [...Map.groupBy(asked, ({ tenantId }) => tenantId)];
      const found = new Map<unknown, Outcome[]>();
      for (const [tenantId, own] of byTenant) {
        const outcomes = await db.tx({ module: 'books', tenants: [tenantId] }, (tx) =>
          write(
            tx,
            tenantId,
            own.flatMap(({ items }) => items),
          ),
        );
        let at = 0;
        for (const one of own) {
          found.set(one, outcomes.slice(at, at + one.items.length));
          at += one.items.length;
        }
      }
      return asked.map((one) => found.get(one)!);
    },
    {
      maxBatch: 1_000,
      maxBacklog: 10_000,
      weigh: ({ items }) => items.length,
      isolate: isUnstorable,
      overloaded: () => refuseBooks('BOOKS_OVERLOADED', { retryAfterSeconds: 1 }),
    },
  );
  const write = (tx: Tx, tenantId: string, items: readonly Item[]): Promise<Outcome[]> =>
    writeItems(tx, deps, { tenantId, items, today: businessDate(clock.now()) });

  /** Asks, opens the books where they are not yet, and reads what was written. */
  async function prepare(ctx: CallContext, accountId: string, entries: readonly (NewEntry & { id: string })[]): Promise<Ready[]> {
    await accounts.authorize(ctx, { accountId, action: 'books' });
    await shops.ensureOpen(ctx, accountId);
    const drafts = entries.map((asked) => ({ asked, draft: draftOf(accountId, asked) }));
    const sound = drafts.flatMap(({ asked, draft }) => ('flaw' in draft ? [] : [{ asked, draft }]));
    const sorted = await rules.applyTo(ctx.tenantId, accountId, sound);
    const sortedOf = new Map(sound.map(({ asked }, at) => [asked, sorted[at]!]));
    return Promise.all(
      drafts.map(({ asked, draft }) => {
        if ('flaw' in draft) return { refused: refusedBecause(asked.id, asked.date, 'BOOKS_ENTRY_INVALID', draft.flaw) };
        return itemOf(ctx, { accountId, id: asked.id, asked: draft, draft: sortedOf.get(asked)! }).then((item) => ({ item }));
      }),
    );
  }

  /** `asked` as it was said, and `draft` with the categories that rules gave it: what is the same does not hang on what was taught meanwhile. */
  async function itemOf(
    ctx: CallContext,
    { accountId, id, asked, draft }: { accountId: string; id: string; asked: Draft; draft: Draft },
  ): Promise<Item> {
    const { tenantId, actor } = ctx;
    const { counterparty } = draft;
    const record: NewRecord = {
      ...storable(draft),
      id,
      accountId,
      counterpartySealed: counterparty === null ? null : await vault.seal(tenantId, accountId, COUNTERPARTY, counterparty),
      counterpartyHash: counterparty === null ? null : vault.lookupHash(tenantId, COUNTERPARTY, fold(counterparty)),
      contentHash: vault.lookupHash(tenantId, 'books.entry', bodyText({ accountId, ...contentOf(asked) })),
      isUnsorted: isUnsorted(accountId, draft.lines),
      recordedAt: new Date(clock.now()),
      recordedBy: byOf(actor),
    };
    return { actor, draft, record };
  }

  /** What was recorded, with what the ledger said within a moment. */
  async function postSoon(tenantId: string, outcomes: readonly Outcome[]): Promise<Map<string, Posted>> {
    const recorded = outcomes.flatMap((outcome) => ('recorded' in outcome ? [outcome.recorded] : []));
    const posted = new Map<string, Posted>();
    if (recorded.length === 0) return posted;
    deps.crashPoint?.('books.record:committed');
    const all = Promise.all(recorded.map(async (entry) => posted.set(entry.id, await poster.post(workOf(tenantId, entry)))));
    await withinMs(deps.postedWithinMs ?? POSTED_WITHIN_MS, all);
    return posted;
  }

  const resultsOf = (ready: readonly Ready[], outcomes: readonly Outcome[], posted: ReadonlyMap<string, Posted>): RecordResult[] => {
    let at = 0;
    return ready.map((one) => ('refused' in one ? one.refused : resultOf(one.item, outcomes[at++]!, posted)));
  };
  const itemsOf = (ready: readonly Ready[]): Item[] => ready.flatMap((one) => ('item' in one ? [one.item] : []));

  return {
    /** Without a key: ids and origins make it harmless to repeat. */
    async record(ctx: CallContext, { accountId, entries }: Input): Promise<{ results: RecordResult[] }> {
      const { tenantId } = ctx;
      const ready = await prepare(
        ctx,
        accountId,
        entries.map((entry) => ({ ...entry, id: entry.id ?? newId() })),
      );
      const items = itemsOf(ready);
      const outcomes = items.length === 0 ? [] : await batcher.submit({ tenantId, items });
      return { results: resultsOf(ready, outcomes, await postSoon(tenantId, outcomes)) };
    },

    /** One entry, named after its key. */
    async recordOne(ctx: CallContext, { accountId, entry }: { accountId: string; entry: NewEntry }): Promise<AcceptedOnce> {
      const { tenantId, actor, idempotencyKey: key } = ctx;
      if (key === undefined) throw refusePlatform('PLATFORM_IDEMPOTENCY_KEY_REQUIRED');
      const id = derivedId('books.entry', tenantId, actor.id, key);
      const [ready] = await prepare(ctx, accountId, [{ ...entry, id }]);
      if ('refused' in ready!) throw refuseBooks('BOOKS_ENTRY_INVALID', { detail: wordsOf(ready.refused) });
      const item: Item = { ...ready!.item, key: { principal: actor.id, route: RECORD_ROUTE, key } };
      const [outcome] = await batcher.submit({ tenantId, items: [item] });
      if ('refused' in outcome! && outcome.refused === 'BOOKS_ENTRY_CONFLICT' && outcome.byId) throw keyConflict(RECORD_ROUTE);
      if ('refused' in outcome!) throw refuseBooks(outcome.refused);
      const posted = await postSoon(tenantId, [outcome!]);
      const { accountId: shop, amountMinor, date, competence, originalDate, recordedAt, position } = standing(outcome!);
      return {
        replayed: 'duplicate' in outcome!,
        position: toNumber(posted.get(id)?.position ?? position),
        entry: {
          id,
          accountId: shop,
          amountMinor: amountMinor.toString(),
          date,
          competence,
          originalDate,
          recordedAt: recordedAt.toISOString(),
        },
      };
    },

    /** Many under one key, each with its outcome: the answer is kept. */
    async recordBatch(ctx: CallContext, { accountId, entries }: Input): Promise<{ replayed: boolean; results: RecordResult[] }> {
      const { tenantId, actor, idempotencyKey: key } = ctx;
      if (key === undefined) throw refusePlatform('PLATFORM_IDEMPOTENCY_KEY_REQUIRED');
      const named = entries.map((entry, nth) => ({
        ...entry,
        id: entry.id ?? derivedId('books.entry', tenantId, actor.id, key, String(nth)),
      }));
      const ready = await prepare(ctx, accountId, named);
      const body = vault.lookupHash(tenantId, BATCH_ROUTE, bodyText({ accountId, entries })).toString('hex');
      let outcomes: Outcome[] = [];
      const answer = await db.tx({ module: 'books', tenants: [tenantId] }, (tx) =>
        once(tx, { tenantId, principal: actor.id, route: BATCH_ROUTE, key, body }, async () => {
          outcomes = await write(tx, tenantId, itemsOf(ready));
          return { status: 200, body: { results: resultsOf(ready, outcomes, new Map()) } };
        }),
      );
      if (!answer.replayed) await postSoon(tenantId, outcomes);
      return { replayed: answer.replayed, ...(answer.body as { results: RecordResult[] }) };
    },
  };
}

/** What makes two entries the same: all that was said, and not how late it may be. */
function contentOf({ late: _late, lines, amountMinor, ...rest }: Draft): Record<string, unknown> {
  return { ...rest, amountMinor: amountMinor.toString(), lines: lines.map((line) => [line.categoryId, line.amountMinor.toString()]) };
}

const standing = (outcome: Outcome): Recorded | Seen =>
  'recorded' in outcome ? outcome.recorded : 'duplicate' in outcome ? outcome.duplicate : refuse();
function refuse(): never {
  throw new Error('a refused entry stands nowhere');
}
const toNumber = (position: bigint | null): number | null => (position === null ? null : Number(position));

function resultOf({ record }: Item, outcome: Outcome, posted: ReadonlyMap<string, Posted>): RecordResult {
  if ('refused' in outcome) {
    const { title, en } = refuseBooks.specs[outcome.refused];
    return refusedBecause(record.id, record.date, outcome.refused, { pt: title, en: en.title });
  }
  const { id, date, position } = standing(outcome);
  return {
    id,
    outcome: 'recorded' in outcome ? 'recorded' : 'duplicate',
    date,
    position: toNumber(posted.get(id)?.position ?? position),
  };
}

function refusedBecause(id: string, date: string, code: string, { pt, en }: Words): RecordResult {
  return { id, outcome: 'refused', code, detail: pt, detailEn: en, date, position: null };
}
const wordsOf = ({ detail = '', detailEn = '' }: RecordResult): Words => ({ pt: detail, en: detailEn });

const keyConflict = (route: string) =>
  refusePlatform('PLATFORM_IDEMPOTENCY_CONFLICT', {
    detail: { pt: `A chave já foi usada em ${route} com outro corpo.`, en: `The key was used on ${route} with another body.` },
  });

/** Waits for it, but no longer. */
async function withinMs(ms: number, work: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, ms);
  await Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
}
