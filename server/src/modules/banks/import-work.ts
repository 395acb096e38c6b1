import type { RecordResult } from '#books';
import { addDays } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import { newId } from '#platform/id.ts';
import type { TaskContext } from '#platform/queue/queue.ts';
import { type BanksDeps, MODULE } from './deps.ts';
import { entryOf } from './domain/entry-of.ts';
import { takeAlike } from './domain/suggest.ts';
import { BOLETO_PAID, type BoletoPaid, FILE_IMPORTED, FILE_UNDONE } from './events.ts';
import { reverseEntry } from './reverse-entry.ts';
import { listFreeEntries } from './store/entries.ts';
import { type FileRow, findFile, holdPlace, moveCounts, moveFile } from './store/files.ts';
import { nextMovements, paidBefore, type Settled, settleMovements } from './store/movements.ts';
import { countRows, listStretches, sortRows, type TakenBoleto, takeRows } from './store/rows.ts';

const RECORDED_AT_ONCE = 500;
const NEAR_DAYS = 3;
const ALIKE_MAX = 5_000;

/** What a confirmed file does: its new rows become movements, and each of these an entry of the books. Every step may be repeated. */
export function createImporting({ db, bus, books, clock, crashPoint }: BanksDeps) {
  const scopeOf = (tenantId: string) => ({ module: MODULE, tenants: [tenantId] });
  const contextOf = (tenantId: string, { actor }: FileRow): CallContext => ({ tenantId, actor });

  async function importFile(tenantId: string, file: FileRow, { signal }: Pick<TaskContext, 'signal'>): Promise<void> {
    for (const days of await db.tx(scopeOf(tenantId), (tx) => listStretches(tx, tenantId, file.id))) {
      signal.throwIfAborted();
      await db.tx(scopeOf(tenantId), async (tx) => {
        const place = await holdPlace(tx, tenantId, file.placeId);
        // Another file may have come in since the preview; the place is held now.
        const previewed = await countRows(tx, tenantId, file.id, days);
        await sortRows(tx, tenantId, file.id, file.placeId, days, place?.lockedUntil ?? null);
        await moveCounts(tx, tenantId, file.id, previewed, await countRows(tx, tenantId, file.id, days));
        const boletos = await takeRows(tx, tenantId, file.id, file.accountId, file.placeId, days);
        for (const one of boletos.filter(({ boleto }) => boleto.part === 'payment'))
          await bus.publish(tx, [boletoEvent(tenantId, file, one, await paidBefore(tx, tenantId, file.placeId, one))]);
      });
      crashPoint?.('banks.import:stretch');
    }
    while (await recordNext(tenantId, file)) signal.throwIfAborted();
    await db.tx(scopeOf(tenantId), async (tx) => {
      if (!(await moveFile(tx, tenantId, file.id, ['importing'], 'imported'))) return;
      const { id: fileId, accountId, placeId, fresh, known } = (await findFile(tx, tenantId, file.id))!;
      await bus.publish(tx, [eventOf(tenantId, file, FILE_IMPORTED, fileId, { fileId, accountId, placeId, fresh, known })]);
    });
  }

  /** Records the next movements; false when none waits. What looks like an entry that stands there already is left for a person to decide. */
  async function recordNext(tenantId: string, file: FileRow): Promise<boolean> {
    const found = await db.tx(scopeOf(tenantId), async (tx) => {
      const movements = await nextMovements(tx, tenantId, file.id, ['waiting'], RECORDED_AT_ONCE);
      if (movements.length === 0) return undefined;
      const [from, to] = [movements[0]!.date, movements.at(-1)!.date];
      const entries = await listFreeEntries(tx, tenantId, file.placeId, addDays(from, -NEAR_DAYS), addDays(to, NEAR_DAYS), ALIKE_MAX);
      const alike = takeAlike(movements, entries, NEAR_DAYS);
      const again = new Set<string>();
      for (const one of movements)
        if (one.boleto?.part === 'payment' && (await paidBefore(tx, tenantId, file.placeId, { id: one.id, boleto: one.boleto })))
          again.add(one.id);
      return { movements, alike, again };
    });
    if (!found) return false;
    const { movements, alike, again } = found;
    const free = movements.filter(({ id }) => !alike.has(id));
    const settled: Settled[] = movements.filter(({ id }) => alike.has(id)).map(({ id }) => ({ id, state: 'open' }));
    if (free.length > 0) {
      const entries = free.map((one) => entryOf(one, again.has(one.id)));
      const { results } = await books.record(contextOf(tenantId, file), { accountId: file.accountId, entries });
      settled.push(...results.map(settledBy));
    }
    await db.tx(scopeOf(tenantId), (tx) => settleMovements(tx, tenantId, ['waiting'], settled));
    return true;
  }

  async function undoFile(tenantId: string, file: FileRow, { signal }: Pick<TaskContext, 'signal'>): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const movements = await db.tx(scopeOf(tenantId), (tx) =>
        nextMovements(tx, tenantId, file.id, ['waiting', 'open', 'recorded', 'refused', 'passed'], RECORDED_AT_ONCE),
      );
      if (movements.length === 0) break;
      for (const one of movements.filter(({ state }) => state === 'recorded' || state === 'waiting'))
        await reverseEntry({ books }, contextOf(tenantId, file), file.accountId, one.id, 'Importação desfeita');
      await db.tx(scopeOf(tenantId), (tx) =>
        settleMovements(
          tx,
          tenantId,
          ['waiting', 'open', 'recorded', 'refused', 'passed'],
          movements.map(({ id }) => ({ id, state: 'undone' })),
        ),
      );
    }
    await db.tx(scopeOf(tenantId), async (tx) => {
      if (!(await moveFile(tx, tenantId, file.id, ['undoing'], 'undone'))) return;
      const { id: fileId, accountId, placeId } = file;
      await bus.publish(tx, [eventOf(tenantId, file, FILE_UNDONE, fileId, { fileId, accountId, placeId })]);
    });
  }

  const eventOf = (tenantId: string, { actor, accountId }: FileRow, type: string, key: string, data: unknown) => {
    const time = new Date(clock.now()).toISOString();
    return { id: newId(), type, tenantId, key, subjectId: accountId, actor, time, data };
  };
  function boletoEvent(tenantId: string, file: FileRow, one: TakenBoleto, isAgain: boolean) {
    const { ourNumber, documentNumber } = one.boleto;
    const { accountId, placeId } = file;
    const data: BoletoPaid = {
      movementId: one.id,
      accountId,
      placeId,
      ourNumber,
      titleNumber: documentNumber,
      paidMinor: String(one.amountMinor),
      date: one.date,
      isAgain,
    };
    return eventOf(tenantId, file, BOLETO_PAID, one.id, data);
  }
  return { importFile, undoFile };
}

/** What the books answered of a movement. An entry whose id they know already is its own, recorded before a crash. */
export const settledBy = ({ id, outcome, code }: RecordResult): Settled =>
  outcome === 'refused' ? { id, state: 'refused', refusal: code ?? 'BOOKS_ENTRY_REFUSED' } : { id, state: 'recorded' };
