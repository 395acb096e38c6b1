import type { Clock } from '#platform/clock.ts';
import { systemContext } from '#platform/context.ts';
import { instant } from '#platform/db/arrays.ts';
import type { Db } from '#platform/db/db.ts';
import type { Face } from '#platform/face/contract.ts';
import { derivedId } from '#platform/id.ts';
import type { Job } from '#platform/jobs/job.ts';
import type { Logger } from '#platform/log.ts';
import type { ledgerContract } from './contract.ts';
import { EXPIRY_REASON } from './domain/model.ts';

type Deps = { db: Db; clock: Clock; log: Logger; face: Face<typeof ledgerContract> };

/** A hold is open no longer than this after its time. */
const EVERY_MS = 3_000;
const PAGE = 1_000;
const MOST_PAGES = 20;
const MINUTE_MS = 60_000;

/** A hold that is due, and the last one of a page: rounds go on from there, so that what fails stands in nobody's way. */
type Due = { tenant_id: string; id: string; reference: string | null; expires_at: string };
/** Where the round before stopped; undefined at the beginning. */
export type Place = { after: Due | undefined };

/**
 * Releases the holds whose time has come; answers how many it released. Each release is named after its hold, so several processes
 * doing this at once change nothing more than one does. A tenant whose releases fail is logged, and keeps none of the others waiting.
 */
export async function releaseExpired(deps: Deps, place: Place = { after: undefined }): Promise<number> {
  const nowMs = deps.clock.now();
  let released = 0;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const due = await readDue(deps.db, nowMs, place.after);
    for (const [tenantId, holds] of Map.groupBy(due, (row) => row.tenant_id)) {
      try {
        released += await releaseOf(deps.face, tenantId, holds, nowMs);
      } catch (error) {
        deps.log.warn(
          { err: (error as Error).message, tenantId, holds: holds.length },
          'expired holds could not be released, trying again',
        );
      }
    }
    place.after = due.length === PAGE ? due.at(-1) : undefined;
    if (!place.after) break;
  }
  return released;
}

function readDue(db: Db, nowMs: number, after: Due | undefined): Promise<Due[]> {
  const { expires_at = '-infinity', tenant_id = NOBODY, id = NOBODY } = after ?? {};
  return db.tx({ module: 'ledger', system: true }, (tx) =>
    tx.query<Due>(
      `select tenant_id, id, reference, expires_at::text from ledger.open_holds
       where expires_at <= $1 and expires_at >= $2 and (expires_at, tenant_id, id) > ($2, $3, $4)
       order by expires_at, tenant_id, id limit ${PAGE}`,
      [instant(nowMs), expires_at, tenant_id, id],
    ),
  );
}

const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * One tenant's. A release may be refused for coming too early: the clock that looked was ahead of the one that wrote, or stepped back between.
 * That id stays refused, so the hold is asked for once more under the name of the minute, and each minute until it is over.
 */
async function releaseOf(face: Deps['face'], tenantId: string, holds: readonly Due[], nowMs: number): Promise<number> {
  const ask = async (some: readonly Due[], ...attempt: string[]) => {
    const commands = some.map(({ id: holdId, reference }) => ({
      id: derivedId('ledger.expire', tenantId, holdId, ...attempt),
      kind: 'release' as const,
      holdId,
      reason: EXPIRY_REASON,
      ...(reference === null ? {} : { reference }),
    }));
    const { results } = await face.submit(systemContext(tenantId, 'ledger'), { commands });
    const done = results.filter((result) => result.outcome === 'done' && !result.duplicate).length;
    return { done, early: some.filter((_, index) => results[index]?.code === 'LEDGER_HOLD_NOT_EXPIRED') };
  };
  const first = await ask(holds);
  if (first.early.length === 0) return first.done;
  return first.done + (await ask(first.early, String(Math.floor(nowMs / MINUTE_MS)))).done;
}

export function expiryJob(deps: Omit<Deps, 'db' | 'log'>): Job {
  const place: Place = { after: undefined };
  return {
    name: 'ledger.expiry',
    everyMs: EVERY_MS,
    async run({ db, log }) {
      await releaseExpired({ ...deps, db, log }, place);
      return { goOn: place.after !== undefined };
    },
  };
}
