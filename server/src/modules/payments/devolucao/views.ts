import type { CallContext } from '#platform/context.ts';
import { readPublicId } from '#platform/id.ts';
import type { AccountBook } from '../account-book.ts';
import type { Devolucao, ReceivedPix } from '../contract-returns.ts';
import type { PaymentsDeps } from '../deps.ts';
import { cameToNothing, lastInstant, leftOf, shownStatus } from '../domain/devolucao.ts';
import { refusePayments } from '../errors.ts';
import { DEVOLUCAO_PREFIX, devolucaoName, receiptName } from '../record.ts';
import { type DevolucaoRecord, findDevolucoes, findDevolucoesOf } from '../store/devolucoes.ts';
import { DEVOLUCAO_REASONS } from './errors.ts';
import { findOrigin, openPayer } from './origin.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

/** A devolução as its person sees it. */
export function showDevolucao(run: DevolucaoRecord): Devolucao {
  const { id, originId, status, amountMinor, returnId, createdAtMs, returnedAtMs, refusal } = run;
  const code = refusal !== null && cameToNothing(status) ? reasonOf(refusal) : null;
  return {
    id: devolucaoName(id),
    receiptId: receiptName(originId),
    status: shownStatus(status),
    amountMinor: amountMinor.toString(),
    returnId,
    createdAt: iso(createdAtMs),
    settledAt: status === 'settled' && returnedAtMs !== null ? iso(returnedAtMs) : null,
    reasons: code === null ? [] : [{ code, message: DEVOLUCAO_REASONS[code] ?? '' }],
  };
}

/** Whatever the provider called its refusal is told to people as one thing. */
function reasonOf(refusal: string): string {
  if (refusal === 'NEVER_SENT') return 'PAYMENTS_RETURN_NEVER_SENT';
  return refusal in DEVOLUCAO_REASONS ? refusal : 'PAYMENTS_RETURN_REFUSED';
}

/** Devoluções as their people see them, and what of a Pix may still be given back. */
export function createDevolucaoViews(deps: PaymentsDeps, book: AccountBook) {
  const { db, clock } = deps;
  const scopeOf = ({ tenantId }: CallContext) => ({ module: 'payments', tenants: [tenantId] }) as const;

  return {
    async getDevolucao(ctx: CallContext, input: { devolucaoId: string; accountId?: string }): Promise<Devolucao> {
      const id = readPublicId(DEVOLUCAO_PREFIX, input.devolucaoId);
      const [run] = id === null ? [] : await db.tx({ ...scopeOf(ctx), single: true }, (tx) => findDevolucoes(tx, [id]));
      // Another's does not exist, rather than being forbidden: an id must tell nothing.
      if (!run || (input.accountId !== undefined && run.subjectId !== input.accountId)) throw refusePayments('PAYMENTS_RETURN_NOT_FOUND');
      return showDevolucao(run);
    },
    async getReceived(ctx: CallContext, { receiptId, accountId }: { receiptId: string; accountId: string }): Promise<ReceivedPix> {
      const { origin, devolucoes } = await db.tx(scopeOf(ctx), async (tx) => {
        const found = await findOrigin(tx, receiptId, accountId);
        return { origin: found, devolucoes: await findDevolucoesOf(tx, found.id) };
      });
      const untilMs = lastInstant(origin.creditedAtMs);
      const left = leftOf(origin.amountMinor, devolucoes);
      const refusal = origin.isReturn ? 'return-of-return' : clock.now() >= untilMs ? 'too-old' : left === 0n ? 'all-given-back' : null;
      return {
        id: receiptName(origin.id),
        amountMinor: origin.amountMinor.toString(),
        creditedAt: iso(origin.creditedAtMs),
        endToEndId: origin.endToEndId,
        payerName: (await openPayer(deps, book, ctx.tenantId, origin))?.name ?? '',
        leftMinor: (refusal === null ? left : 0n).toString(),
        until: iso(untilMs),
        refusal,
        devolucoes: devolucoes.map(showDevolucao),
      };
    },
  };
}
