import { businessDate, countDays } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import { readDate } from '#platform/dates.ts';
import type { Tx } from '#platform/db/db.ts';
import { assert } from '#platform/errors.ts';
import { derivedId, newId } from '#platform/id.ts';
import type { Cards, NewSale, Receivable as Shown } from './contract.ts';
import { type CardsDeps, MODULE } from './deps.ts';
import { anticipate } from './domain/anticipation.ts';
import { answerEntry, anticipationEntry, saleEntry } from './domain/entries.ts';
import { mayAnticipate, mayFollow, netOf, takenOf } from './domain/receivable.ts';
import { scheduleOf } from './domain/schedule.ts';
import { findTerms } from './domain/terms.ts';
import { refuseCards } from './errors.ts';
import { RECEIVABLES_ANTICIPATED, RECEIVABLES_MADE, type ReceivablesAnticipated, type ReceivablesMade } from './events.ts';
import { insertPostings } from './store/postings.ts';
import {
  findSale,
  insertReceivables,
  insertSale,
  listByDueDate,
  listOfSale,
  lockReceivables,
  type ReceivableRow,
  sumAgenda,
  updateAnticipated,
} from './store/receivables.ts';
import { listTerms } from './store/terms.ts';

export const showReceivable = (row: ReceivableRow): Shown => ({
  ...{ id: row.id, saleId: row.saleId, type: row.type, status: row.status, acquirer: row.acquirer, brand: row.brand, method: row.method },
  instalment: row.instalment,
  grossMinor: String(row.grossMinor),
  feeMinor: String(row.feeMinor),
  anticipationFeeMinor: String(row.anticipationFeeMinor),
  netMinor: String(netOf(row)),
  ...{ originalDate: row.originalDate, dueDate: row.dueDate, paidDate: row.paidDate, lotId: row.lotId },
});

/** Those asked for, all of them, held. @throws CARDS_RECEIVABLE_NOT_FOUND */
export async function holdAll(tx: Tx, tenantId: string, accountId: string, ids: readonly string[]): Promise<ReceivableRow[]> {
  const rows = await lockReceivables(tx, tenantId, accountId, ids);
  if (rows.length < new Set(ids).size) throw refuseCards('CARDS_RECEIVABLE_NOT_FOUND');
  return rows;
}

type Operations = Pick<Cards, 'recordSale' | 'agenda' | 'listReceivables' | 'anticipate' | 'answer'>;

/** What is to come of sales, when, and what changes it. */
export function createReceivables(deps: CardsDeps): Operations {
  const { db, bus, clock } = deps;
  const tell = (tx: Tx, { tenantId, actor }: CallContext, type: string, key: string, data: { accountId: string }) => {
    const time = new Date(clock.now()).toISOString();
    return bus.publish(tx, [{ id: newId(), type, tenantId, key, subjectId: data.accountId, actor, time, data }]);
  };
  const made = (tx: Tx, ctx: CallContext, rows: readonly ReceivableRow[]) => {
    const [{ saleId, accountId, type }] = rows as [ReceivableRow];
    const grossMinor = String(rows.reduce((sum, row) => sum + row.grossMinor, 0n));
    const data: ReceivablesMade = { saleId, accountId, type, grossMinor, dueDates: rows.map(({ dueDate }) => dueDate) };
    return tell(tx, ctx, RECEIVABLES_MADE, saleId, data);
  };
  const period = ({ from, to }: { from: string; to: string }) => ({ from: readDate(from, '/from'), to: readDate(to, '/to') });

  async function sell(tx: Tx, ctx: CallContext, accountId: string, sale: NewSale): Promise<void> {
    const { tenantId } = ctx;
    const terms = findTerms(await listTerms(tx, tenantId, accountId), sale);
    if (!terms) throw refuseCards('CARDS_NO_TERMS');
    const grossMinor = BigInt(sale.grossMinor);
    const isNew = await insertSale(tx, tenantId, {
      id: sale.id,
      accountId,
      termsId: terms.id,
      date: sale.date,
      instalments: sale.instalments,
      grossMinor,
    });
    if (!isNew) return assertSame(tx, tenantId, accountId, sale);
    const { acquirer, brand, method } = sale;
    const rows = scheduleOf({ ...sale, grossMinor }, terms).map(
      (one): ReceivableRow => ({
        ...{ id: derivedId('cards.receivable', sale.id, String(one.instalment)), accountId, saleId: sale.id, answers: null },
        ...{ type: 'credit', status: 'waiting', acquirer, brand, method, instalment: one.instalment },
        ...{ grossMinor: one.grossMinor, feeMinor: one.feeMinor, anticipationFeeMinor: 0n },
        ...{ originalDate: one.dueDate, dueDate: one.dueDate, paidDate: null, lotId: null },
      }),
    );
    assert(rows.reduce((sum, row) => sum + row.grossMinor, 0n) === grossMinor, `the instalments of ${sale.id} add up`);
    await insertReceivables(tx, tenantId, rows);
    if (!sale.isBooked)
      await insertPostings(tx, tenantId, accountId, [saleEntry({ ...sale, grossMinor, category: sale.category })], new Date(clock.now()));
    await made(tx, ctx, rows);
  }

  return {
    async recordSale(ctx, { accountId, sale }) {
      const { tenantId } = ctx;
      if (readDate(sale.date, '/date') > businessDate(clock.now())) throw refuseCards('CARDS_SALE_IN_FUTURE');
      return db.tx({ module: MODULE, tenants: [tenantId] }, async (tx) => {
        await sell(tx, ctx, accountId, sale);
        const rows = await listOfSale(tx, tenantId, sale.id);
        return { receivables: rows.filter(({ type }) => type === 'credit').map(showReceivable) };
      });
    },

    async agenda({ tenantId }, { accountId, ...asked }) {
      const within = { accountId, ...period(asked) };
      const units = await db.tx({ module: MODULE, tenants: [tenantId], single: true }, (tx) => sumAgenda(tx, tenantId, within));
      return {
        units: units.map(({ gross_minor, fee_minor, ...unit }) => ({
          ...unit,
          grossMinor: String(gross_minor),
          feeMinor: String(fee_minor),
          netMinor: String(gross_minor - fee_minor),
        })),
      };
    },

    async listReceivables({ tenantId }, { accountId, ...asked }) {
      const within = { accountId, ...period(asked) };
      const rows = await db.tx({ module: MODULE, tenants: [tenantId], single: true }, (tx) => listByDueDate(tx, tenantId, within));
      return { receivables: rows.map(showReceivable) };
    },

    async anticipate(ctx, { accountId, receivableIds, kind, monthlyRate, on: asked }) {
      const { tenantId } = ctx;
      const on = readDate(asked, '/on');
      return db.tx({ module: MODULE, tenants: [tenantId] }, async (tx) => {
        const rows = await holdAll(tx, tenantId, accountId, receivableIds);
        let total = 0n;
        for (const row of rows) {
          if (!mayAnticipate(row) || row.dueDate < on) throw refuseCards('CARDS_NOT_WAITING');
          const { feeMinor } = anticipate(kind, netOf(row), monthlyRate, countDays(on, row.dueDate) - 1);
          total += feeMinor;
          await updateAnticipated(tx, tenantId, row.id, { feeMinor, on });
          await insertPostings(tx, tenantId, accountId, anticipationEntry({ id: row.id, date: on, feeMinor }), new Date(clock.now()));
        }
        const data: ReceivablesAnticipated = { accountId, receivableIds: rows.map(({ id }) => id), feeMinor: String(total), on };
        await tell(tx, ctx, RECEIVABLES_ANTICIPATED, accountId, data);
        return { receivables: (await holdAll(tx, tenantId, accountId, receivableIds)).map(showReceivable) };
      });
    },

    async answer(ctx, { accountId, receivableId, type, date: asked }) {
      const { tenantId } = ctx;
      const date = readDate(asked, '/date');
      return db.tx({ module: MODULE, tenants: [tenantId] }, async (tx) => {
        const [origin] = await holdAll(tx, tenantId, accountId, [receivableId]);
        if (!mayFollow(type, origin!)) throw refuseCards('CARDS_NOT_OF_THIS_KIND');
        const id = derivedId('cards.answer', receivableId, type);
        const row: ReceivableRow = {
          ...origin!,
          ...{ id, answers: receivableId, type, status: 'waiting', grossMinor: takenOf(origin!), feeMinor: 0n, anticipationFeeMinor: 0n },
          ...{ originalDate: date, dueDate: date, paidDate: null, lotId: null },
        };
        if ((await insertReceivables(tx, tenantId, [row])) === 1) {
          await insertPostings(tx, tenantId, accountId, [answerEntry({ id, date, grossMinor: row.grossMinor })], new Date(clock.now()));
          await made(tx, ctx, [row]);
        }
        return showReceivable((await holdAll(tx, tenantId, accountId, [id]))[0]!);
      });
    },
  };
}

async function assertSame(tx: Tx, tenantId: string, accountId: string, sale: NewSale): Promise<void> {
  const [known, rows] = [await findSale(tx, tenantId, sale.id), await listOfSale(tx, tenantId, sale.id)];
  const isSame =
    known?.accountId === accountId &&
    known.date === sale.date &&
    known.instalments === sale.instalments &&
    String(known.grossMinor) === sale.grossMinor &&
    rows.every(({ acquirer, brand, method }) => acquirer === sale.acquirer && brand === sale.brand && method === sale.method);
  if (!isSame) throw refuseCards('CARDS_SALE_CONFLICT');
}
