import { randomBytes } from 'node:crypto';
import { createPostgresBus } from '#platform/bus/postgres.ts';
import { manualClock, systemClock } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import { localFace } from '#platform/face/call.ts';
import { newId } from '#platform/id.ts';
import { createLogger } from '#platform/log.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { createVault } from '#platform/vault/vault.ts';
import { eventually } from '../../../test/support/probe/probe.ts';
import { openTestDatabase, sourcesOf } from '../../../test/support/test-database.ts';
import { mayDo, type Role } from '../accounts/domain/roles.ts';
import { refuseAccounts } from '../accounts/errors.ts';
import { type Books, createBooks } from '../books/index.ts';
import { openLedger } from '../ledger/test-support/fixture.ts';
import { type Drawers, drawersContract, type NewCount, type NewMovement, type Session } from './contract.ts';
import type { DrawersDeps } from './deps.ts';
import { createDrawers } from './index.ts';

export const log = createLogger({ level: process.env.TEST_LOG_LEVEL ?? 'silent' });
/** A Monday at noon in São Paulo. */
export const NOON = Date.parse('2026-03-02T15:00:00Z');
export const TODAY = '2026-03-02';
const MINUTE_MS = 60_000;

/** Drawers with the real books and the real ledger beside them. Who may do what is said by the role of the one who asks. */
export async function openDrawers() {
  const clock = manualClock(NOON);
  const database = await openTestDatabase(sourcesOf('ledger', 'books', 'drawers'));
  const { db } = database;
  // The log has a clock of its own: what it gathers and when it looks again is no business of a shop.
  const bus = createPostgresBus({ db, log, clock: systemClock });
  const vault = createVault({ db, masterKey: randomBytes(32) });
  const ledger = openLedger(db, { clock });
  const roles = new Map<string, Role>();
  const accounts: DrawersDeps['accounts'] = {
    async authorize({ actor }, { accountId, action }) {
      const role = actor.kind === 'system' ? null : (roles.get(actor.id) ?? 'owner');
      if (role !== null && !mayDo(role, action)) throw refuseAccounts('ACCOUNTS_FORBIDDEN');
      return { role, partyId: accountId, kind: 'company', hasDayLimit: false };
    },
  };
  const deps = { db, bus, clock, log, vault, metrics: createMetrics(), accounts };
  const booksInstance = createBooks({ ...deps, ledger, postedWithinMs: 60_000 });
  const books = booksInstance.face!.impl as Books;
  /** As another process would have it; `over` stands in for what a test breaks. */
  const process = (over: Partial<DrawersDeps> = {}) => {
    const instance = createDrawers({ ...deps, books, ...over });
    return {
      face: localFace(drawersContract, instance.face!.impl as Drawers, { checked: true }),
      instance,
      runJob: async () => void (await instance.jobs![0]!.run({ db, log } as never)),
    };
  };
  const own = process();
  let hearing: { stop(): Promise<void> }[] = [];

  return {
    ...own,
    ...{ database, bus, books, ledger, clock, roles, process },
    runBooksJob: async () => void (await booksInstance.jobs![0]!.run({ db, log } as never)),
    /** From now on drawers hear of what others record in the books. */
    hear() {
      hearing = [bus.startRelay('books'), bus.subscribe(own.instance.subscriptions![0]!)];
    },
    async close() {
      await Promise.all(hearing.map((one) => one.stop()));
      await bus.close();
      await database.close();
    },
  };
}
export type DrawersTest = Awaited<ReturnType<typeof openDrawers>>;

/** Notes and coins of an amount. */
export function piecesOf(amountMinor: number): NewCount['cash'] {
  const pieces: NewCount['cash'] = [];
  let left = amountMinor;
  for (const denominationMinor of [10_000, 5_000, 1_000, 100, 50, 25, 10, 5] as const) {
    const some = Math.floor(left / denominationMinor);
    if (some > 0) pieces.push({ denominationMinor, pieces: some });
    left -= some * denominationMinor;
  }
  if (left > 0) throw new Error(`${amountMinor} cannot be paid in coins`);
  return pieces;
}

/** A shop of a new tenant with its own drawer, an owner and two operators. */
export async function openShop(test: DrawersTest) {
  const [tenantId, accountId] = [newId(), newId()];
  const somebody = (role: Role): CallContext => {
    const id = newId();
    test.roles.set(id, role);
    return { tenantId, actor: { kind: 'person', id } };
  };
  const [owner, ana, bia] = [somebody('owner'), somebody('operator'), somebody('operator')];
  const shop = await test.books.getShop(owner, { accountId });
  const placeOf = (key: string) => shop.places.find((one) => one.key === key)!.id;
  const on = { accountId, placeId: placeOf('drawer') };
  const keyed = (ctx: CallContext, idempotencyKey = newId()): CallContext => ({ ...ctx, idempotencyKey });
  const balanceOf = async (id: string): Promise<bigint> => {
    const { balances } = await test.ledger.getBalances(owner, { accountIds: [id] });
    return BigInt(balances[0]?.postedMinor ?? '0');
  };
  return {
    ...{ tenantId, accountId, shop, on, owner, ana, bia, somebody, keyed, placeOf, balanceOf },
    drawerId: on.placeId,
    storeId: shop.stores[0]!.id,
    categoryOf: (key: string) => shop.categories.find((one) => one.key === key)!.id,
    open: (floatMinor: number, by = ana, more: { source?: string; reason?: string } = {}): Promise<Session> =>
      test.face.openSession(keyed(by), { ...on, cash: piecesOf(floatMinor), ...more }),
    record(session: Pick<Session, 'id'>, movement: NewMovement, by = ana) {
      return test.face.recordMovement(keyed(by), { accountId, sessionId: session.id, movement });
    },
    /** A minute later, as it takes. */
    count(session: Pick<Session, 'id'>, cashMinor: number, slips: { method: 'pix' | 'credit-card'; amountMinor: string }[] = [], by = ana) {
      test.clock.advance(MINUTE_MS);
      const count = { cash: piecesOf(cashMinor), slips: slips.map((one) => ({ ...one, slips: 1 })) };
      return test.face.countSession(keyed(by), { accountId, sessionId: session.id, count });
    },
    close(session: Pick<Session, 'id'>, more: { reason?: string; leave?: { amountMinor: string; toPlace?: string } } = {}, by = ana) {
      test.clock.advance(MINUTE_MS);
      return test.face.closeSession(keyed(by), { accountId, sessionId: session.id, leave: null, ...more });
    },
    /** Of the drawer, once the ledger has all that is on its way. */
    async ledgerSays(expectedMinor: bigint): Promise<void> {
      await eventually(`the ledger has ${expectedMinor} in the drawer`, async () => (await balanceOf(on.placeId)) === expectedMinor);
    },
  };
}
export type ShopTest = Awaited<ReturnType<typeof openShop>>;

export const expectedCash = (session: Session): string | undefined =>
  session.expected?.find(({ method }) => method === 'cash')?.expectedMinor;
