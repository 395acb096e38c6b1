import { createBatcher } from '#platform/batcher.ts';
import type { Db } from '#platform/db/db.ts';
import { refusePayments } from './errors.ts';
import { type AccountRecord, findAccounts } from './store/accounts.ts';

const CACHE_LIMIT = 20_000;

/**
 * Accounts by person, read together and remembered once open: from then on a row does not change. What is personal in it stays
 * sealed here, so that an erasure counts at once wherever it is opened.
 */
export function createAccountBook(db: Db) {
  const open = new Map<string, AccountRecord>();
  const reader = createBatcher<{ tenantId: string; subjectId: string }, AccountRecord | undefined>(
    async (asked) => {
      const tenants = [...new Set(asked.map(({ tenantId }) => tenantId))];
      const subjects = [...new Set(asked.map(({ subjectId }) => subjectId))];
      const found = await db.tx({ module: 'payments', tenants, single: true }, (tx) => findAccounts(tx, subjects));
      const byName = new Map(found.map((account) => [`${account.tenantId}/${account.subjectId}`, account]));
      return asked.map(({ tenantId, subjectId }) => byName.get(`${tenantId}/${subjectId}`));
    },
    { maxBatch: 500, maxBacklog: 20_000, overloaded: () => refusePayments('PAYMENTS_OVERLOADED', { retryAfterSeconds: 1 }) },
  );

  return {
    async find(tenantId: string, subjectId: string): Promise<AccountRecord | undefined> {
      const name = `${tenantId}/${subjectId}`;
      const known = open.get(name);
      if (known) return known;
      const found = await reader.submit({ tenantId, subjectId });
      if (found?.status === 'open') {
        if (open.size >= CACHE_LIMIT) open.delete(open.keys().next().value!);
        open.set(name, found);
      }
      return found;
    },
  };
}

export type AccountBook = ReturnType<typeof createAccountBook>;
