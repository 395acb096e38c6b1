import type { CallContext } from '#platform/context.ts';
import { refusePlatform } from '#platform/errors.ts';
import { flawOfWords } from '#platform/text.ts';
import type { Entry, EntryEdit } from './contract.ts';
import type { BooksDeps } from './deps.ts';
import { fold } from './domain/fold.ts';
import { refuseBooks } from './errors.ts';
import { ENTRY_EDITED, type EntryEdited } from './events.ts';
import { byOf, type ChangeParts, eventAbout, holdIt, type One, showIt } from './held.ts';
import { COUNTERPARTY } from './record.ts';
import { foldedOf } from './storable.ts';
import { insertChanges, writeWords } from './store/changes.ts';

/** Words of an entry: what it was, with whom, how. Figures, places and dates are no words: those are reversed and recorded anew. */
export function createEditing(deps: BooksDeps, { shops, views }: ChangeParts) {
  const { db, bus, clock, vault } = deps;

  return async (ctx: CallContext, { accountId, entryId, version, ...words }: One & EntryEdit): Promise<Entry> => {
    await shops.allow(ctx, accountId, 'books');
    const { tenantId, actor } = ctx;
    for (const text of [words.text ?? '', words.counterparty ?? '', ...(words.tags ?? [])]) {
      const detail = flawOfWords(text);
      if (detail) throw refusePlatform('PLATFORM_BAD_REQUEST', { errors: [{ pointer: '/body', detail }] });
    }
    const at = new Date(clock.now());
    const counterparty = words.counterparty?.trim() || null;
    const sealed = counterparty === null ? null : await vault.seal(tenantId, accountId, COUNTERPARTY, counterparty);
    const one = { accountId, entryId };
    await db.tx({ module: 'books', tenants: [tenantId] }, async (tx) => {
      const { entry, closedUntil } = await holdIt(tx, tenantId, one);
      if (entry.version !== version) throw refuseBooks('BOOKS_ENTRY_CHANGED');
      if (closedUntil !== null && (entry.date <= closedUntil || entry.competence <= closedUntil)) throw refuseBooks('BOOKS_DAY_CLOSED');
      const text = words.text === undefined ? entry.text : words.text?.trim() || null;
      const tags = words.tags === undefined ? entry.tags : [...new Set(words.tags)];
      await writeWords(tx, tenantId, {
        entryId,
        version: version + 1,
        text,
        tags,
        folded: foldedOf({ text, tags }),
        method: words.method === undefined ? entry.method : words.method,
        counterpartySealed: words.counterparty === undefined ? entry.counterpartySealed : sealed,
        counterpartyHash:
          words.counterparty === undefined
            ? entry.counterpartyHash
            : counterparty === null
              ? null
              : vault.lookupHash(tenantId, COUNTERPARTY, fold(counterparty)),
      });
      const fields = Object.keys(words).toSorted();
      const before = { text: entry.text, tags: entry.tags, method: entry.method };
      const change = { ...one, version: version + 1, kind: 'edited', at, by: byOf(actor), reason: null, linesBefore: null } as const;
      await insertChanges(tx, tenantId, [{ ...change, before, commands: [] }]);
      const data: EntryEdited = { ...one, version: version + 1, fields };
      await bus.publish(tx, [eventAbout(ENTRY_EDITED, { tenantId, actor, at }, one, data)]);
    });
    return showIt(deps, views, ctx, entryId);
  };
}
