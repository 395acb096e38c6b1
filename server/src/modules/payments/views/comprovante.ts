import type { CallContext } from '#platform/context.ts';
import { readPublicId } from '#platform/id.ts';
import type { AccountBook } from '../account-book.ts';
import type { Comprovante } from '../contract.ts';
import type { PaymentsDeps } from '../deps.ts';
import { findOrigin, openPayer } from '../devolucao/origin.ts';
import { maskTaxId } from '../domain/tax-id.ts';
import { openPayee } from '../drive/order.ts';
import { refusePayments } from '../errors.ts';
import type { PixNameOf } from '../pix-name.ts';
import {
  DESCRIPTION_PURPOSE,
  DEVOLUCAO_PREFIX,
  devolucaoName,
  HOLDER_PURPOSE,
  type Holder,
  PAYER_PURPOSE,
  PAYMENT_PREFIX,
  type PaymentRecord,
  paymentName,
  RECEIPT_PREFIX,
  receiptName,
} from '../record.ts';
import { findDevolucoes } from '../store/devolucoes.ts';
import { findPayments } from '../store/payments.ts';
import { findReceipts, type ReceiptRecord } from '../store/receipts.ts';

type Party = Comprovante['payer'];
type Query = { id: string; accountId: string };

const iso = (ms: number): string => new Date(ms).toISOString();
const NOBODY: Party = { name: '', taxIdMasked: '', bankName: '', ispb: null, branch: null, account: null };

/**
 * The comprovante of a Pix that happened: who paid whom, how much, when, under which end-to-end id. For both sides: `pay_…` names what the
 * person paid, `rcv_…` what came in, from outside or from another customer here, `dev_…` what was given back. What has not settled has none.
 *
 * @throws PAYMENTS_NOT_FOUND also for what is another person's, and PAYMENTS_NOT_SETTLED
 */
export function createComprovanteView({ db, vault, config }: PaymentsDeps, book: AccountBook, pixNameOf: PixNameOf) {
  return async (ctx: CallContext, query: Query): Promise<Comprovante> => {
    const devolucaoId = query.id.startsWith(`${DEVOLUCAO_PREFIX}_`) ? readPublicId(DEVOLUCAO_PREFIX, query.id) : null;
    if (devolucaoId !== null) return ofDevolucao(ctx, devolucaoId, query.accountId);
    const paymentId = readPublicId(PAYMENT_PREFIX, query.id);
    const receiptId = readPublicId(RECEIPT_PREFIX, query.id);
    const id = paymentId ?? receiptId;
    if (id === null) throw refusePayments('PAYMENTS_NOT_FOUND');
    const [[payment], [receipt]] = await db.tx({ module: 'payments', tenants: [ctx.tenantId], read: true }, (tx) =>
      Promise.all([findPayments(tx, [id]), receiptId === null ? [] : findReceipts(tx, [id])]),
    );
    const { accountId: subjectId } = query;
    if (receipt && receipt.subjectId === subjectId) return ofReceipt(receipt);
    // Between two customers here, the payee's side has the same id under the other prefix.
    const own = receiptId === null ? payment?.subjectId : payment?.payeeSubjectId;
    if (!payment || own !== subjectId) throw refusePayments('PAYMENTS_NOT_FOUND');
    return ofPayment(payment, receiptId === null ? 'out' : 'in');
  };

  async function ofPayment(record: PaymentRecord, direction: 'in' | 'out'): Promise<Comprovante> {
    if (record.status !== 'settled' || record.settledAtMs === null) throw refusePayments('PAYMENTS_NOT_SETTLED');
    const { tenantId, subjectId, descriptionSealed } = record;
    const [payee, payer, name, description] = await Promise.all([
      openPayee(vault, record),
      holderOf(tenantId, subjectId),
      pixNameOf(record),
      descriptionSealed ? vault.open(tenantId, subjectId, DESCRIPTION_PURPOSE, descriptionSealed) : null,
    ]);
    return {
      id: direction === 'out' ? paymentName(record.id) : receiptName(record.id),
      direction,
      amountMinor: record.amountMinor.toString(),
      at: iso(record.settledAtMs),
      payer,
      payee: payee
        ? {
            name: payee.name,
            taxIdMasked: payee.taxIdMasked,
            bankName: payee.bankName,
            ispb: payee.ispb,
            branch: payee.branch,
            account: payee.account,
          }
        : NOBODY,
      description,
      endToEndId: name ?? record.endToEndId,
      txid: payee?.txid ?? null,
      returnOf: null,
    };
  }

  async function ofReceipt(receipt: ReceiptRecord): Promise<Comprovante> {
    const { tenantId, subjectId, payerSealed, amountMinor, receivedAtMs } = receipt;
    if (receipt.status !== 'credited' || amountMinor === null || receivedAtMs === null) throw refusePayments('PAYMENTS_NOT_SETTLED');
    const text = payerSealed ? await vault.open(tenantId, subjectId!, PAYER_PURPOSE, payerSealed) : null;
    const payer = text === null ? null : (JSON.parse(text) as Holder & { ispb: string });
    return {
      id: receiptName(receipt.id),
      direction: 'in',
      amountMinor: amountMinor.toString(),
      at: iso(receivedAtMs),
      payer: payer ? { ...NOBODY, name: payer.name, taxIdMasked: maskTaxId(payer.taxId), ispb: payer.ispb } : NOBODY,
      payee: await holderOf(tenantId, subjectId!),
      description: null,
      endToEndId: receipt.endToEndId,
      txid: receipt.txid,
      returnOf: receipt.returnOf,
    };
  }

  /** For whoever gave back and, where they have an account here, for whoever got it back. */
  async function ofDevolucao({ tenantId }: CallContext, id: string, subjectId: string): Promise<Comprovante> {
    const { run, origin } = await db.tx({ module: 'payments', tenants: [tenantId] }, async (tx) => {
      const [found] = await findDevolucoes(tx, [id]);
      return { run: found, origin: found && (await findOrigin(tx, receiptName(found.originId), found.subjectId)) };
    });
    if (!run || !origin || (run.subjectId !== subjectId && run.payerSubjectId !== subjectId)) throw refusePayments('PAYMENTS_NOT_FOUND');
    if (run.status !== 'settled' || run.returnedAtMs === null) throw refusePayments('PAYMENTS_NOT_SETTLED');
    const payer = run.payerSubjectId === null ? await openPayer({ vault }, book, tenantId, origin) : null;
    const elsewhere = payer ? { ...NOBODY, name: payer.name, taxIdMasked: maskTaxId(payer.taxId), ispb: payer.ispb ?? null } : NOBODY;
    return {
      id: devolucaoName(run.id),
      direction: run.subjectId === subjectId ? 'out' : 'in',
      amountMinor: run.amountMinor.toString(),
      at: iso(run.returnedAtMs),
      payer: await holderOf(tenantId, run.subjectId),
      payee: run.payerSubjectId === null ? elsewhere : await holderOf(tenantId, run.payerSubjectId),
      description: null,
      endToEndId: run.returnId,
      txid: null,
      returnOf: run.endToEndId,
    };
  }

  /** A customer of ours, as the other side may see them. Empty once their data were erased. */
  async function holderOf(tenantId: string, subjectId: string): Promise<Party> {
    const account = await book.find(tenantId, subjectId);
    const text = account?.holderSealed ? await vault.open(tenantId, subjectId, HOLDER_PURPOSE, account.holderSealed) : null;
    if (!account || text === null) return NOBODY;
    const { name, taxId } = JSON.parse(text) as Holder;
    const { branch, number } = account;
    return { name, taxIdMasked: maskTaxId(taxId), bankName: config.institutionName, ispb: config.ispb, branch, account: number };
  }
}
