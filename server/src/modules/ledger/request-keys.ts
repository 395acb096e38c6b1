import type { Db } from '#platform/db/db.ts';
import { refusePlatform } from '#platform/errors.ts';
import { type Caller, callerOf } from '#platform/http/app.ts';
import { refusalOfKey } from '#platform/http/idempotency-key.ts';
import { bodyHash } from '#platform/idempotency.ts';

type Asked = {
  caller?: Caller;
  headers: Record<string, string | string[] | undefined>;
  method: string;
  routeOptions: { url?: string | undefined };
  body: unknown;
};

/**
 * Commands need no Idempotency-Key, since they carry ids. One that is sent is honoured all the same: it stands for the body it first came
 * with, and another body is refused. The same body again goes on to the ledger, which answers by its ids. Kept in a transaction of its own
 * before anything is done: a key that was kept for a command that failed on the way is still that command's.
 * @throws PLATFORM_IDEMPOTENCY_CONFLICT, and PLATFORM_IDEMPOTENCY_KEY_REQUIRED for a key that is none
 */
export async function honourKey(db: Db, request: Asked): Promise<void> {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return;
  const flaw = refusalOfKey(key);
  if (flaw) throw flaw;
  const { tenantId, actor } = callerOf(request);
  const route = `${request.method} ${request.routeOptions.url}`;
  const hash = bodyHash(request.body);
  const [kept] = await db.tx({ module: 'ledger', tenants: [tenantId] }, (tx) =>
    tx.query<{ body_hash: Buffer }>(
      `insert into ledger.idempotency_keys as k (tenant_id, principal, route, key, body_hash) values ($1, $2, $3, $4, $5)
       on conflict (tenant_id, principal, route, key) do update set body_hash = k.body_hash returning body_hash`,
      [tenantId, `${actor.kind}:${actor.id}`, route, key, hash],
    ),
  );
  if (kept?.body_hash.equals(hash)) return;
  throw refusePlatform('PLATFORM_IDEMPOTENCY_CONFLICT', {
    detail: { pt: `A chave já foi usada em ${route} com outro corpo.`, en: `The key was used on ${route} with another body.` },
  });
}
