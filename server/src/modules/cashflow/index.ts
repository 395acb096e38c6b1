import type { Accounts } from '#accounts';
import { DEFAULT_ZONE } from '#platform/clock.ts';
import type { Db } from '#platform/db/db.ts';
import type { ModuleInstance, PlatformDeps } from '#platform/module.ts';
import type { Queue } from '#platform/queue/queue.ts';
import { createAnnouncer } from './announce.ts';
import { type CashflowFace, cashflowContract } from './contract.ts';
import { dailyBalanceSubscription, GROUP, type ProjectionDeps, TYPES } from './handlers.ts';
import { cashflowRoutes } from './http.ts';
import { copyQueue, copyTask, fillJob, noStoreJob } from './read-store/copier.ts';
import { markDays } from './read-store/marks.ts';
import type { ReadStore } from './read-store/port.ts';
import { createShopDays } from './shop-days.ts';
import { type Account, readAccounts } from './store.ts';
import { lagSeconds, readBacklog } from './views/backlog.ts';
import { storeSource, tableSource } from './views/day-sources.ts';
import { createDaysReader } from './views/days.ts';
import { createWaiting } from './views/reached.ts';
import { readSums } from './views/sums.ts';

export { type CashflowFace, cashflowContract, type Day, type Days } from './contract.ts';
export { rebuildDailyBalances } from './rebuild.ts';

/** Who may see which account; absent where nobody keeps memberships. */
export type AccessPort = Pick<Accounts, 'authorize'>;

export type CashflowDeps = PlatformDeps & {
  accounts?: AccessPort | undefined;
  config?: { zones?: Record<string, string> };
  /** Documents from which days are read, filled through this queue; their table is read when absent. */
  readStore?: { store: ReadStore; queue: Queue } | undefined;
};

/** Daily balance of every ledger account, projected from the ledger's events. */
export function createCashflow(deps: CashflowDeps): ModuleInstance<typeof cashflowContract> {
  const { db, clock, log, accounts, readStore } = deps;
  const zoneOf = (tenantId: string) => deps.config?.zones?.[tenantId] ?? DEFAULT_ZONE;
  const table = tableSource(db);
  const source = readStore ? storeSource({ db, log, clock, store: readStore.store, table }) : table;
  const days = createDaysReader({ db, clock, source, group: GROUP, types: TYPES });
  const onChanged = readStore && markingChanges(readStore.queue);
  const announcer = createAnnouncer(deps.bus, log);
  measureLag(deps);
  const findAccount = rememberAccounts(db);
  const waitFor = createWaiting(db);
  const impl: CashflowFace = {
    getDays: (ctx, input) => days.read({ tenantId: ctx.tenantId, ...input }),
    getShopDays: createShopDays({ days, accounts, findAccount, waitFor }),
    sumPeriods: (ctx, input) => readSums({ db, clock, group: GROUP, types: TYPES }, { tenantId: ctx.tenantId, ...input }),
  };
  return {
    name: 'cashflow',
    face: { contract: cashflowContract, impl },
    routes: (app) =>
      cashflowRoutes(app, {
        days,
        findAccount,
        waitFor,
        getShopDays: impl.getShopDays,
        asks: accounts && ((ctx) => (accountId) => accounts.authorize(ctx, { accountId, action: 'see' })),
      }),
    subscriptions: [dailyBalanceSubscription({ clock, zoneOf, announce: announcer.announce, ...(onChanged ? { onChanged } : {}) })],
    ...(readStore ? { queues: [copyQueue(readStore.store)], jobs: [fillJob(readStore.store, readStore.queue)] } : { jobs: [noStoreJob] }),
    async close() {
      await announcer.drain();
      await readStore?.store.close();
    },
  };
}

/** Days that changed are put down to be copied, and somebody is told that there is work: both in the transaction of the change. */
export function markingChanges(queue: Pick<Queue, 'put'>): NonNullable<ProjectionDeps['onChanged']> {
  return async (tx, tenantId, days) => {
    markDays(tx, tenantId, days);
    await queue.put(tx, [copyTask(tenantId)]);
  };
}

const ACCOUNTS_REMEMBERED = 20_000;

/** Whose an account is never changes: each process asks once. */
function rememberAccounts(db: Db): (tenantId: string, accountId: string) => Promise<Account | undefined> {
  const known = new Map<string, Account>();
  return async (tenantId, accountId) => {
    const id = `${tenantId} ${accountId}`;
    const before = known.get(id);
    if (before) return before;
    const found = await db.tx({ module: 'cashflow', tenants: [tenantId] }, (tx) => readAccounts(tx, tenantId, [accountId]));
    const account = found.get(accountId);
    if (account) {
      if (known.size >= ACCOUNTS_REMEMBERED) known.delete(known.keys().next().value!);
      known.set(id, account);
    }
    return account;
  };
}

/** `lastro_cashflow_lag_seconds`, read when scraped. */
function measureLag({ db, clock, metrics }: PlatformDeps): void {
  metrics.labelled('lastro_cashflow_lag_seconds', 'Age of the oldest ledger entry not yet in the daily balance', [], async () => [
    [{}, lagSeconds(await readBacklog(db, GROUP, TYPES), clock)],
  ]);
}
