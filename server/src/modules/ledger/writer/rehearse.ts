import type { Db } from '#platform/db/db.ts';
import type { BalanceAfter } from '../contract.ts';
import { decide } from '../domain/decide.ts';
import type { Outcome } from '../domain/model.ts';
import type { View, Workspace } from '../domain/workspace.ts';
import { readHead } from '../store/load.ts';
import { showBalance } from '../views/show-balance.ts';
import type { Submission } from './attempt.ts';
import { loadState } from './state.ts';

/** A dry run rests on the tables alone. */
const NOTHING_KEPT: View = { account: () => undefined, hold: () => undefined, known: () => undefined, original: () => undefined };

/** `after`: by command, what its two accounts would have right after it. */
export type Rehearsed = { outcomes: Outcome[]; after: Map<string, BalanceAfter[]> };

/**
 * What the commands would come to if they were the next to be written: decided on one moment of the tables by the same rules, and nothing
 * is written, locked or cached. `seq` and the time of recording are what they would be then.
 */
export function rehearse(db: Db, tenantId: string, submission: Submission, nowMs: number): Promise<Rehearsed> {
  return db.tx({ module: 'ledger', tenants: [tenantId], snapshot: true }, async (tx) => {
    const { seq, recordedAt, closedUntil } = await readHead(tx, tenantId);
    const { view } = await loadState(tx, tenantId, [submission], NOTHING_KEPT, true);
    const moment = { seq, recordedAt: Math.max(nowMs, recordedAt), closedUntil };
    const { work, outcomes } = decide(view, moment, [submission]);
    return { outcomes: outcomes[0]!, after: afterOf(work) };
  });
}

function afterOf(work: Workspace): Map<string, BalanceAfter[]> {
  const shown = work.entries.map(({ accountId, after }) => ({ accountId, ...showBalance(work.account(accountId)!.account, after) }));
  return new Map(work.transfers.map(({ id }, index) => [id, shown.slice(2 * index, 2 * index + 2)]));
}
