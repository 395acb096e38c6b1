import { assert } from '#platform/errors.ts';
import type { Vault } from '#platform/vault/vault.ts';
import type { AccountBook } from '../account-book.ts';
import type { PaymentsDeps } from '../deps.ts';
import { formatDecimalAmount } from '../domain/amount.ts';
import type { Order } from '../rails/port.ts';
import { DESCRIPTION_PURPOSE, HOLDER_PURPOSE, type Holder, PAYEE_PURPOSE, type Payee, type PaymentRecord } from '../record.ts';

/** Who is paid; null once the payer's data were erased. */
export async function openPayee(vault: Vault, record: { tenantId: string; subjectId: string; payeeSealed: Buffer }): Promise<Payee | null> {
  const text = await vault.open(record.tenantId, record.subjectId, PAYEE_PURPOSE, record.payeeSealed);
  return text === null ? null : (JSON.parse(text) as Payee);
}

/** The order, the same at every try; null once the payer's data were erased. */
export async function orderOf(deps: PaymentsDeps, book: AccountBook, record: PaymentRecord): Promise<Order | null> {
  const { vault, config } = deps;
  const account = await book.find(record.tenantId, record.subjectId);
  assert(account?.holderSealed, 'a payment comes from an open account');
  const [holder, payee, remittance] = await Promise.all([
    vault.open(record.tenantId, record.subjectId, HOLDER_PURPOSE, account.holderSealed),
    openPayee(vault, record),
    record.descriptionSealed ? vault.open(record.tenantId, record.subjectId, DESCRIPTION_PURPOSE, record.descriptionSealed) : null,
  ]);
  if (holder === null || payee === null) return null;
  const payer = JSON.parse(holder) as Holder;
  return {
    endToEndId: record.endToEndId,
    amount: formatDecimalAmount(record.amountMinor),
    payer: { ispb: config.ispb, branch: account.branch, account: account.number, taxId: payer.taxId, name: payer.name },
    payee: { ...(payee.key ? { key: payee.key } : {}), ispb: payee.ispb, branch: payee.branch, account: payee.account },
    ...(payee.txid ? { txid: payee.txid } : {}),
    ...(remittance ? { remittance } : {}),
  };
}
