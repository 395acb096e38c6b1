import type { CallContext } from '#platform/context.ts';
import { refusePlatform } from '#platform/errors.ts';
import type { OpenPayment } from '../contract.ts';
import type { PaymentsDeps } from '../deps.ts';
import type { Status } from '../domain/payment.ts';
import { type PaymentRecord, paymentName } from '../record.ts';
import { findOpen } from '../store/payments.ts';

type Query = { status: Status; limit: number; cursor?: string };

/** Payments that are not over, as operators look for them: by status, those first that have been in it longest. */
export function createOpenPaymentsView({ db }: PaymentsDeps) {
  return async (ctx: CallContext, { status, limit, cursor }: Query): Promise<{ payments: OpenPayment[]; next: string | null }> => {
    const after = cursor === undefined ? null : readCursor(cursor);
    const found = await db.tx({ module: 'payments', tenants: [ctx.tenantId], single: true, read: true }, (tx) =>
      findOpen(tx, status, after, limit + 1),
    );
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return { payments: page.map(showOpen), next: found.length > limit && last ? cursorOf(last) : null };
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** A payment as operators see it. */
export function showOpen(record: PaymentRecord): OpenPayment {
  const { id, status, statusSinceMs, amountMinor, endToEndId, createdAtMs, attempt, trouble, outcome, money } = record;
  return {
    id: paymentName(id),
    status,
    since: iso(statusSinceMs),
    amountMinor: amountMinor.toString(),
    endToEndId,
    createdAt: iso(createdAtMs),
    attempt,
    trouble,
    outcome,
    money,
  };
}

const cursorOf = ({ statusSinceMs, id }: PaymentRecord): string => Buffer.from(`${statusSinceMs}/${id}`).toString('base64url');

function readCursor(cursor: string): { sinceMs: number; id: string } {
  const [, since, id] = /^(\d{1,15})\/([0-9a-f-]{36})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  if (!since || !id) {
    throw refusePlatform('PLATFORM_BAD_REQUEST', { detail: { pt: 'O cursor não é desta lista.', en: 'The cursor is not of this list.' } });
  }
  return { sinceMs: Number(since), id };
}
