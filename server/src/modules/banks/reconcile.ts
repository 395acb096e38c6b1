import type { Entry } from '#books';
import { addDays } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import { readDate } from '#platform/dates.ts';
import type { Tx } from '#platform/db/db.ts';
import { derivedId, newId } from '#platform/id.ts';
import type { Day, Matched } from './contract.ts';
import { type BanksDeps, MODULE } from './deps.ts';
import { entryOf } from './domain/entry-of.ts';
import { type Suggestion, suggest } from './domain/suggest.ts';
import { refuseBanks } from './errors.ts';
import { PLACE_LOCKED } from './events.ts';
import type { Files } from './files.ts';
import { settledBy } from './import-work.ts';
import { reverseEntry } from './reverse-entry.ts';
import { type BookEntry, bookTotalsOf, entriesOf, freeEntries, listEntriesOfDay, listFreeEntries, takeEntries } from './store/entries.ts';
import { ensurePlace, holdPlace, isImported, readPlace } from './store/files.ts';
import { type Adjustment, endMatch, findMatch, insertMatch, listPairs } from './store/matches.ts';
import { countOpen, findMovements, listMovements, lockPlace, type Movement, settleMovements, totalsOf } from './store/movements.ts';

const SHOWN = 1_000;
const NEAR_DAYS = 5;
const PAIRS_SHOWN = 20;
/** Of so many entries the books are asked what they say. */
const TEXTS_SHOWN = 50;

type NewMatch = { movementIds: string[]; entryIds: string[]; adjustments?: { category: string; amountMinor: string; text?: string }[] };

/** Bank beside books: what agrees, what may agree, and what is agreed for good. */
export function createReconciliation(deps: BanksDeps, files: Pick<Files, 'findPlace'>) {
  const { db, bus, books, accounts, clock } = deps;
  const scopeOf = (tenantId: string) => ({ module: MODULE, tenants: [tenantId] });
  const may = (ctx: CallContext, accountId: string) => accounts.authorize(ctx, { accountId, action: 'books' });

  async function getDay(
    ctx: CallContext,
    { accountId, placeId, day: asked }: { accountId: string; placeId: string; day?: string },
  ): Promise<Day> {
    await accounts.authorize(ctx, { accountId, action: 'see' });
    const { today } = await files.findPlace(ctx, accountId, placeId);
    const day = asked === undefined ? today : readDate(asked, '/day');
    const { tenantId } = ctx;
    const seen = await db.tx(scopeOf(tenantId), async (tx) => {
      const [movements, entries, near, bank, booked, pairs, place] = await Promise.all([
        listMovements(tx, tenantId, placeId, day, day, SHOWN),
        listEntriesOfDay(tx, tenantId, placeId, day, SHOWN),
        listFreeEntries(tx, tenantId, placeId, addDays(day, -NEAR_DAYS), addDays(day, NEAR_DAYS), SHOWN),
        totalsOf(tx, tenantId, placeId, day),
        bookTotalsOf(tx, tenantId, placeId, day),
        listPairs(tx, tenantId, accountId, addDays(day, -1), addDays(day, 1), PAIRS_SHOWN),
        readPlace(tx, tenantId, placeId),
      ]);
      return { movements, entries, near, bank, booked, pairs, lockedUntil: place?.lockedUntil ?? null };
    });
    const open = seen.movements.filter(({ state }) => state === 'open' || state === 'refused');
    const suggestions = suggest(open, seen.near, NEAR_DAYS);
    const shown = withSuggested(seen.entries, seen.near, suggestions);
    const texts = await textsOf(ctx, accountId, shown);
    return {
      placeId,
      day,
      lockedUntil: seen.lockedUntil,
      bank: { movements: seen.movements.map(showMovement), totals: showTotals(seen.bank) },
      books: {
        entries: shown.map(({ entryId, date, amountMinor, matchId }) => ({
          entryId,
          date,
          amountMinor: String(amountMinor),
          matchId,
          text: texts.get(entryId) ?? null,
        })),
        totals: showTotals(seen.booked),
      },
      differenceMinor: String(seen.bank.inMinor - seen.bank.outMinor - seen.booked.inMinor + seen.booked.outMinor),
      suggestions: suggestions.map((one) => ({ ...one, restMinor: String(one.restMinor) })),
      pairs: seen.pairs.map((pair) => ({ ...pair, amountMinor: String(pair.amountMinor) })),
    };
  }

  async function textsOf(ctx: CallContext, accountId: string, entries: readonly BookEntry[]): Promise<Map<string, string | null>> {
    const found = await Promise.all(
      entries
        .slice(0, TEXTS_SHOWN)
        .map(({ entryId }) =>
          books.getEntry(ctx, { accountId, entryId }).catch((): Pick<Entry, 'id' | 'text'> => ({ id: entryId, text: null })),
        ),
    );
    return new Map(found.map(({ id, text }) => [id, text]));
  }

  /** These movements, of one place and not in what is locked. @throws BANKS_MOVEMENT_NOT_FOUND, BANKS_NO_PAIR, BANKS_RECONCILED */
  async function holdMovements(tx: Tx, tenantId: string, accountId: string, ids: readonly string[]): Promise<Movement[]> {
    const found = await findMovements(tx, tenantId, accountId, ids);
    if (found.length < ids.length) throw refuseBanks('BANKS_MOVEMENT_NOT_FOUND');
    for (const placeId of [...new Set(found.map((one) => one.placeId))].sort()) {
      const place = await holdPlace(tx, tenantId, placeId);
      const isLocked = found.some((one) => one.placeId === placeId && place?.lockedUntil != null && one.date <= place.lockedUntil);
      if (isLocked) throw refuseBanks('BANKS_RECONCILED');
    }
    return found;
  }

  /** Takes both sides, records what lies between, and says they are one. The entries of adjustments have ids derived from the match. */
  async function match(
    ctx: CallContext,
    { accountId, matchId, match: asked }: { accountId: string; matchId: string; match: NewMatch },
  ): Promise<Matched> {
    await may(ctx, accountId);
    const { tenantId, actor } = ctx;
    const { matched, date } = await db.tx(scopeOf(tenantId), async (tx) => {
      const movements = await holdMovements(tx, tenantId, accountId, asked.movementIds);
      const placeId = movements[0]!.placeId;
      if (movements.some((one) => one.placeId !== placeId)) throw refuseBanks('BANKS_MOVEMENT_STATE');
      const adjustments = (asked.adjustments ?? []).map(({ category, amountMinor, text = '' }, nth) => ({
        ...{ category, amountMinor, text },
        entryId: derivedId('banks.adjustment', matchId, String(nth)),
      }));
      const isNew = await insertMatch(
        tx,
        tenantId,
        { id: matchId, accountId, placeId, kind: 'match', adjustments },
        `${actor.kind}:${actor.id}`,
        new Date(clock.now()),
      );
      if (!isNew) await checkSame(tx, tenantId, { accountId, matchId, asked, adjustments });
      const entries = isNew ? await takeEntries(tx, tenantId, placeId, asked.entryIds, matchId) : [];
      if (isNew && entries.length < asked.entryIds.length) throw refuseBanks('BANKS_MOVEMENT_STATE');
      const settled = asked.movementIds.map((id) => ({ id, state: 'matched' as const, matchId }));
      if (isNew && (await settleMovements(tx, tenantId, ['open', 'refused', 'passed'], settled)).size < settled.length)
        throw refuseBanks('BANKS_MOVEMENT_STATE');
      const bankMinor = sum(movements);
      const adjustedMinor = adjustments.reduce((total, { amountMinor }) => total + BigInt(amountMinor), 0n);
      const booksMinor = isNew ? sum(entries) : bankMinor - adjustedMinor;
      const rest = bankMinor - booksMinor - adjustedMinor;
      if (rest !== 0n)
        throw refuseBanks('BANKS_MATCH_REST', { detail: { pt: `Faltam ${rest} centavos.`, en: `${rest} centavos are left.` } });
      const texts = { bankMinor: String(bankMinor), booksMinor: String(booksMinor), adjustedMinor: String(adjustedMinor) };
      return { matched: { id: matchId, placeId, ...texts, adjustments }, date: movements[0]!.date };
    });
    const { adjustments, ...shown } = matched;
    if (adjustments.length > 0) await recordAdjustments(ctx, accountId, shown.placeId, date, adjustments, matchId);
    return shown;
  }

  async function recordAdjustments(
    ctx: CallContext,
    accountId: string,
    place: string,
    date: string,
    adjustments: readonly Adjustment[],
    matchId: string,
  ) {
    const entries = adjustments.map(({ entryId, category, amountMinor, text }) => {
      const amount = amountMinor.replace('-', '');
      const kind = amountMinor.startsWith('-') ? ('out' as const) : ('in' as const);
      return {
        id: entryId,
        kind,
        place,
        date,
        text,
        lines: [{ category, amountMinor: amount }],
        origin: { module: 'banks', reference: entryId },
      };
    });
    const { results } = await books.record(ctx, { accountId, entries });
    const refused = results.find(({ outcome }) => outcome === 'refused');
    if (!refused) return;
    await unmatch(ctx, { accountId, matchId });
    throw refuseBanks('BANKS_BOOKS_REFUSED', { detail: { pt: refused.code ?? '', en: refused.code ?? '' } });
  }

  async function unmatch(ctx: CallContext, { accountId, matchId }: { accountId: string; matchId: string }): Promise<Record<string, never>> {
    await may(ctx, accountId);
    const { tenantId } = ctx;
    const found = await db.tx(scopeOf(tenantId), async (tx) => {
      const one = await findMatch(tx, tenantId, accountId, matchId);
      if (one?.kind !== 'match') throw refuseBanks('BANKS_MATCH_NOT_FOUND');
      const movements = await movementsOf(tx, tenantId, matchId);
      await holdMovements(tx, tenantId, accountId, movements);
      await freeEntries(tx, tenantId, matchId);
      await settleMovements(
        tx,
        tenantId,
        ['matched'],
        movements.map((id) => ({ id, state: 'open' })),
      );
      await endMatch(tx, tenantId, matchId, new Date(clock.now()));
      return one;
    });
    for (const { entryId } of found.adjustments) await reverseEntry(deps, ctx, accountId, entryId, 'Conciliação desfeita');
    return {};
  }

  async function decide(
    ctx: CallContext,
    { accountId, movementId, as }: { accountId: string; movementId: string; as: 'recorded' | 'passed' },
  ) {
    await may(ctx, accountId);
    const { tenantId } = ctx;
    const movement = await db.tx(scopeOf(tenantId), (tx) => takeForDecision(tx, tenantId, { accountId, movementId, as }));
    if (movement.state === as) return showMovement({ ...movement, refusal: null });
    const { results } = await books.record(ctx, { accountId, entries: [entryOf(movement, false)] });
    const settled = settledBy(results[0]!);
    const isDone = await db.tx(scopeOf(tenantId), async (tx) => {
      if ((await settleMovements(tx, tenantId, ['waiting'], [settled])).size > 0) return true;
      const [now] = await findMovements(tx, tenantId, accountId, [movementId]);
      return now?.state === settled.state;
    });
    if (!isDone) {
      // Somebody took the movement back meanwhile: then its entry goes, too.
      await reverseEntry(deps, ctx, accountId, movementId, 'Movimento desfeito');
      throw refuseBanks('BANKS_MOVEMENT_STATE');
    }
    return showMovement({ ...movement, state: settled.state, refusal: settled.refusal ?? null });
  }

  /**
   * What is decided of a movement, as far as it is decided here. One that is to be recorded waits for the books, and meanwhile nothing else may take it;
   * where the books did not answer it still waits, and is asked for again under the same id.
   */
  async function takeForDecision(
    tx: Tx,
    tenantId: string,
    { accountId, movementId, as }: { accountId: string; movementId: string; as: 'recorded' | 'passed' },
  ): Promise<Movement> {
    const [one] = await holdMovements(tx, tenantId, accountId, [movementId]);
    if (one!.state === as) return one!;
    if (as === 'recorded' && one!.state === 'waiting' && (await isImported(tx, tenantId, one!.fileId))) return one!;
    const state = as === 'recorded' ? 'waiting' : 'passed';
    const taken = await settleMovements(tx, tenantId, ['open', 'refused', 'passed'], [{ id: movementId, state }]);
    if (taken.size === 0) throw refuseBanks('BANKS_MOVEMENT_STATE');
    return { ...one!, state };
  }

  async function lock(
    ctx: CallContext,
    { accountId, placeId, until, despite = false }: { accountId: string; placeId: string; until: string | null; despite?: boolean },
  ) {
    await may(ctx, accountId);
    await files.findPlace(ctx, accountId, placeId);
    if (until !== null) readDate(until, '/body/until');
    const { tenantId, actor } = ctx;
    await db.tx(scopeOf(tenantId), async (tx) => {
      await ensurePlace(tx, tenantId, accountId, placeId);
      await holdPlace(tx, tenantId, placeId);
      if (until !== null && !despite && (await countOpen(tx, tenantId, placeId, until)) > 0) throw refuseBanks('BANKS_OPEN_MOVEMENTS');
      await lockPlace(tx, tenantId, placeId, until);
      const about = { tenantId, key: placeId, subjectId: accountId, actor, time: new Date(clock.now()).toISOString() };
      if (until !== null) await bus.publish(tx, [{ id: newId(), type: PLACE_LOCKED, ...about, data: { accountId, placeId, until } }]);
    });
    return { lockedUntil: until };
  }

  return { getDay, match, unmatch, decide, lock, holdMovements };
}
export type Reconciliation = ReturnType<typeof createReconciliation>;

const sum = (sides: readonly { amountMinor: bigint }[]): bigint => sides.reduce((total, { amountMinor }) => total + amountMinor, 0n);
const showTotals = ({ inMinor, outMinor }: { inMinor: bigint; outMinor: bigint }) => ({
  inMinor: String(inMinor),
  outMinor: String(outMinor),
});
const showMovement = ({ id, fileId, date, amountMinor, text, state, refusal, matchId }: Movement) => ({
  ...{ id, fileId, date, text, state, refusal, matchId },
  amountMinor: String(amountMinor),
});

type Repeated = { accountId: string; matchId: string; asked: NewMatch; adjustments: readonly Adjustment[] };
/** A match that is there already is asked for again as it was. @throws BANKS_MOVEMENT_STATE when it was undone, BANKS_MATCH_OTHER */
async function checkSame(tx: Tx, tenantId: string, { accountId, matchId, asked, adjustments }: Repeated): Promise<void> {
  const before = await findMatch(tx, tenantId, accountId, matchId);
  if (before?.ended) throw refuseBanks('BANKS_MOVEMENT_STATE');
  const [movementIds, entryIds] = [await movementsOf(tx, tenantId, matchId), await entriesOf(tx, tenantId, matchId)];
  const written = (movements: readonly string[], entries: readonly string[], rest: readonly Adjustment[]): string =>
    JSON.stringify([
      [...new Set(movements)].toSorted(),
      [...new Set(entries)].toSorted(),
      rest.map(({ category, amountMinor, text }) => [category, amountMinor, text]),
    ]);
  const isSame =
    before?.kind === 'match' &&
    written(movementIds, entryIds, before.adjustments) === written(asked.movementIds, asked.entryIds, adjustments);
  if (!isSame) throw refuseBanks('BANKS_MATCH_OTHER');
}

async function movementsOf(tx: Tx, tenantId: string, matchId: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(`select id from banks.movements where tenant_id = $1 and match_id = $2`, [tenantId, matchId]);
  return rows.map(({ id }) => id);
}

/** The entries of the day, and those of days nearby that are suggested for it. */
function withSuggested(entries: readonly BookEntry[], near: readonly BookEntry[], suggestions: readonly Suggestion[]): BookEntry[] {
  const wanted = new Set(suggestions.flatMap(({ entryIds }) => entryIds));
  const own = new Set(entries.map(({ entryId }) => entryId));
  return [...entries, ...near.filter(({ entryId }) => wanted.has(entryId) && !own.has(entryId))];
}
