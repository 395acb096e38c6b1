import { createBatcher } from '#platform/batcher.ts';
import type { PaymentsDeps } from '../deps.ts';
import { refusePayments } from '../errors.ts';
import type { PaymentRecord } from '../record.ts';
import { type AccountRecord, findAccounts, findByKeyHashes } from '../store/accounts.ts';
import { findByEndToEndIds } from '../store/payments.ts';

/** Whose the money is: tenant, person, and the account in the ledger. */
export type Owner = { tenantId: string; subjectId: string; accountId: string };
/** What tells it: the person that somebody named, else the Pix of ours that came back, else the key. */
export type Clue = {
  returnOf: string | null;
  keyHash: Buffer | null;
  subject: { tenantId: string; subjectId: string } | null;
  amountMinor: bigint;
};
/** `limitMinor`: of a payment of ours that came back, what all its returns together may be. */
export type Found = { owner: Owner; limitMinor: bigint | null } | 'nobody' | 'later';

/**
 * Finds to whom arrivals belong, many in one transaction: a Pix to the owner of its key, a return to whoever paid what came back. `nobody`
 * when neither is here, or when more comes back than was paid. `later` while the account is being opened, or our books have not followed
 * the payment to its end.
 */
export function createOwnerFinder({ db }: Pick<PaymentsDeps, 'db'>) {
  const finder = createBatcher<Clue, Found>(
    (clues) =>
      db.tx({ module: 'payments', system: true }, async (tx) => {
        const [payments, byKey, byName] = await Promise.all([
          findByEndToEndIds(
            tx,
            clues.flatMap(({ returnOf }) => returnOf ?? []),
          ),
          findByKeyHashes(
            tx,
            clues.flatMap(({ keyHash }) => keyHash ?? []),
          ),
          findAccounts(
            tx,
            clues.flatMap(({ subject }) => subject?.subjectId ?? []),
          ),
        ]);
        const paymentById = new Map(payments.map((payment) => [payment.endToEndId, payment]));
        const accountByKey = new Map(byKey.map((account) => [account.pixKeyHash?.toString('hex'), account]));
        const accountByName = new Map(byName.map((account) => [`${account.tenantId}/${account.subjectId}`, account]));
        return clues.map(({ returnOf, keyHash, subject, amountMinor }) => {
          if (subject) return holderOf(accountByName.get(`${subject.tenantId}/${subject.subjectId}`));
          if (returnOf !== null) return payerOf(paymentById.get(returnOf), amountMinor);
          return holderOf(keyHash ? accountByKey.get(keyHash.toString('hex')) : undefined);
        });
      }),
    { maxBatch: 200, maxBacklog: 10_000, overloaded: () => refusePayments('PAYMENTS_OVERLOADED', { retryAfterSeconds: 1 }) },
  );
  return (clue: Clue): Promise<Found> => finder.submit(clue);
}

function payerOf(payment: PaymentRecord | undefined, amountMinor: bigint): Found {
  if (!payment || payment.status === 'failed' || payment.status === 'declined' || amountMinor > payment.amountMinor) return 'nobody';
  const { tenantId, subjectId, accountId } = payment;
  return payment.status === 'settled' ? { owner: { tenantId, subjectId, accountId }, limitMinor: payment.amountMinor } : 'later';
}

function holderOf(account: AccountRecord | undefined): Found {
  if (!account || account.status === 'abandoned') return 'nobody';
  if (account.status !== 'open') return 'later';
  const { tenantId, subjectId, ledgerAccountId } = account;
  return { owner: { tenantId, subjectId, accountId: ledgerAccountId }, limitMinor: null };
}
