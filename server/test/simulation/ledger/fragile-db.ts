/** A database whose connections break, and whose batches are overtaken, exactly when told. */
import type { Db } from '#platform/db/db.ts';

export type Fault =
  /** The connection is lost when all is written but the commit. Nothing happened. */
  | { at: 'before-commit' }
  /** It is lost with the commit's answer. Everything happened, and nobody knows. */
  | { at: 'after-commit' }
  /** Between decision and write somebody else does this, if the head is not locked. */
  | { at: 'before-write'; meanwhile: () => Promise<void> };

export type FragileDb = { db: Db; plan(...faults: (Fault | null)[]): void; readonly struck: Record<Fault['at'], number> };

/** Each transaction that writes takes the next of the planned faults. */
export function fragile(db: Db): FragileDb {
  let planned: (Fault | null)[] = [];
  const struck = { 'before-commit': 0, 'after-commit': 0, 'before-write': 0 };
  const lost = () => Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
  const wrapped: Db = {
    ...db,
    async tx(scope, work) {
      let fault: Fault | null | undefined;
      let isLocked = false;
      const result = await db.tx(scope, async (tx) => {
        const answer = await work({
          ...tx,
          async query(sql, params) {
            if (sql.includes('for update')) isLocked = true;
            if (sql.includes('update ledger.heads')) {
              fault = planned.shift();
              if (fault?.at === 'before-write' && !isLocked) {
                struck['before-write']++;
                await fault.meanwhile();
              }
            }
            return tx.query(sql, params);
          },
        });
        if (fault?.at === 'before-commit') {
          struck['before-commit']++;
          throw lost();
        }
        return answer;
      });
      if (fault?.at === 'after-commit') {
        struck['after-commit']++;
        throw lost();
      }
      return result;
    },
  };
  return {
    db: wrapped,
    plan: (...faults) => {
      planned = faults;
    },
    struck,
  };
}
