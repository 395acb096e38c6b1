import type { CallContext } from '#platform/context.ts';
import { readEdge } from '#platform/dates.ts';
import { readPublicId } from '#platform/id.ts';
import type { AccountBook } from '../account-book.ts';
import type { AccountViews } from '../accounts.ts';
import type { StatementLine } from '../contract.ts';
import type { LedgerFace, PaymentsDeps } from '../deps.ts';
import { findOrigin, openPayer } from '../devolucao/origin.ts';
import { createLineSearch } from '../domain/line-search.ts';
import { openPayee } from '../drive/order.ts';
import {
  commandId,
  DESCRIPTION_PURPOSE,
  DEVOLUCAO_PREFIX,
  devolucaoCommandId,
  devolucaoName,
  devolucaoPostings,
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
import { type DevolucaoRecord, findDevolucoes, findPendingDevolucoes } from '../store/devolucoes.ts';
import { findPayments, findPending } from '../store/payments.ts';
import { findReceipts, type ReceiptRecord } from '../store/receipts.ts';
import { createFailedPayments } from './failed-payments.ts';

type Query = {
  accountId: string;
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
    const account = await accounts.find(ctx, query.accountId);
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
    const pending = isFirstPage ? await openHolds(ctx, account) : [];
    return { lines: [...pending, ...(await describe(ctx, account, lines))], next };
  }

  async function openHolds(ctx: CallContext, { subjectId, ledgerAccountId }: AccountRecord): Promise<StatementLine[]> {
    const [payments, devolucoes] = await db.tx({ module: 'payments', tenants: [ctx.tenantId], read: true }, (tx) =>
      Promise.all([findPending(tx, subjectId, MAX_PENDING), findPendingDevolucoes(tx, subjectId, MAX_PENDING)]),
    );
    if (payments.length + devolucoes.length === 0) return [];
    const { holds } = await ledger.getHolds(ctx, { accountId: ledgerAccountId });
    const open = new Set(holds.map(({ id }) => id));
    const lines = [
      ...payments
        .filter(({ id }) => open.has(commandId(id, 'hold')))
        .map(async (record) => ({
          ...held(record, paymentName(record.id)),
          counterparty: (await openPayee(vault, record))?.name ?? null,
          description: await descriptionOf(record),
          paymentId: paymentName(record.id),
        })),
      ...devolucoes
        .filter(({ id }) => open.has(devolucaoCommandId(id, 'hold')))
        .map(async (record) => ({ ...held(record, devolucaoName(record.id)), counterparty: await payerOf(record) })),
    ];
    return (await Promise.all(lines)).sort((a, b) => b.at.localeCompare(a.at));
  }

  async function describe(ctx: CallContext, account: AccountRecord, lines: readonly LedgerLine[]): Promise<StatementLine[]> {
    const { paymentOf, receiptOf, devolucaoOf } = await findCauses(ctx, account, lines);
    return Promise.all(
      lines.map(async (line): Promise<StatementLine> => {
        const { metadata, direction } = line;
        const payment = paymentOf(line);
        const receipt = receiptOf(line);
        const devolucao = devolucaoOf(line);
        const isOwn = payment?.subjectId === account.subjectId;
        return {
          id: line.transferId,
          at: line.effectiveAt,
          kind: kindOf(direction, payment ?? receipt, devolucao !== undefined || typeof receipt?.returnOf === 'string'),
          direction,
          amountMinor: line.amountMinor,
          balanceAfterMinor: line.postedMinor,
          counterparty: devolucao ? await otherSide(devolucao, account.subjectId) : await counterparty(payment, receipt, isOwn),
          // What the payer wrote goes with the money, as in any Pix.
          description: payment ? await descriptionOf(payment) : (metadata?.description ?? null),
          paymentId: payment && isOwn ? paymentName(payment.id) : null,
          comprovanteId: devolucao ? devolucaoName(devolucao.id) : comprovanteOf(payment, receipt, isOwn),
          status: 'done',
        };
      }),
    );
  }

  function kindOf(direction: 'in' | 'out', cause: object | undefined, isReturn: boolean): StatementLine['kind'] {
    if (isReturn) return `return-${direction}`;
    return cause ? `pix-${direction}` : 'other';
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
    const hintedDevolucoes = hints('devolucaoId', DEVOLUCAO_PREFIX);
    const [payments, receipts, devolucoes] = await db.tx({ module: 'payments', tenants: [ctx.tenantId], read: true }, (tx) =>
      Promise.all([
        findPayments(tx, [...new Set(hintedPayments.values())]),
        findReceipts(tx, [...new Set(hintedReceipts.values())]),
        findDevolucoes(tx, [...new Set(hintedDevolucoes.values())]),
      ]),
    );
    const paymentById = new Map(payments.map((payment) => [payment.id, payment]));
    const receiptById = new Map(receipts.map((receipt) => [receipt.id, receipt]));
    const devolucaoById = new Map(devolucoes.map((devolucao) => [devolucao.id, devolucao]));
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
      devolucaoOf({ transferId, direction }: LedgerLine): DevolucaoRecord | undefined {
        const devolucao = devolucaoById.get(hintedDevolucoes.get(transferId) ?? '');
        if (!devolucao || !devolucaoPostings(devolucao).includes(transferId)) return undefined;
        return (direction === 'out' ? devolucao.accountId : devolucao.payerAccountId) === here ? devolucao : undefined;
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
  async function payerName({ tenantId, subjectId }: Pick<PaymentRecord, 'tenantId' | 'subjectId'>): Promise<string | null> {
    const payer = await book.find(tenantId, subjectId);
    const text = payer?.holderSealed ? await vault.open(tenantId, subjectId, HOLDER_PURPOSE, payer.holderSealed) : null;
    return text === null ? null : (JSON.parse(text) as { name: string }).name;
  }

  /** Of a devolução: who gets it back, to whoever gives it, and the other way round. */
  function otherSide(run: DevolucaoRecord, subjectId: string): Promise<string | null> {
    return run.subjectId === subjectId ? payerOf(run) : payerName(run);
  }

  async function payerOf({ tenantId, originId, subjectId }: DevolucaoRecord): Promise<string | null> {
    const origin = await db.tx({ module: 'payments', tenants: [tenantId] }, (tx) => findOrigin(tx, receiptName(originId), subjectId));
    return (await openPayer(deps, book, tenantId, origin))?.name ?? null;
  }

  async function descriptionOf({ tenantId, subjectId, descriptionSealed }: PaymentRecord): Promise<string | null> {
    return descriptionSealed ? vault.open(tenantId, subjectId, DESCRIPTION_PURPOSE, descriptionSealed) : null;
  }
}

/** What every line of money that is held has in common. */
const held = ({ amountMinor, createdAtMs }: { amountMinor: bigint; createdAtMs: number }, name: string): StatementLine => ({
  id: `hold_${name}`,
  at: new Date(createdAtMs).toISOString(),
  kind: 'hold',
  direction: 'out',
  amountMinor: amountMinor.toString(),
  balanceAfterMinor: null,
  counterparty: null,
  description: null,
  paymentId: null,
  comprovanteId: null,
  status: 'pending',
});
