import type { Db } from '#platform/db/db.ts';
import { decide } from '../domain/decide.ts';
import type { Outcome } from '../domain/model.ts';
import type { View } from '../domain/workspace.ts';
import { readHead } from '../store/load.ts';
import type { Submission } from './attempt.ts';
import { loadState } from './state.ts';

/** A dry run rests on the tables alone. */
const NOTHING_KEPT: View = { account: () => undefined, hold: () => undefined, known: () => undefined, original: () => undefined };

/**
 * What the commands would come to if they were the next to be written: decided on one moment of the tables by the same rules, and nothing
 * is written, locked or cached. `seq` and the time of recording are what they would be then.
 */
export function rehearse(db: Db, tenantId: string, submission: Submission, nowMs: number): Promise<Outcome[]> {
  return db.tx({ module: 'ledger', tenants: [tenantId], snapshot: true }, async (tx) => {
    const { seq, recordedAt, closedUntil } = await readHead(tx, tenantId);
    const { view } = await loadState(tx, tenantId, [submission], NOTHING_KEPT, true);
    const moment = { seq, recordedAt: Math.max(nowMs, recordedAt), closedUntil };
    return decide(view, moment, [submission]).outcomes[0]!;
  });
}
