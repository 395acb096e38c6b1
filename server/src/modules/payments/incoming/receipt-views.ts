import type { CallContext } from '#platform/context.ts';
import { refusePlatform } from '#platform/errors.ts';
import { isUuid, parsePublicId } from '#platform/id.ts';
import { findSteps } from '#platform/machine/steps.ts';
import type { Arrival, ArrivalDetail, ArrivalStatus } from '../contract-receipts.ts';
import type { PaymentsDeps } from '../deps.ts';
import { maskPixKey, parsePixKey } from '../domain/pix-key.ts';
import { refusePayments } from '../errors.ts';
import { PAYER_PURPOSE, RECEIPT_PREFIX, receiptName } from '../record.ts';
import { listReceipts, type ReceiptPlace } from '../store/receipt-list.ts';
import { findReceipts, type ReceiptRecord, type ReceiptStatus, receiptRows } from '../store/receipts.ts';

/** Those that wait for people, or for an owner to appear. */
const STANDING: readonly ReceiptStatus[] = ['unmatched', 'mismatched', 'return-refused'];

type ListInput = { status?: ArrivalStatus; cursor?: string; limit: number };

/** Arrivals as operators see them: what is not over, how long it has stood, and what was done about it. */
export function createReceiptViews({ db, vault, clock }: PaymentsDeps) {
  const iso = (ms: number): string => new Date(ms).toISOString();

  function render(receipt: ReceiptRecord): Arrival {
    const { id, status, amountMinor, announcedMinor, endToEndId, receivedAtMs, returnOf, statusSinceMs, creditRefusal, returnRefusal } =
      receipt;
    return {
      id: receiptName(id),
      status,
      amountMinor: amountMinor?.toString() ?? null,
      announcedMinor: announcedMinor?.toString() ?? null,
      endToEndId,
      returnOf,
      receivedAt: receivedAtMs === null ? null : iso(receivedAtMs),
      since: iso(statusSinceMs),
      ageSeconds: Math.max(0, Math.floor((clock.now() - statusSinceMs) / 1000)),
      creditRefusal,
      returnRefusal,
      returnId: receipt.returnId,
      decision: receipt.decision,
    };
  }

  /** Of money that is nobody's: from whom, and to which key. Once it is somebody's, that is theirs to see. */
  function openNobodys({ status, payerSealed }: ReceiptRecord): Pick<ArrivalDetail, 'payerName' | 'payeeKeyMasked'> {
    if (status !== 'unmatched' || payerSealed === null) return { payerName: null, payeeKeyMasked: null };
    const { name, payeeKey } = JSON.parse(vault.openOwn(PAYER_PURPOSE, payerSealed)) as { name?: string; payeeKey?: string };
    const key = payeeKey === undefined ? null : parsePixKey(payeeKey);
    return { payerName: name ?? null, payeeKeyMasked: key ? maskPixKey(key) : null };
  }

  return {
    async listReceipts(ctx: CallContext, { status, cursor, limit }: ListInput): Promise<{ arrivals: Arrival[]; next: string | null }> {
      const after = cursor === undefined ? null : readPlace(cursor);
      const statuses = status === undefined ? STANDING : [status];
      const found = await db.tx({ module: 'payments', tenants: [ctx.tenantId], single: true, read: true }, (tx) =>
        listReceipts(tx, { statuses, after, limit: limit + 1 }),
      );
      const page = found.slice(0, limit);
      return { arrivals: page.map(render), next: found.length > limit ? writePlace(page.at(-1)!) : null };
    },
    async getReceipt(ctx: CallContext, { receiptId }: { receiptId: string }): Promise<ArrivalDetail> {
      const id = parsePublicId(RECEIPT_PREFIX, receiptId);
      const [receipt] = await db.tx({ module: 'payments', tenants: [ctx.tenantId], single: true, read: true }, (tx) =>
        findReceipts(tx, [id]),
      );
      if (!receipt) throw refusePayments('PAYMENTS_RECEIPT_NOT_FOUND');
      // Its first steps may be under the tenant where it was kept before it was known whose it is.
      const steps = await db.tx({ module: 'payments', system: true, single: true }, (tx) => findSteps(tx, receiptRows.steps, receipt));
      return {
        ...render(receipt),
        ...openNobodys(receipt),
        steps: steps.map(({ step, attempt, startedAtMs, durationMs, outcome, statusBefore, statusAfter, actor, reason }) => ({
          step,
          attempt,
          startedAt: iso(startedAtMs),
          durationMs,
          outcome,
          statusBefore,
          statusAfter,
          by: actor,
          reason,
        })),
      };
    },
  };
}

const writePlace = ({ statusSinceMs, id }: ReceiptRecord): string => Buffer.from(`${statusSinceMs}/${id}`).toString('base64url');

function readPlace(cursor: string): ReceiptPlace {
  const [ms, id, ...rest] = Buffer.from(cursor, 'base64url').toString().split('/');
  if (rest.length > 0 || !/^\d{1,14}$/.test(ms ?? '') || !isUuid(id ?? ''))
    throw refusePlatform('PLATFORM_BAD_REQUEST', {
      detail: { pt: 'O cursor não é de uma página desta lista.', en: 'The cursor is not of a page of this list.' },
    });
  return { sinceMs: Number(ms), id: id! };
}
