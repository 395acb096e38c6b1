import type { CallContext } from '#platform/context.ts';
import { readEdge } from '#platform/dates.ts';
import { readPublicId } from '#platform/id.ts';
import type { AccountBook } from '../account-book.ts';
import type { AccountViews } from '../accounts.ts';
import type { StatementLine } from '../contract.ts';
import type { LedgerFace, PaymentsDeps } from '../deps.ts';
import { createLineSearch } from '../domain/line-search.ts';
import { openPayee } from '../drive/order.ts';
import {
  commandId,
  DESCRIPTION_PURPOSE,
  HOLDER_PURPOSE,
  PAYER_PURPOSE,
  PAYMENT_PREFIX,
  type PaymentRecord,
  paymentName,
  paymentPostings,
  RECEIPT_PREFIX,
  receiptName,
  receiptPostings,
} from '../record.ts';
import type { AccountRecord } from '../store/accounts.ts';
import { findPayments, findPending } from '../store/payments.ts';
import { findReceipts, type ReceiptRecord } from '../store/receipts.ts';
import { createFailedPayments } from './failed-payments.ts';

type Query = {
  subjectId: string;
  cursor?: string;
  limit: number;
  from?: string;
  to?: string;
  direction?: 'in' | 'out';
  search?: string;
  status?: 'done' | 'failed';
};
type Page = { lines: StatementLine[]; next: string | null };
type LedgerLine = Awaited<ReturnType<LedgerFace['getStatement']>>['lines'][number];

const MAX_PENDING = 50;
/** A search reads so many pages of the ledger and then answers with what it has, and with where to go on. */
const MAX_SEARCHED_PAGES = 10;

/** The ledger's lines with what only payments know: who was on the other side, and what for. */
export function createStatementView(deps: PaymentsDeps, accounts: AccountViews, book: AccountBook) {
  const { db, vault, ledger } = deps;
  const listFailed = createFailedPayments(deps);

  return async (ctx: CallContext, query: Query): Promise<Page> => {
    const account = await accounts.find(ctx, query.subjectId);
    if (account.status !== 'open') return { lines: [], next: null };
    const read = (page: Query): Promise<Page> => (query.status === 'failed' ? readFailed(ctx, page) : readLines(ctx, account, page));
    return query.search === undefined ? read(query) : search(query, query.search, read);
  };

  /** Names are sealed: no index can find them, so lines are opened and looked at, page by page. */
  async function search(query: Query, words: string, read: (page: Query) => Promise<Page>): Promise<Page> {
    const matches = createLineSearch(words);
    const lines: StatementLine[] = [];
    let cursor = query.cursor;
    for (let pages = 0; pages < MAX_SEARCHED_PAGES && lines.length < query.limit; pages++) {
      const page = await read({ ...query, limit: query.limit - lines.length, ...(cursor ? { cursor } : {}) });
      lines.push(...page.lines.filter(matches));
      if (page.next === null) return { lines, next: null };
      cursor = page.next;
    }
    return { lines, next: cursor ?? null };
  }

  async function readFailed(ctx: CallContext, query: Query): Promise<Page> {
    return query.direction === 'in' ? { lines: [], next: null } : listFailed(ctx, query);
  }

  async function readLines(ctx: CallContext, account: AccountRecord, query: Query): Promise<Page> {
    const { lines, next } = await ledger.getStatement(ctx, {
      accountId: account.ledgerAccountId,
      limit: query.limit,
      ...(query.cursor ? { cursor: query.cursor } : {}),
      ...(query.from ? { from: readEdge(query.from, 'from') } : {}),
      ...(query.to ? { to: readEdge(query.to, 'to') } : {}),
      ...(query.direction ? { direction: query.direction } : {}),
    });
    const isFirstPage = !query.cursor && !query.from && !query.to && query.direction !== 'in';
    const pending = isFirstPage ? await openHolds(ctx, query.subjectId, account.ledgerAccountId) : [];
    return { lines: [...pending, ...(await describe(ctx, account, lines))], next };
  }

  async function openHolds(ctx: CallContext, subjectId: string, accountId: string): Promise<StatementLine[]> {
    const candidates = await db.tx({ module: 'payments', tenants: [ctx.tenantId], single: true, read: true }, (tx) =>
      findPending(tx, subjectId, MAX_PENDING),
    );
    if (candidates.length === 0) return [];
    const { holds } = await ledger.getHolds(ctx, { accountId });
    const open = new Set(holds.map(({ id }) => id));
    const held = candidates.filter(({ id }) => open.has(commandId(id, 'hold')));
    return Promise.all(
      held.map(async (record) => ({
        id: `hold_${paymentName(record.id)}`,
        at: new Date(record.createdAtMs).toISOString(),
        kind: 'hold' as const,
        direction: 'out' as const,
        amountMinor: record.amountMinor.toString(),
        balanceAfterMinor: null,
        counterparty: (await openPayee(vault, record))?.name ?? null,
        description: await descriptionOf(record),
        paymentId: paymentName(record.id),
        comprovanteId: null,
        status: 'pending' as const,
      })),
    );
  }

  async function describe(ctx: CallContext, account: AccountRecord, lines: readonly LedgerLine[]): Promise<StatementLine[]> {
    const { paymentOf, receiptOf } = await findCauses(ctx, account, lines);
    return Promise.all(
      lines.map(async (line): Promise<StatementLine> => {
        const { metadata, direction } = line;
        const payment = paymentOf(line);
        const receipt = receiptOf(line);
        const isOwn = payment?.subjectId === account.subjectId;
        return {
          id: line.transferId,
          at: line.effectiveAt,
          kind: payment || receipt ? (direction === 'in' ? 'pix-in' : 'pix-out') : 'other',
          direction,
          amountMinor: line.amountMinor,
          balanceAfterMinor: line.postedMinor,
          counterparty: await counterparty(payment, receipt, isOwn),
          // What the payer wrote goes with the money, as in any Pix.
          description: payment ? await descriptionOf(payment) : (metadata?.description ?? null),
          paymentId: payment && isOwn ? paymentName(payment.id) : null,
          comprovanteId: comprovanteOf(payment, receipt, isOwn),
          status: 'done',
        };
      }),
    );
  }

  function comprovanteOf(payment: PaymentRecord | undefined, receipt: ReceiptRecord | undefined, isOwn: boolean): string | null {
    if (payment) return isOwn ? paymentName(payment.id) : receiptName(payment.id);
    return receipt?.status === 'credited' ? receiptName(receipt.id) : null;
  }

  /**
   * The payment or the arrival behind each line. Metadata are anybody's text: whoever may write to the ledger, or import into it, writes
   * what they like there. So they are only a hint where to look, and a line is a payment's only if its transfer has the id that this very
   * payment gives to its postings, and stands on the account that the payment names.
   */
  async function findCauses(ctx: CallContext, account: AccountRecord, lines: readonly LedgerLine[]) {
    const hints = (field: string, prefix: string): Map<string, string> =>
      new Map(
        lines.flatMap(({ transferId, metadata }) => {
          const id = readPublicId(prefix, metadata?.[field]);
          return id === null ? [] : [[transferId, id] as const];
        }),
      );
    const hintedPayments = hints('paymentId', PAYMENT_PREFIX);
    const hintedReceipts = hints('receiptId', RECEIPT_PREFIX);
    const [payments, receipts] = await db.tx({ module: 'payments', tenants: [ctx.tenantId], read: true }, (tx) =>
      Promise.all([findPayments(tx, [...new Set(hintedPayments.values())]), findReceipts(tx, [...new Set(hintedReceipts.values())])]),
    );
    const paymentById = new Map(payments.map((payment) => [payment.id, payment]));
    const receiptById = new Map(receipts.map((receipt) => [receipt.id, receipt]));
    const here = account.ledgerAccountId;
    return {
      paymentOf({ transferId, direction }: LedgerLine): PaymentRecord | undefined {
        const payment = paymentById.get(hintedPayments.get(transferId) ?? '');
        if (!payment || !paymentPostings(payment).includes(transferId)) return undefined;
        // What comes in is the payee's, or it went out by mistake and was given back.
        const isGivenBack = direction === 'in' && payment.accountId === here && payment.releaseRound > 1;
        return isGivenBack || (direction === 'out' ? payment.accountId : payment.payeeAccountId) === here ? payment : undefined;
      },
      receiptOf({ transferId, direction }: LedgerLine): ReceiptRecord | undefined {
        const receipt = receiptById.get(hintedReceipts.get(transferId) ?? '');
        const isOurs = receipt && direction === 'in' && receiptPostings(receipt.endToEndId).includes(transferId);
        return isOurs && receipt.accountId === here ? receipt : undefined;
      },
    };
  }

  async function counterparty(
    payment: PaymentRecord | undefined,
    receipt: ReceiptRecord | undefined,
    isOwn: boolean,
  ): Promise<string | null> {
    if (payment && isOwn) return (await openPayee(vault, payment))?.name ?? null;
    if (payment) return payerName(payment);
    if (!receipt?.payerSealed || !receipt.subjectId) return null;
    const text = await vault.open(receipt.tenantId, receipt.subjectId, PAYER_PURPOSE, receipt.payerSealed);
    return text === null ? null : (JSON.parse(text) as { name: string }).name;
  }

  /** The other side of a payment between two of ours; null once that person's data were erased. */
  async function payerName({ tenantId, subjectId }: PaymentRecord): Promise<string | null> {
    const payer = await book.find(tenantId, subjectId);
    const text = payer?.holderSealed ? await vault.open(tenantId, subjectId, HOLDER_PURPOSE, payer.holderSealed) : null;
    return text === null ? null : (JSON.parse(text) as { name: string }).name;
  }

  async function descriptionOf({ tenantId, subjectId, descriptionSealed }: PaymentRecord): Promise<string | null> {
    return descriptionSealed ? vault.open(tenantId, subjectId, DESCRIPTION_PURPOSE, descriptionSealed) : null;
  }
}
