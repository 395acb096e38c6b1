import type { CallContext } from '#platform/context.ts';
import { refusePlatform } from '#platform/errors.ts';
import { isUuid } from '#platform/id.ts';
import type { BookDifference } from '../contract-receipts.ts';
import type { PaymentsDeps } from '../deps.ts';
import { type DifferenceRow, listDifferences } from '../store/differences.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

/** A tenant's open differences between books and the provider's statement, oldest first. */
export function createDifferencesView({ db, clock }: PaymentsDeps) {
  return async (
    ctx: CallContext,
    { cursor, limit }: { cursor?: string; limit: number },
  ): Promise<{ differences: BookDifference[]; next: string | null }> => {
    const after = cursor === undefined ? null : readPlace(cursor);
    const found = await db.tx({ module: 'payments', tenants: [ctx.tenantId], single: true, read: true }, (tx) =>
      listDifferences(tx, after, limit + 1),
    );
    const page = found.slice(0, limit);
    const last = page.at(-1);
    const next = found.length > limit && last ? Buffer.from(`${last.firstSeenAtMs}/${last.id}`).toString('base64url') : null;
    return { differences: page.map((one) => show(one, clock.now())), next };
  };
}

function show(one: DifferenceRow, nowMs: number): BookDifference {
  return {
    id: one.id,
    class: one.class,
    kind: one.kind,
    status: one.status,
    endToEndId: one.endToEndId,
    returnId: one.returnId === '' ? null : one.returnId,
    amountMinor: one.amountMinor.toString(),
    ours: one.ours,
    theirs: one.theirs,
    occurredAt: iso(one.occurredAtMs),
    since: iso(one.firstSeenAtMs),
    ageSeconds: Math.max(0, Math.floor((nowMs - one.firstSeenAtMs) / 1000)),
    times: one.times,
  };
}

function readPlace(cursor: string): { sinceMs: number; id: string } {
  const [ms, id, ...rest] = Buffer.from(cursor, 'base64url').toString().split('/');
  if (rest.length > 0 || !/^\d{1,14}$/.test(ms ?? '') || !isUuid(id ?? ''))
    throw refusePlatform('PLATFORM_BAD_REQUEST', {
      detail: { pt: 'O cursor não é de uma página desta lista.', en: 'The cursor is not of a page of this list.' },
    });
  return { sinceMs: Number(ms), id: id! };
}
