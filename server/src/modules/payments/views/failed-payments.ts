import type { CallContext } from '#platform/context.ts';
import { readEdge } from '#platform/dates.ts';
import { refusePlatform } from '#platform/errors.ts';
import { isUuid } from '#platform/id.ts';
import type { StatementLine } from '../contract.ts';
import type { PaymentsDeps } from '../deps.ts';
import { openPayee } from '../drive/order.ts';
import { DESCRIPTION_PURPOSE, type PaymentRecord, paymentName } from '../record.ts';
import { findFailed } from '../store/payments.ts';

type Query = { accountId: string; cursor?: string; limit: number; from?: string; to?: string };

const writeCursor = ({ createdAtMs, id }: PaymentRecord): string => Buffer.from(`${createdAtMs}.${id}`).toString('base64url');

/** @throws PLATFORM_BAD_REQUEST for a cursor that was not written here */
function readCursor(cursor: string): { createdAtMs: number; id: string } {
  const [ms, id] = Buffer.from(cursor, 'base64url').toString('latin1').split('.');
  if (!ms || !/^\d{1,15}$/.test(ms) || !id || !isUuid(id)) {
    throw refusePlatform('PLATFORM_BAD_REQUEST', { detail: { pt: 'O cursor não vale.', en: 'The cursor is not valid.' } });
  }
  return { createdAtMs: Number(ms), id };
}

/** What a person tried to pay and did not: refused before it began, or failed with the money back. No entry of the ledger tells of it. */
export function createFailedPayments({ db, vault }: PaymentsDeps) {
  return async (ctx: CallContext, query: Query): Promise<{ lines: StatementLine[]; next: string | null }> => {
    const records = await db.tx({ module: 'payments', tenants: [ctx.tenantId], single: true, read: true }, (tx) =>
      findFailed(tx, {
        subjectId: query.accountId,
        from: query.from ? readEdge(query.from, 'from') : '-infinity',
        to: query.to ? readEdge(query.to, 'to') : 'infinity',
        before: query.cursor ? readCursor(query.cursor) : null,
        limit: query.limit + 1,
      }),
    );
    const page = records.slice(0, query.limit);
    const last = page.at(-1);
    return { lines: await Promise.all(page.map(toLine)), next: last && records.length > query.limit ? writeCursor(last) : null };
  };

  async function toLine(record: PaymentRecord): Promise<StatementLine> {
    const { tenantId, subjectId, descriptionSealed } = record;
    return {
      id: `failed_${paymentName(record.id)}`,
      at: new Date(record.createdAtMs).toISOString(),
      kind: 'pix-out',
      direction: 'out',
      amountMinor: record.amountMinor.toString(),
      balanceAfterMinor: null,
      counterparty: (await openPayee(vault, record))?.name ?? null,
      description: descriptionSealed ? await vault.open(tenantId, subjectId, DESCRIPTION_PURPOSE, descriptionSealed) : null,
      paymentId: paymentName(record.id),
      comprovanteId: null,
      status: 'failed',
    };
  }
}
