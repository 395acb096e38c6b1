import type { Db } from '#platform/db/db.ts';
import type { Vault } from '#platform/vault/vault.ts';
import { keyHash } from '../key-hash.ts';
import type { Receipt } from '../provider/messages.ts';
import { findByKeyHash } from '../store/accounts.ts';
import { findByEndToEndIds } from '../store/payments.ts';

/** Whose the money is: tenant, person, and the account in the ledger. */
export type Owner = { tenantId: string; subjectId: string; accountId: string };

/**
 * Finds to whom a receipt belongs: a Pix to the owner of its key, a return to whoever paid what came back. `nobody` when neither is
 * here, or when more comes back than was paid. `later` while our books have not followed the payment to its end.
 */
export async function findOwner(
  { db, vault }: { db: Db; vault: Vault },
  { returnOf, payeeKey }: Receipt,
  amountMinor: bigint,
): Promise<Owner | 'nobody' | 'later'> {
  return db.tx({ module: 'payments', system: true }, async (tx) => {
    if (returnOf !== undefined) {
      const [payment] = await findByEndToEndIds(tx, [returnOf]);
      if (!payment || payment.status === 'failed' || payment.status === 'declined' || amountMinor > payment.amountMinor) return 'nobody';
      const { tenantId, subjectId, accountId } = payment;
      return payment.status === 'settled' ? { tenantId, subjectId, accountId } : 'later';
    }
    const account = payeeKey === undefined ? undefined : await findByKeyHash(tx, keyHash(vault, payeeKey));
    return account ? { tenantId: account.tenantId, subjectId: account.subjectId, accountId: account.ledgerAccountId } : 'nobody';
  });
}
