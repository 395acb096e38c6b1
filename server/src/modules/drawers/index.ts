import { Temporal } from 'temporal-polyfill';
import { addDays, businessDate } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import { readDate } from '#platform/dates.ts';
import type { ModuleInstance } from '#platform/module.ts';
import { type Drawers, drawersContract, type Movement, type Session } from './contract.ts';
import { createDeposits } from './deposits.ts';
import { type DrawersDeps, MODULE } from './deps.ts';
import { refuseDrawers } from './errors.ts';
import { booksSubscription } from './handlers.ts';
import type { Role } from './hold.ts';
import { drawersRoutes } from './http.ts';
import { createMovements } from './movements.ts';
import { createOffline } from './offline.ts';
import { assertNoDrawer, assertSource } from './other-place.ts';
import { createPersonalData } from './personal-data.ts';
import { createPosting } from './posting.ts';
import { showDeposit, showLateSale } from './present.ts';
import { createSessions } from './sessions.ts';
import { listDeposits, lockDeposit } from './store/deposits.ts';
import { findHours, insertDrawer, lockDrawer, updateSettings, upsertHours } from './store/drawers.ts';
import { listWaiting } from './store/late-sales.ts';
import { listSessions } from './store/sessions.ts';
import { createViews } from './views.ts';

export type { Drawer, Drawers, DrawersContract, LateSale, Movement, Session } from './contract.ts';

const MOST_LISTED = 200;
const LISTED_DAYS = 30;
type On = { accountId: string };

/** Drawers of shops. See README.md. */
export function createDrawers(deps: DrawersDeps): ModuleInstance<typeof drawersContract> {
  const poster = createPosting(deps);
  const impl: Drawers = {
    ...sessionOperations(deps, poster),
    ...movementOperations(deps, poster),
    ...settingOperations(deps),
    ...depositOperations(deps, poster),
    ...createPersonalData(deps),
  };
  return {
    name: MODULE,
    face: { contract: drawersContract, impl },
    routes: (app) => drawersRoutes(app, impl),
    subscriptions: [booksSubscription(deps, poster)],
    jobs: [poster.job],
  };
}

type Poster = ReturnType<typeof createPosting>;
type Parts<K extends keyof Drawers> = Pick<Drawers, K>;
const asker =
  (deps: DrawersDeps) =>
  async (ctx: CallContext, { accountId }: On, action: 'see' | 'books' | 'account:manage'): Promise<Role> =>
    (await deps.accounts.authorize(ctx, { accountId, action })).role;

/** The drawer as the books know it. @throws DRAWERS_UNKNOWN */
async function placeOf(
  deps: DrawersDeps,
  ctx: CallContext,
  { accountId, placeId }: On & { placeId: string },
): Promise<{ storeId: string }> {
  const { places } = await deps.books.getShop(ctx, { accountId });
  const place = places.find(({ id, kind, archived }) => id === placeId && kind === 'drawer' && !archived);
  if (!place) throw refuseDrawers('DRAWERS_UNKNOWN');
  return place;
}

function sessionOperations(deps: DrawersDeps, poster: Poster) {
  const { db } = deps;
  const may = asker(deps);
  const sessions = createSessions(deps);
  const views = createViews(deps);
  /** What it did is carried to the books before it is shown. */
  async function after(ctx: CallContext, role: Role, { accountId }: On, sessionId: string): Promise<Session> {
    await poster.carry(ctx, accountId);
    return views.session(ctx, role, { accountId, sessionId });
  }
  const operations: Parts<
    'listDrawers' | 'openSession' | 'getSession' | 'listSessions' | 'countSession' | 'closeSession' | 'reviewSession'
  > = {
    listDrawers: async (ctx, input) => views.drawers(ctx, await may(ctx, input, 'see'), input),
    async openSession(ctx, input) {
      const role = await may(ctx, input, 'books');
      const { storeId } = await placeOf(deps, ctx, input);
      await assertSource(deps, ctx, { ...input, place: input.source });
      return after(ctx, role, input, await sessions.open(ctx, input, storeId));
    },
    getSession: async (ctx, input) => views.session(ctx, await may(ctx, input, 'see'), input),
    async listSessions(ctx, input) {
      await may(ctx, input, 'see');
      const { tenantId } = ctx;
      const to = input.to === undefined ? businessDate(deps.clock.now()) : readDate(input.to, '/to');
      const from = input.from === undefined ? addDays(to, -LISTED_DAYS) : readDate(input.from, '/from');
      const period = { ...input, from, to };
      const found = await db.tx({ module: MODULE, tenants: [tenantId], single: true }, (tx) => listSessions(tx, tenantId, period));
      return {
        sessions: found.map(({ id, placeId, storeId, status, businessDate, openedBy, openedMs, closedMs, differenceMinor }) => ({
          ...{ id, placeId, storeId, status, businessDate, openedBy },
          openedAt: new Date(openedMs).toISOString(),
          closedAt: closedMs === null ? null : new Date(closedMs).toISOString(),
          differenceMinor: closedMs === null ? null : String(differenceMinor ?? 0n),
        })),
      };
    },
    async countSession(ctx, input) {
      const role = await may(ctx, input, 'books');
      return after(ctx, role, input, await sessions.count(ctx, role, input));
    },
    async closeSession(ctx, input) {
      const role = await may(ctx, input, 'books');
      await assertNoDrawer(deps, ctx, { ...input, place: input.leave?.toPlace });
      return after(ctx, role, input, await sessions.close(ctx, role, input));
    },
    async reviewSession(ctx, input) {
      const role = await may(ctx, input, 'account:manage');
      return after(ctx, role, input, await sessions.review(ctx, input));
    },
  };
  return operations;
}

function movementOperations(deps: DrawersDeps, poster: Poster) {
  const { db } = deps;
  const may = asker(deps);
  const movements = createMovements(deps);
  const offline = createOffline(deps);
  const views = createViews(deps);
  async function after(ctx: CallContext, { accountId }: On, id: string): Promise<Movement> {
    await poster.carry(ctx, accountId);
    const movement = await views.movement(ctx, accountId, id);
    if (movement.state !== 'refused') return movement;
    const detail = { pt: `Os livros responderam ${movement.refusal}.`, en: `The books answered ${movement.refusal}.` };
    throw refuseDrawers('DRAWERS_REFUSED', { detail });
  }
  const operations: Parts<'recordMovement' | 'voidMovement' | 'listMovements' | 'recordOffline' | 'listLateSales' | 'decideLateSale'> = {
    async recordMovement(ctx, input) {
      const role = await may(ctx, input, 'books');
      await assertNoDrawer(deps, ctx, { ...input, place: input.movement.place });
      return after(ctx, input, await movements.record(ctx, role, input));
    },
    async voidMovement(ctx, input) {
      const role = await may(ctx, input, 'books');
      return after(ctx, input, await movements.takeBack(ctx, role, input));
    },
    async listMovements(ctx, input) {
      await may(ctx, input, 'see');
      return { movements: await views.movements(ctx, input) };
    },
    async recordOffline(ctx, input) {
      await may(ctx, input, 'books');
      const results = await offline.tell(ctx, input);
      await poster.carry(ctx, input.accountId);
      return { results };
    },
    async listLateSales(ctx, input) {
      await may(ctx, input, 'see');
      const { tenantId } = ctx;
      const found = await db.tx({ module: MODULE, tenants: [tenantId], single: true }, (tx) =>
        listWaiting(tx, tenantId, input.accountId, MOST_LISTED),
      );
      return { sales: found.map(showLateSale) };
    },
    async decideLateSale(ctx, input) {
      await may(ctx, input, 'account:manage');
      const decided = await offline.decide(ctx, input);
      await poster.carry(ctx, input.accountId);
      return showLateSale(decided);
    },
  };
  return operations;
}

function settingOperations(deps: DrawersDeps) {
  const { db } = deps;
  const may = asker(deps);
  const operations: Parts<'setDrawer' | 'getStoreHours' | 'setStoreHours'> = {
    async setDrawer(ctx, { accountId, placeId, settings }) {
      await may(ctx, { accountId }, 'account:manage');
      const { storeId } = await placeOf(deps, ctx, { accountId, placeId });
      await assertNoDrawer(deps, ctx, { accountId, place: settings.pixPlace });
      const { tenantId } = ctx;
      const limitMinor = settings.limitMinor === null ? null : BigInt(settings.limitMinor);
      await db.tx({ module: MODULE, tenants: [tenantId] }, async (tx) => {
        await insertDrawer(tx, tenantId, { placeId, accountId, storeId });
        await lockDrawer(tx, tenantId, accountId, placeId);
        await updateSettings(tx, tenantId, { ...settings, placeId, limitMinor });
      });
      return settings;
    },
    async getStoreHours(ctx, input) {
      await may(ctx, input, 'see');
      const { tenantId } = ctx;
      return db.tx({ module: MODULE, tenants: [tenantId], single: true }, (tx) => findHours(tx, tenantId, input.storeId));
    },
    async setStoreHours(ctx, { accountId, ...hours }) {
      await may(ctx, { accountId }, 'account:manage');
      const { stores } = await deps.books.getShop(ctx, { accountId });
      if (!stores.some(({ id }) => id === hours.storeId)) throw refuseDrawers('DRAWERS_STORE_UNKNOWN');
      if (!isZone(hours.timeZone)) throw refuseDrawers('DRAWERS_ZONE_UNKNOWN');
      const { tenantId } = ctx;
      await db.tx({ module: MODULE, tenants: [tenantId], single: 'writes' }, (tx) => upsertHours(tx, tenantId, accountId, hours));
      return hours;
    },
  };
  return operations;
}

function isZone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}

function depositOperations(deps: DrawersDeps, poster: Poster) {
  const { db } = deps;
  const may = asker(deps);
  const deposits = createDeposits(deps);
  async function show({ tenantId }: CallContext, accountId: string, id: string) {
    const row = await db.tx({ module: MODULE, tenants: [tenantId], single: 'writes' }, (tx) => lockDeposit(tx, tenantId, accountId, id));
    return showDeposit(row!);
  }
  const operations: Parts<'sendDeposit' | 'creditDeposit' | 'listDeposits'> = {
    async sendDeposit(ctx, input) {
      await may(ctx, input, 'books');
      await assertNoDrawer(deps, ctx, { ...input, place: input.from });
      const id = await deposits.send(ctx, input);
      await poster.carry(ctx, input.accountId);
      const deposit = await show(ctx, input.accountId, id);
      if (deposit.state === 'refused') throw refuseDrawers('DRAWERS_REFUSED');
      return deposit;
    },
    async creditDeposit(ctx, input) {
      await may(ctx, input, 'books');
      await assertNoDrawer(deps, ctx, { ...input, place: input.toPlaceId });
      await deposits.credit(ctx, input);
      await poster.carry(ctx, input.accountId);
      const deposit = await show(ctx, input.accountId, input.depositId);
      if (deposit.state !== 'credited') throw refuseDrawers('DRAWERS_REFUSED');
      return deposit;
    },
    async listDeposits(ctx, input) {
      await may(ctx, input, 'see');
      const { tenantId } = ctx;
      const found = await db.tx({ module: MODULE, tenants: [tenantId], single: true }, (tx) =>
        listDeposits(tx, tenantId, input.accountId, MOST_LISTED),
      );
      return { deposits: found.map(showDeposit) };
    },
  };
  return operations;
}
