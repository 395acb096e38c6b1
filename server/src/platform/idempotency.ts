import { createHash } from 'node:crypto';
import type { Tx } from './db/db.ts';
import { refusePlatform } from './errors.ts';

/** The stored answer of a state-changing request. */
export type Answer = { status: number; body: unknown };

export type IdempotencyScope = {
  tenantId: string;
  /** Who asks: the same key of two people is two keys. */
  principal: string;
  /** Method and path pattern, e.g. `POST /v1/payments`. */
  route: string;
  key: string;
  /** The request body as received; compared by hash, so that a reused key with another body is refused. */
  body: unknown;
};

/** JSON with object keys in order, so that two spellings of one body are one body. */
export function bodyText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(bodyText).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value as Record<string, unknown>).filter(([, v]) => v !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${bodyText(v)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

export function bodyHash(body: unknown): Buffer {
  return createHash('sha256').update(bodyText(body)).digest();
}

/**
 * Runs `effect` at most once for a key and answers every repetition with the first answer. The key, the effect and the answer
 * commit together in `tx`; a repetition that arrives while the first still runs waits on the unique index and then reads its answer;
 * after a crash before the commit nothing is left, and the repetition is the first. Kept for 7 days by the janitor.
 *
 * @throws PLATFORM_IDEMPOTENCY_CONFLICT when the key was used with another body.
 */
export async function once(tx: Tx, scope: IdempotencyScope, effect: () => Promise<Answer>): Promise<Answer & { replayed: boolean }> {
  const table = `${tx.scope.module}.idempotency_keys`;
  const id = [scope.tenantId, scope.principal, scope.route, scope.key];
  const hash = bodyHash(scope.body);
  const inserted = await tx.execute(
    `insert into ${table} (tenant_id, principal, route, key, body_hash) values ($1, $2, $3, $4, $5) on conflict do nothing`,
    [...id, hash],
  );
  if (inserted === 1) {
    const answer = await effect();
    await tx.execute(`update ${table} set status = $5, answer = $6 where tenant_id = $1 and principal = $2 and route = $3 and key = $4`, [
      ...id,
      answer.status,
      JSON.stringify(answer.body),
    ]);
    return { ...answer, replayed: false };
  }
  const rows = await tx.query<{ body_hash: Buffer; status: number; answer: unknown }>(
    `select body_hash, status, answer from ${table} where tenant_id = $1 and principal = $2 and route = $3 and key = $4`,
    id,
  );
  const row = rows[0];
  if (!row)
    throw refusePlatform('PLATFORM_UNAVAILABLE', {
      detail: { pt: 'A chave de idempotência expirou durante o pedido.', en: 'The idempotency key expired during the request.' },
      retryAfterSeconds: 1,
    });
  if (!row.body_hash.equals(hash)) {
    throw refusePlatform('PLATFORM_IDEMPOTENCY_CONFLICT', {
      detail: {
        pt: `A chave já foi usada em ${scope.route} com outro corpo.`,
        en: `The key was used on ${scope.route} with another body.`,
      },
    });
  }
  return { status: row.status, body: row.answer, replayed: true };
}
