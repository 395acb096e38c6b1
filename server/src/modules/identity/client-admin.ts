import type { Bus } from '#platform/bus/bus.ts';
import type { Clock } from '#platform/clock.ts';
import type { Db } from '#platform/db/db.ts';
import { createRevocations } from './revocations.ts';
import { type ClientState, listClients, setClientDisabled } from './store/directory.ts';
import { deleteRevocation } from './store/revocations.ts';

export type { ClientState } from './store/directory.ts';

const SYSTEM = { module: 'identity', system: true } as const;

/** What operators do with applications that have tokens; the command line reaches the database itself. */
export function createClientAdmin({ db, bus, clock }: { db: Db; bus: Bus; clock: Clock }) {
  const revocations = createRevocations({ db, bus, clock });
  return {
    list: (): Promise<ClientState[]> => db.tx(SYSTEM, listClients),
    /**
     * From now on the client gets no token, and those it has stop counting in every process: at once where the broadcast is heard. False when
     * there is no such client.
     */
    async disable(clientId: string): Promise<boolean> {
      if (!(await db.tx(SYSTEM, (tx) => setClientDisabled(tx, clientId, new Date(clock.now()))))) return false;
      await revocations.revoke({ clientId });
      return true;
    },
    /** The client may ask for tokens again. What it had before and has not expired (ten minutes at the most) counts again, too. */
    async enable(clientId: string): Promise<boolean> {
      const known = await db.tx(SYSTEM, async (tx) => {
        await deleteRevocation(tx, 'client', clientId);
        return setClientDisabled(tx, clientId, null);
      });
      return known;
    },
  };
}
