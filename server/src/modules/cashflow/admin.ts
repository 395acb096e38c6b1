import { type AdminCommand, needed } from '#platform/admin.ts';
import { isUuid } from '#platform/id.ts';
import { rebuildDailyBalances } from './rebuild.ts';

export const commands: Record<string, AdminCommand> = {
  rebuild: {
    takes: 'daily-balance [tenant]',
    about: "makes the figures of all days (or a tenant's) again from the log, while the platform runs",
    run: async ([what, tenantId], { db, clock }) => {
      if (needed(what, 'what to rebuild') !== 'daily-balance') throw new Error('what can be rebuilt is daily-balance');
      if (tenantId !== undefined && !isUuid(tenantId)) throw new Error('the tenant is named by its id');
      const { events } = await rebuildDailyBalances(
        { db, clock },
        {
          onProgress: ({ position, until }) => console.error(`at ${position} of ${until}`),
          ...(tenantId === undefined ? {} : { tenantId }),
        },
      );
      console.log(`made again from ${events} events`);
    },
  },
};
