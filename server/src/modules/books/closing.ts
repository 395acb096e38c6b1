import { addDays, businessDate } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import { readDate } from '#platform/dates.ts';
import type { Tx } from '#platform/db/db.ts';
import { newId } from '#platform/id.ts';
import type { Closing, OpenItem } from './contract.ts';
import type { BooksDeps } from './deps.ts';
import { refuseBooks } from './errors.ts';
import { DAY_CLOSED, DAY_REOPENED, type DayClosed, type DayReopened } from './events.ts';
import { byOf } from './held.ts';
import type { ShopBook } from './shop.ts';
import { clearItem, countOpen, insertClosing, listClosings, lockShop, markItem, setClosedUntil } from './store/closing.ts';
import { sumUp } from './store/entry-search.ts';

type On = { accountId: string };
type ClosedUntil = { closedUntil: string | null };

/** Closing days: what waits is told, what is closed stays as it is, and who opens it again says why. */
export function createClosing(deps: BooksDeps, shops: ShopBook) {
  const { db, bus, clock } = deps;
  const today = (): string => businessDate(clock.now());
  const scope = ({ tenantId }: CallContext) => ({ module: 'books', tenants: [tenantId] });

  async function tell(tx: Tx, { tenantId, actor }: CallContext, accountId: string, event: { type: string; data: DayClosed | DayReopened }) {
    const time = new Date(clock.now()).toISOString();
    await bus.publish(tx, [{ id: newId(), tenantId, key: accountId, subjectId: accountId, actor, time, ...event }]);
  }

  return {
    async getClosing(ctx: CallContext, { accountId, date: written = today() }: On & { date?: string }): Promise<Closing> {
      await shops.allow(ctx, accountId, 'see');
      const date = readDate(written, '/date');
      const { tenantId } = ctx;
      const ofDay = { accountId, from: date, to: date, words: [], amountMinor: null, counterpartyHash: null };
      return db.tx(scope(ctx), async (tx) => {
        const [shop, checklist, figures, history] = await Promise.all([
          shops.read(tx, tenantId, accountId),
          countOpen(tx, tenantId, accountId, date),
          sumUp(tx, tenantId, ofDay),
          listClosings(tx, tenantId, accountId),
        ]);
        return {
          date,
          closedUntil: shop,
          today: today(),
          checklist,
          figures: { count: figures.count, inMinor: figures.inMinor.toString(), outMinor: figures.outMinor.toString() },
          history: history.map(({ at, ...step }) => ({ ...step, at: at.toISOString() })),
        };
      });
    },

    async closeDay(
      ctx: CallContext,
      { accountId, until: written, despite }: On & { until: string; despite?: boolean },
    ): Promise<ClosedUntil> {
      await shops.allow(ctx, accountId, 'books');
      const until = readDate(written, '/until');
      if (until > today()) throw refuseBooks('BOOKS_DATE_IN_FUTURE');
      const { tenantId, actor } = ctx;
      return db.tx(scope(ctx), async (tx) => {
        const closedUntil = await lockShop(tx, tenantId, accountId);
        if (closedUntil !== null && closedUntil >= until) return { closedUntil };
        const open = await countOpen(tx, tenantId, accountId, until);
        if (!despite && open.some(({ blocks }) => blocks)) throw refuseBooks('BOOKS_OPEN_ITEMS');
        const leftOpen = open.reduce((sum, { count }) => sum + count, 0);
        await setClosedUntil(tx, tenantId, accountId, until);
        const step = { kind: 'closed', until, at: new Date(clock.now()), by: byOf(actor), reason: null, leftOpen } as const;
        await insertClosing(tx, tenantId, accountId, { id: newId(), ...step });
        await tell(tx, ctx, accountId, { type: DAY_CLOSED, data: { accountId, until, leftOpen } });
        return { closedUntil: until };
      });
    },

    async reopenDay(ctx: CallContext, { accountId, from: written, reason }: On & { from: string; reason: string }): Promise<ClosedUntil> {
      await shops.allow(ctx, accountId, 'account:manage');
      const from = readDate(written, '/from');
      const { tenantId, actor } = ctx;
      return db.tx(scope(ctx), async (tx) => {
        const closedUntil = await lockShop(tx, tenantId, accountId);
        if (closedUntil === null || closedUntil < from) return { closedUntil };
        const until = addDays(from, -1);
        await setClosedUntil(tx, tenantId, accountId, until);
        const step = { kind: 'reopened', until, at: new Date(clock.now()), by: byOf(actor), reason, leftOpen: 0 } as const;
        await insertClosing(tx, tenantId, accountId, { id: newId(), ...step });
        await tell(tx, ctx, accountId, { type: DAY_REOPENED, data: { accountId, from } });
        return { closedUntil: until };
      });
    },

    async markOpenItem(ctx: CallContext, { accountId, item }: On & { item: OpenItem }): Promise<Record<never, never>> {
      await shops.allow(ctx, accountId, 'books');
      readDate(item.date, '/item/date');
      await db.tx(scope(ctx), (tx) => markItem(tx, ctx.tenantId, accountId, item, new Date(clock.now())));
      return {};
    },
    async clearOpenItem(
      ctx: CallContext,
      { accountId, ...item }: On & { module: string; reference: string },
    ): Promise<Record<never, never>> {
      await shops.allow(ctx, accountId, 'books');
      await db.tx(scope(ctx), (tx) => clearItem(tx, ctx.tenantId, accountId, item));
      return {};
    },
  };
}
