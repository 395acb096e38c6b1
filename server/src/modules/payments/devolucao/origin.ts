import type { Tx } from '#platform/db/db.ts';
import { readPublicId } from '#platform/id.ts';
import type { AccountBook } from '../account-book.ts';
import type { PaymentsDeps } from '../deps.ts';
import { refusePayments } from '../errors.ts';
import { HOLDER_PURPOSE, type Holder, PAYER_PURPOSE, PAYMENT_PREFIX, RECEIPT_PREFIX } from '../record.ts';
import type { DevolucaoRecord } from '../store/devolucoes.ts';
import { findPayments } from '../store/payments.ts';
import { findReceipts } from '../store/receipts.ts';

/** A Pix that a person received: from outside, or from another customer here. */
export type Origin = Pick<DevolucaoRecord, 'route' | 'accountId' | 'connection' | 'endToEndId' | 'payerSubjectId' | 'payerAccountId'> & {
  id: string;
  subjectId: string;
  amountMinor: bigint;
  creditedAtMs: number;
  /** It is itself what came back of a Pix. */
  isReturn: boolean;
  /** `Holder` and ISPB of a payer elsewhere, under the receiver's key. */
  payerSealed: Buffer | null;
};

/**
 * The Pix that came in under a name, if it is this person's and its money is on their account.
 * @throws PAYMENTS_RECEIPT_NOT_FOUND also for another's, PAYMENTS_RETURN_NOT_RECEIVED, PAYMENTS_RETURN_NOT_CREDITED
 */
export async function findOrigin(tx: Tx, name: string, subjectId: string): Promise<Origin> {
  const sentId = name.startsWith(`${PAYMENT_PREFIX}_`) ? readPublicId(PAYMENT_PREFIX, name) : null;
  const id = sentId ?? readPublicId(RECEIPT_PREFIX, name);
  if (id === null) throw refusePayments('PAYMENTS_RECEIPT_NOT_FOUND');
  const [[receipt], [payment]] = await Promise.all([findReceipts(tx, [id]), findPayments(tx, [id])]);
  if (sentId !== null)
    throw refusePayments(payment?.subjectId === subjectId ? 'PAYMENTS_RETURN_NOT_RECEIVED' : 'PAYMENTS_RECEIPT_NOT_FOUND');
  if (receipt && receipt.subjectId === subjectId) {
    const { status, accountId, amountMinor, receivedAtMs, endToEndId, connection, returnOf, payerSealed } = receipt;
    if (status !== 'credited' || accountId === null || amountMinor === null || receivedAtMs === null)
      throw refusePayments('PAYMENTS_RETURN_NOT_CREDITED');
    const told = { amountMinor, creditedAtMs: receivedAtMs, endToEndId, payerSealed, isReturn: returnOf !== null };
    return { ...told, id, subjectId, route: 'pix', accountId, connection, payerSubjectId: null, payerAccountId: null };
  }
  if (!payment || payment.payeeSubjectId !== subjectId || payment.payeeAccountId === null)
    throw refusePayments('PAYMENTS_RECEIPT_NOT_FOUND');
  if (payment.status !== 'settled' || payment.settledAtMs === null) throw refusePayments('PAYMENTS_RETURN_NOT_CREDITED');
  return {
    id,
    subjectId,
    route: 'on-us',
    accountId: payment.payeeAccountId,
    amountMinor: payment.amountMinor,
    creditedAtMs: payment.settledAtMs,
    endToEndId: payment.endToEndId,
    connection: payment.connection,
    isReturn: false,
    payerSealed: null,
    payerSubjectId: payment.subjectId,
    payerAccountId: payment.accountId,
  };
}

/** Who paid it; null once that person's data were erased. */
export async function openPayer(
  { vault }: Pick<PaymentsDeps, 'vault'>,
  book: AccountBook,
  tenantId: string,
  { subjectId, payerSealed, payerSubjectId }: Pick<Origin, 'subjectId' | 'payerSealed' | 'payerSubjectId'>,
): Promise<(Holder & { ispb?: string }) | null> {
  const payer = payerSubjectId === null ? undefined : await book.find(tenantId, payerSubjectId);
  const text =
    payerSubjectId === null
      ? payerSealed && (await vault.open(tenantId, subjectId, PAYER_PURPOSE, payerSealed))
      : payer?.holderSealed && (await vault.open(tenantId, payerSubjectId, HOLDER_PURPOSE, payer.holderSealed));
  return text ? (JSON.parse(text) as Holder & { ispb?: string }) : null;
}
