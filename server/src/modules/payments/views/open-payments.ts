import type { CallContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
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

/** Ages of what is not over, in seconds, by status; and how many there are. For gauges: the oldest of each. */
export async function readOldest(tx: Tx): Promise<{ status: Status; oldestSeconds: number; count: number }[]> {
  const rows = await tx.query<{ status: Status; age: number; count: bigint }>(
    `select status, extract(epoch from now() - min(status_since))::float8 as age, count(*) as count
     from payments.payments where next_attempt_at is not null or status in ('disputed', 'stuck') group by status`,
  );
  return rows.map(({ status, age, count }) => ({ status, oldestSeconds: age, count: Number(count) }));
}
