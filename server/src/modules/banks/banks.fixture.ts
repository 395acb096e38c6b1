import { randomBytes } from 'node:crypto';
import { postgresDriver } from '#platform/blob/postgres.ts';
import { createBlobs } from '#platform/blob/store.ts';
import { createPostgresBus } from '#platform/bus/postgres.ts';
import { type Clock, manualClock } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import { newId } from '#platform/id.ts';
import { createLogger } from '#platform/log.ts';
import type { NewTask, Queue } from '#platform/queue/queue.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { createVault } from '#platform/vault/vault.ts';
import { eventually } from '../../../test/support/errands.ts';
import { openTestDatabase, sourcesOf } from '../../../test/support/test-database.ts';
import type { Books, NewEntry } from '../books/contract.ts';
import { createBooks } from '../books/index.ts';
import { openLedger } from '../ledger/test-support/fixture.ts';
import type { BankFile, Banks } from './contract.ts';
import type { BanksDeps } from './deps.ts';
import { createBanks } from './index.ts';
import type { SaidOptions } from './store/files.ts';

/** After all that the samples say. */
const NOW = Date.parse('2026-04-15T15:00:00Z');
const log = createLogger({ level: process.env.TEST_LOG_LEVEL ?? 'silent' });

/** Banks beside real books and a real ledger. Tasks wait until `work` does them; who may do what is let through. */
export async function openBanks(clock: Clock = manualClock(NOW)) {
  const database = await openTestDatabase(sourcesOf('ledger', 'books', 'banks'));
  const { db } = database;
  const bus = createPostgresBus({ db, log, clock });
  const vault = createVault({ db, masterKey: randomBytes(32) });
  const metrics = createMetrics();
  const accounts = { authorize: async () => ({ role: null, partyId: newId(), kind: 'company' as const, hasDayLimit: false }) };
  const pending: NewTask[] = [];
  const queue = {
    put: async (tx: { afterCommit(action: () => void): void }, tasks: readonly NewTask[]) => {
      tx.afterCommit(() => pending.push(...tasks));
      return tasks.map(() => newId());
    },
  } as unknown as Queue;
  const platform = { db, bus, clock, log, vault, metrics };
  const books = createBooks({ ...platform, ledger: openLedger(db, { clock }), accounts, postedWithinMs: 60_000 });
  const booksFace = books.face!.impl as Books;
  const blobs = createBlobs({ driver: postgresDriver(db), vault, clock }, 'banks');
  const process = (over: Partial<BanksDeps> = {}) => {
    const instance = createBanks({ ...platform, queue, blobs, accounts, books: booksFace, ...over });
    const run = instance.queues![0]!.run;
    return {
      face: instance.face!.impl as Banks,
      subscription: instance.subscriptions![0]!,
      /** Does all that waits. A task that fails is put back, and its failure thrown. */
      async work(): Promise<void> {
        for (let task = pending.shift(); task; task = pending.shift()) {
          try {
            await run({ id: newId(), tenantId: task.tenantId, payload: task.payload, attempt: 1 }, {
              db,
              log,
              signal: AbortSignal.timeout(600_000),
            } as never);
          } catch (error) {
            pending.unshift(task);
            throw error;
          }
        }
      },
    };
  };
  const own = process();
  bus.startRelay('books');
  bus.subscribe(own.subscription);
  /** Until this module has heard all that the books said. */
  const heard = () =>
    eventually(
      'banks heard the books',
      async () => ({
        waiting: await database.admin<{ n: number }>('select count(*)::int as n from books.outbox'),
        head: await bus.head(),
        groups: await bus.status(),
      }),
      ({ waiting, head, groups }) =>
        waiting[0]!.n === 0 && groups.some(({ group, position }) => group === 'banks.books-side' && position >= head),
    );
  return {
    database,
    bus,
    books: booksFace,
    clock,
    process,
    heard,
    ...own,
    close: async () => {
      await bus.close();
      await database.close();
    },
  };
}
export type BanksTest = Awaited<ReturnType<typeof openBanks>>;

/** A new shop of a new tenant, with a bank of its own. */
export async function newShop({ books }: BanksTest) {
  const ctx: CallContext = { tenantId: newId(), actor: { kind: 'person', id: newId() } };
  const accountId = newId();
  const addBank = async (name: string): Promise<string> =>
    (await books.savePlace(ctx, { accountId, place: { id: newId(), kind: 'bank', name } })).id;
  return { ctx, accountId, placeId: await addBank('Banco'), addBank };
}
export type Shop = Awaited<ReturnType<typeof newShop>>;

/** Brings a file and has it read. */
export async function bring(
  { face, work }: Pick<BanksTest, 'face' | 'work'>,
  shop: Shop,
  content: string | Buffer,
  options: SaidOptions = {},
  placeId = shop.placeId,
) {
  const asked = { ...shop.ctx, idempotencyKey: newId() };
  const base64 = (typeof content === 'string' ? Buffer.from(content) : content).toString('base64');
  const { file } = await face.receive(asked, {
    accountId: shop.accountId,
    placeId,
    name: 'extrato',
    options: options as never,
    content: base64,
  });
  await work();
  return face.getFile(shop.ctx, { accountId: shop.accountId, fileId: file.id });
}

/** Brings a file and imports what is new of it. */
export async function take(
  banks: Pick<BanksTest, 'face' | 'work'>,
  shop: Shop,
  content: string | Buffer,
  placeId = shop.placeId,
): Promise<BankFile> {
  const { file } = await bring(banks, shop, content, {}, placeId);
  await banks.face.confirm(shop.ctx, { accountId: shop.accountId, fileId: file.id, fresh: file.fresh });
  await banks.work();
  return (await banks.face.getFile(shop.ctx, { accountId: shop.accountId, fileId: file.id })).file;
}

export type Held = { date: string; amountMinor: string; text: string; state: string };
/** What is held of a place, in its order. */
export async function heldOf({ database }: BanksTest, { ctx }: Shop, placeId: string): Promise<Held[]> {
  return database.admin<Held>(
    `select date::text, amount_minor::text as "amountMinor", text, state from banks.movements where tenant_id = $1 and place_id = $2 and state <> 'undone'
     order by date, amount_minor, text, state`,
    [ctx.tenantId, placeId],
  );
}

export const paid = (amountMinor: string, date: string, place: string, extra: Partial<NewEntry> = {}): NewEntry => ({
  kind: 'out',
  place,
  date,
  amountMinor,
  ...extra,
});
