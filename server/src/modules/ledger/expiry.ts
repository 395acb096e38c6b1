import type { Clock } from '#platform/clock.ts';
import { systemContext } from '#platform/context.ts';
import { instant } from '#platform/db/arrays.ts';
import type { Db } from '#platform/db/db.ts';
import type { Face } from '#platform/face/contract.ts';
import { derivedId } from '#platform/id.ts';
import type { Logger } from '#platform/log.ts';
import { createWorker } from '#platform/loop.ts';
import type { Worker } from '#platform/module.ts';
import type { ledgerContract } from './contract.ts';
import { EXPIRY_REASON } from './domain/model.ts';

type Deps = { db: Db; clock: Clock; log: Logger; face: Face<typeof ledgerContract> };

const PAUSE_MS = 1_000;
const MAX_A_ROUND = 1_000;

/**
 * Releases the holds whose time has come; answers how many it released. Each release is named after its hold, so several processes
 * doing this at once change nothing more than one does.
 */
export async function releaseExpired({ db, clock, face }: Omit<Deps, 'log'>): Promise<number> {
  const due = await db.tx({ module: 'ledger', system: true }, (tx) =>
    tx.query<{ tenant_id: string; id: string; reference: string | null }>(
      'select tenant_id, id, reference from ledger.open_holds where expires_at <= $1 order by expires_at limit $2',
      [instant(clock.now()), MAX_A_ROUND],
    ),
  );
  const byTenant = Map.groupBy(due, (row) => row.tenant_id);
  let released = 0;
  for (const [tenantId, rows] of byTenant) {
    const commands = rows.map(({ id: holdId, reference }) => ({
      id: derivedId('ledger.expire', tenantId, holdId),
      kind: 'release' as const,
      holdId,
      reason: EXPIRY_REASON,
      ...(reference === null ? {} : { reference }),
    }));
    const { results } = await face.submit(systemContext(tenantId, 'ledger'), { commands });
    released += results.filter((result) => result.outcome === 'done' && !result.duplicate).length;
  }
  return released;
}

export function expiryWorker(deps: Deps): Worker {
  return createWorker('ledger.expiry', deps.log, async () => ({ ms: (await releaseExpired(deps)) === MAX_A_ROUND ? 0 : PAUSE_MS }));
}
