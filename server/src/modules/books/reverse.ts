import { businessDate } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import { derivedId } from '#platform/id.ts';
import { bodyText } from '#platform/idempotency.ts';
import type { Entry } from './contract.ts';
import type { BooksDeps } from './deps.ts';
import { isUnsorted } from './domain/entry.ts';
import { mirrorOf, reversalsOf } from './domain/reversals.ts';
import { refuseBooks } from './errors.ts';
import { ENTRY_REVERSED, type EntryReversed } from './events.ts';
import { byOf, type ChangeParts, eventAbout, type HeldEntry, holdIt, type One, postChange, showIt } from './held.ts';
import { workOf } from './posting.ts';
import { storable } from './storable.ts';
import { insertChanges, listChanges, markReversed, type NewChange } from './store/changes.ts';
import type { EntryRecord } from './store/entries.ts';
import { type Item, type Recorded, writeItems } from './write-items.ts';

type Input = One & { reason: string; late?: 'first-open-day' };
type Done = { entry: HeldEntry; change?: NewChange; mirror?: Recorded };

/**
 * Takes an entry back. On open days by reversals of its transfers on their own days, so that it is as if it had never been. What is closed stays as it
 * is: then an entry that mirrors it stands on the first open day.
 */
export function createReversing(deps: BooksDeps, { shops, poster, views }: ChangeParts) {
  const { db, bus, clock, vault } = deps;

  function mirrorItem(ctx: CallContext, entry: EntryRecord, at: Date): Item {
    const draft = mirrorOf(entry);
    const record = {
      ...storable(draft),
      id: derivedId('books.mirror', entry.id),
      accountId: entry.accountId,
      counterpartySealed: entry.counterpartySealed,
      counterpartyHash: entry.counterpartyHash,
      contentHash: vault.lookupHash(ctx.tenantId, 'books.entry', bodyText({ mirrors: entry.id })),
      isUnsorted: isUnsorted(entry.accountId, draft.lines),
      recordedAt: at,
      recordedBy: byOf(ctx.actor),
    };
    return { actor: ctx.actor, draft, record };
  }

  return async (ctx: CallContext, { reason, late, ...one }: Input): Promise<Entry> => {
    await shops.allow(ctx, one.accountId, 'books');
    const { tenantId, actor } = ctx;
    const at = new Date(clock.now());
    const done = await db.tx({ module: 'books', tenants: [tenantId] }, async (tx): Promise<Done> => {
      const { entry, closedUntil } = await holdIt(tx, tenantId, one);
      if (entry.reversedAt !== null) return { entry };
      const isClosed = closedUntil !== null && (entry.date <= closedUntil || entry.competence <= closedUntil);
      if (isClosed && !late) throw refuseBooks('BOOKS_DAY_CLOSED');
      const version = entry.version + 1;
      const change: NewChange = {
        ...one,
        version,
        kind: 'reversed',
        at,
        by: byOf(actor),
        reason,
        linesBefore: null,
        before: null,
        commands: [],
      };
      let mirror: Recorded | undefined;
      if (isClosed) {
        const [outcome] = await writeItems(tx, deps, { tenantId, items: [mirrorItem(ctx, entry, at)], today: businessDate(at) });
        if ('refused' in outcome!) throw refuseBooks(outcome.refused);
        mirror = 'recorded' in outcome! ? outcome.recorded : undefined;
      } else {
        const earlier = (await listChanges(tx, tenantId, entry.id)).filter(({ refusal }) => refusal === null);
        change.commands = reversalsOf({ ...entry, changes: earlier, version });
      }
      await insertChanges(tx, tenantId, [change]);
      await markReversed(tx, tenantId, { entryId: entry.id, version, at, by: isClosed ? derivedId('books.mirror', entry.id) : null });
      const data: EntryReversed = { ...one, version, by: isClosed ? derivedId('books.mirror', entry.id) : null };
      await bus.publish(tx, [eventAbout(ENTRY_REVERSED, { tenantId, actor, at }, one, data)]);
      return { entry, change, ...(mirror ? { mirror } : {}) };
    });
    if (done.change) await postChange(poster, tenantId, done.entry, done.change);
    if (done.mirror) await poster.post(workOf(tenantId, done.mirror));
    return showIt(deps, views, ctx, one.entryId);
  };
}
