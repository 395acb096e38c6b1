import type { Shop } from '#books';
import { readDate } from '#platform/dates.ts';
import { newId } from '#platform/id.ts';
import { bodyText } from '#platform/idempotency.ts';
import type { Cards, Lot, NewLot } from './contract.ts';
import { type CardsDeps, MODULE } from './deps.ts';
import { lotEntries } from './domain/entries.ts';
import { matchLot, suggestLot } from './domain/lot.ts';
import { netOf } from './domain/receivable.ts';
import { refuseCards } from './errors.ts';
import { LOT_SETTLED, type LotSettled } from './events.ts';
import { holdAll } from './receivables.ts';
import { findLot, insertLot, type LotRow } from './store/lots.ts';
import { insertPostings } from './store/postings.ts';
import { listWaiting, updatePaid } from './store/receivables.ts';

const show = (row: LotRow): Lot => ({
  id: row.id,
  acquirer: row.acquirer,
  date: row.date,
  depositMinor: String(row.depositMinor),
  receivablesMinor: String(row.receivablesMinor),
  adjustmentsMinor: String(row.adjustments.reduce((sum, { amountMinor }) => sum + BigInt(amountMinor), 0n)),
  remainderMinor: String(row.remainderMinor),
});

/** What a lot was asked to be, in one order, to tell whether it is asked for again. */
const saying = ({ acquirer, date, place, depositMinor, receivableIds, adjustments }: Omit<NewLot, 'id'>) =>
  bodyText({ acquirer, date, place, depositMinor, adjustments, receivableIds: [...new Set(receivableIds)].toSorted() });

/** What the books would refuse is refused before the receivables are paid. @throws CARDS_REFUSED */
function assertBookable({ places, categories }: Shop, { place, adjustments }: NewLot): void {
  const has = (known: readonly { id: string; key: string | null; archived: boolean }[], named: string) =>
    known.some(({ id, key, archived }) => !archived && (id === named || key === named));
  const named = (pt: string, en: string) => ({
    detail: { pt: `${pt} não existe na loja, ou foi arquivada.`, en: `${en} is not of the shop, or archived.` },
  });
  if (!has(places, place)) throw refuseCards('CARDS_REFUSED', named(`A conta "${place}"`, `The place "${place}"`));
  for (const { category } of adjustments)
    if (!has(categories, category)) throw refuseCards('CARDS_REFUSED', named(`A categoria "${category}"`, `The category "${category}"`));
}

/** Deposits of acquirers: each pays many receivables, less what the acquirer took, and the rest is in sight. */
export function createLots({ db, bus, clock, books }: CardsDeps): Pick<Cards, 'suggestLot' | 'settleLot'> {
  return {
    async suggestLot({ tenantId }, { accountId, acquirer, date: asked, depositMinor }) {
      const date = readDate(asked, '/date');
      const rows = await db.tx({ module: MODULE, tenants: [tenantId], single: true }, (tx) =>
        listWaiting(tx, tenantId, accountId, acquirer, date),
      );
      const waiting = rows.map((row) => ({ ...row, netMinor: netOf(row) }));
      const { remainderMinor, ...suggestion } = suggestLot(BigInt(depositMinor), date, waiting);
      return { ...suggestion, remainderMinor: String(remainderMinor) };
    },

    async settleLot(ctx, { accountId, lot }) {
      const { tenantId, actor } = ctx;
      const date = readDate(lot.date, '/date');
      const shop = await books.getShop(ctx, { accountId });
      return db.tx({ module: MODULE, tenants: [tenantId] }, async (tx) => {
        const known = await findLot(tx, tenantId, lot.id);
        if (known) {
          if (
            known.accountId === accountId &&
            saying({ ...known, depositMinor: String(known.depositMinor), adjustments: [...known.adjustments] }) === saying(lot)
          )
            return show(known);
          throw refuseCards('CARDS_LOT_CONFLICT');
        }
        assertBookable(shop, lot);
        const receivables = await holdAll(tx, tenantId, accountId, lot.receivableIds);
        if (receivables.some(({ acquirer }) => acquirer !== lot.acquirer)) throw refuseCards('CARDS_RECEIVABLE_NOT_FOUND');
        if (receivables.some(({ status }) => status === 'paid')) throw refuseCards('CARDS_NOT_WAITING');
        const depositMinor = BigInt(lot.depositMinor);
        const nets = receivables.map((row) => ({ netMinor: netOf(row) }));
        const taken = lot.adjustments.map(({ amountMinor }) => BigInt(amountMinor));
        const { receivablesMinor, remainderMinor } = matchLot(depositMinor, nets, taken);
        const { id, acquirer, place, adjustments } = lot;
        const row: LotRow = { id, accountId, acquirer, date, place, depositMinor, receivablesMinor, adjustments, remainderMinor };
        if (!(await insertLot(tx, tenantId, row))) throw refuseCards('CARDS_LOT_CONFLICT');
        await updatePaid(tx, tenantId, lot.receivableIds, { lotId: id, on: date });
        const feeMinor = receivables.reduce((sum, one) => sum + one.feeMinor, 0n);
        await insertPostings(
          tx,
          tenantId,
          accountId,
          lotEntries({ id, date, place, depositMinor, feeMinor, adjustments }),
          new Date(clock.now()),
        );
        const data: LotSettled = { lotId: id, accountId, date, depositMinor: lot.depositMinor, remainderMinor: String(remainderMinor) };
        const time = new Date(clock.now()).toISOString();
        await bus.publish(tx, [{ id: newId(), type: LOT_SETTLED, tenantId, key: id, subjectId: accountId, actor, time, data }]);
        return show(row);
      });
    },
  };
}
