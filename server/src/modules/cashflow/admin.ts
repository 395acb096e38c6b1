import { type AdminCommand, needed } from '#platform/admin.ts';
import type { Tx } from '#platform/db/db.ts';
import { isUuid } from '#platform/id.ts';
import { countMarked, markAll, markDays } from './read-store/marks.ts';
import { openReadStore } from './read-store/open.ts';
import { rebuildDailyBalances } from './rebuild.ts';
import type { StoredDay } from './store.ts';

const SYSTEM = { module: 'cashflow', system: true } as const;
type Parts = Parameters<AdminCommand['run']>[1];

/** Works with the store that the environment names, as the processes do. */
async function withStore<T>({ db }: Pick<Parts, 'db'>, work: (store: Awaited<ReturnType<typeof openReadStore>>) => Promise<T>): Promise<T> {
  const store = await openReadStore(process.env.CASHFLOW_READ_STORE ?? 'table', db);
  try {
    return await work(store);
  } finally {
    await store?.close();
  }
}

export const commands: Record<string, AdminCommand> = {
  rebuild: {
    takes: 'daily-balance [tenant]',
    about: "makes the figures of all days (or a tenant's) again from the log, while the platform runs",
    run: async ([what, tenantId], { db, clock }) => {
      if (needed(what, 'what to rebuild') !== 'daily-balance') throw new Error('what can be rebuilt is daily-balance');
      if (tenantId !== undefined && !isUuid(tenantId)) throw new Error('the tenant is named by its id');
      const { events } = await withStore({ db }, async (store) => {
        const copied = store && {
          beforeCleared: (tx: Tx) => markAll(tx, tenantId ?? null),
          onChanged: async (tx: Tx, tenant: string, days: readonly StoredDay[]) => markDays(tx, tenant, days),
        };
        const outcome = await rebuildDailyBalances(
          { db, clock, ...copied },
          {
            onProgress: ({ position, until }) => console.error(`at ${position} of ${until}`),
            ...(tenantId === undefined ? {} : { tenantId }),
          },
        );
        // The processes copy what is marked, and read the store again when nothing waits.
        await store?.setFilling('filling');
        return outcome;
      });
      console.log(`made again from ${events} events`);
    },
  },
  'read-store': {
    takes: '[fill]',
    about: 'the store of documents that days are read from (CASHFLOW_READ_STORE): how far it is filled; fill fills it anew',
    run: ([word], { db }) =>
      withStore({ db }, async (store) => {
        if (!store) throw new Error('CASHFLOW_READ_STORE names no store of documents: days are read from their table');
        if (word === 'fill') await store.setFilling('empty');
        else if (word !== undefined) throw new Error('the word is fill, or none');
        const { days } = await db.tx(SYSTEM, countMarked);
        console.log(`${store.name}: ${await store.filling()}; ${days} days wait to be copied`);
      }),
  },
};
