import { plainArray, textArray } from '#platform/db/arrays.ts';
import type { Tx } from '#platform/db/db.ts';
import type { Account } from '../domain/model.ts';
import { ACCOUNT_COLUMNS, type AccountRow, toAccount } from './rows.ts';

/** Adds accounts that do not exist yet; answers the ids that were added. */
export async function insertAccounts(tx: Tx, tenantId: string, accounts: readonly Account[], createdAt: string): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>(
    `insert into ledger.accounts (tenant_id, id, code, asset, normal_side, debits_must_not_exceed_credits, credits_must_not_exceed_debits,
       overdraft_limit, subject_id, created_at)
     select $1, a.id, a.code, a.asset, a.side, a.debit_limited, a.credit_limited, a.overdraft, a.subject_id, $10
     from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::boolean[], $8::numeric[], $9::uuid[])
       a (id, code, asset, side, debit_limited, credit_limited, overdraft, subject_id)
     on conflict do nothing returning id`,
    [
      tenantId,
      plainArray(accounts.map((account) => account.id)),
      accounts.map((account) => account.code),
      // Quoted: an asset may be called NULL.
      textArray(accounts.map((account) => account.asset)),
      plainArray(accounts.map((account) => account.normalSide)),
      accounts.map((account) => account.debitsMustNotExceedCredits),
      accounts.map((account) => account.creditsMustNotExceedDebits),
      plainArray(accounts.map((account) => account.overdraftLimit)),
      plainArray(accounts.map((account) => account.subjectId)),
      createdAt,
    ],
  );
  return new Set(rows.map((row) => row.id));
}

export async function selectAccounts(tx: Tx, tenantId: string, ids: readonly string[]): Promise<Map<string, Account>> {
  const rows = await tx.query<AccountRow>(
    `select ${ACCOUNT_COLUMNS} from ledger.accounts a where a.tenant_id = $1 and a.id = any($2::uuid[])`,
    [tenantId, plainArray(ids)],
  );
  return new Map(rows.map((row) => [row.id, toAccount(row)]));
}
