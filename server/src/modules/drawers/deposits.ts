import { businessDate } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import { readDate } from '#platform/dates.ts';
import { derivedId } from '#platform/id.ts';
import { type DrawersDeps, MODULE } from './deps.ts';
import { type BooksEntry, entryId } from './domain/entries.ts';
import { refuseDrawers } from './errors.ts';
import { onceFor } from './hold.ts';
import { creditDeposit, insertDeposit, lockDeposit } from './store/deposits.ts';
import { insertPostings } from './store/postings.ts';

const TRANSIT = 'Numerário em trânsito';

/** Cash that leaves the safe for a bank is in neither until the bank has it. */
export function createDeposits(deps: DrawersDeps) {
  const { db, books, clock } = deps;

  /** The shop's place for what is on its way; made when it is first needed. */
  async function transitOf({ tenantId }: CallContext, accountId: string): Promise<string> {
    const ours = { tenantId, actor: { kind: 'system' as const, id: MODULE } };
    const { places, stores } = await books.getShop(ours, { accountId });
    const known = places.find(({ kind, archived }) => kind === 'transit' && !archived);
    if (known) return known.id;
    const place = { id: derivedId('drawers.transit', accountId), storeId: stores[0]!.id, kind: 'transit' as const, name: TRANSIT };
    return (await books.savePlace(ours, { accountId, place })).id;
  }

  const entryOf = (depositId: string, part: 0 | 1, moved: Pick<BooksEntry, 'amountMinor' | 'place' | 'toPlace' | 'date'>): BooksEntry => ({
    id: entryId(depositId, part),
    kind: 'transfer',
    ...moved,
    origin: { module: 'drawers', reference: `${depositId}/${part}` },
    late: 'first-open-day',
  });
  const postingOf = (accountId: string, about: string, entry: BooksEntry) => [
    { id: entry.id, accountId, about, entry, reverses: null, reason: null },
  ];

  async function send(ctx: CallContext, asked: { accountId: string; from?: string; amountMinor: string }): Promise<string> {
    const { tenantId, actor } = ctx;
    const { accountId, amountMinor, from: fromRef = 'safe' } = asked;
    const transitId = await transitOf(ctx, accountId);
    return db.tx({ module: MODULE, tenants: [tenantId] }, (tx) =>
      onceFor(tx, ctx, 'POST /v1/drawers/of/{accountId}/deposits', asked, async (id) => {
        const now = clock.now();
        const sentOn = businessDate(now);
        const deposit = { id, accountId, fromRef, transitId, amountMinor: BigInt(amountMinor), sentOn, sentBy: actor.id, sentMs: now };
        await insertDeposit(tx, tenantId, { ...deposit, state: 'in-transit', creditedOn: null, toPlaceId: null });
        const entry = entryOf(id, 0, { amountMinor, place: fromRef, toPlace: transitId, date: sentOn });
        await insertPostings(tx, tenantId, postingOf(accountId, id, entry), new Date(now));
      }),
    );
  }

  async function credit(ctx: CallContext, asked: { accountId: string; depositId: string; toPlaceId: string; date: string }): Promise<void> {
    const { tenantId } = ctx;
    const { accountId, depositId, toPlaceId } = asked;
    const on = readDate(asked.date, '/date');
    await db.tx({ module: MODULE, tenants: [tenantId] }, async (tx) => {
      const deposit = await lockDeposit(tx, tenantId, accountId, depositId);
      if (!deposit || deposit.state === 'refused') throw refuseDrawers('DRAWERS_DEPOSIT_NOT_FOUND');
      if (deposit.state === 'credited') {
        if (deposit.toPlaceId === toPlaceId && deposit.creditedOn === on) return;
        throw refuseDrawers('DRAWERS_DEPOSIT_CREDITED');
      }
      await creditDeposit(tx, tenantId, depositId, { on, toPlaceId });
      const entry = entryOf(depositId, 1, {
        amountMinor: String(deposit.amountMinor),
        place: deposit.transitId,
        toPlace: toPlaceId,
        date: on,
      });
      await insertPostings(tx, tenantId, postingOf(accountId, depositId, entry), new Date(clock.now()));
    });
  }

  return { send, credit };
}
