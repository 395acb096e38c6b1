import type { Tx } from '#platform/db/db.ts';
import { bodyHash } from '#platform/idempotency.ts';

/** The name under which creations keep their keys, whichever door the request came through. */
export const CREATION_ROUTE = 'POST /v1/payments';

/** The idempotency key of one request, as `once` keeps it. */
export type Key = { tenantId: string; principal: string; route: string; key: string; body: unknown };
/** What is stored as the answer: the id of the payment made. */
export type StoredAnswer = { status: number; body: { paymentId: string } };
export type KeyState = { state: 'taken' } | { state: 'replay'; answer: StoredAnswer } | { state: 'conflict' } | { state: 'gone' };

const columns = (keys: readonly Key[]) => [
  keys.map(({ tenantId }) => tenantId),
  keys.map(({ principal }) => principal),
  keys.map(({ route }) => route),
  keys.map(({ key }) => key),
];
const same = (a: Key, b: { tenant_id: string; principal: string; route: string; key: string }): boolean =>
  a.tenantId === b.tenant_id && a.principal === b.principal && a.route === b.route && a.key === b.key;

/**
 * `once` for many requests in one statement: takes each key with its answer, or says what was answered before. A key that another
 * transaction is taking at this moment is waited for. The keys come sorted, so that two batches never wait for each other in a ring.
 */
export async function takeKeys(tx: Tx, requests: readonly { key: Key; answer: StoredAnswer }[]): Promise<KeyState[]> {
  const keys = requests.map(({ key }) => key);
  const hashes = keys.map(({ body }) => bodyHash(body));
  const taken = await tx.query<{ ord: bigint }>(
    `with asked as (
       select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::smallint[], $7::text[]) with ordinality
         as asked (tenant_id, principal, route, key, body_hash, status, answer, ord)
     ), taken as (
       insert into payments.idempotency_keys (tenant_id, principal, route, key, body_hash, status, answer)
       select tenant_id, principal, route, key, body_hash, status, answer::jsonb from asked order by tenant_id, principal, route, key, ord
       on conflict do nothing returning tenant_id, principal, route, key
     )
     select min(asked.ord) as ord from taken join asked using (tenant_id, principal, route, key) group by tenant_id, principal, route, key`,
    [...columns(keys), hashes, requests.map(({ answer }) => answer.status), requests.map(({ answer }) => JSON.stringify(answer.body))],
  );
  const isTaken = new Set(taken.map(({ ord }) => Number(ord) - 1));
  const rest = keys.filter((_, at) => !isTaken.has(at));
  const known = rest.length === 0 ? [] : await findKeys(tx, rest);
  return keys.map((key, at) => {
    if (isTaken.has(at)) return { state: 'taken' };
    const row = known.find((one) => same(key, one));
    if (!row) return { state: 'gone' };
    if (!row.body_hash.equals(hashes[at]!)) return { state: 'conflict' };
    return { state: 'replay', answer: { status: row.status, body: row.answer } };
  });
}

type KeyRow = {
  tenant_id: string;
  principal: string;
  route: string;
  key: string;
  body_hash: Buffer;
  status: number;
  answer: { paymentId: string };
};

function findKeys(tx: Tx, keys: readonly Key[]): Promise<KeyRow[]> {
  return tx.query<KeyRow>(
    `select k.* from payments.idempotency_keys k join unnest($1::uuid[], $2::text[], $3::text[], $4::text[])
       as asked (tenant_id, principal, route, key) using (tenant_id, principal, route, key)`,
    columns(keys),
  );
}

/** The id of the payment that was made under this key, or null: a look, which takes nothing. */
export async function findCreated(tx: Tx, asked: Omit<Key, 'route' | 'body'>): Promise<string | null> {
  const [row] = await findKeys(tx, [{ ...asked, route: CREATION_ROUTE, body: null }]);
  return row?.answer.paymentId ?? null;
}

/** Gives keys back whose request was refused, so that the same request may be tried again, as when `once` rolls back. */
export async function giveBackKeys(tx: Tx, keys: readonly Key[]): Promise<void> {
  if (keys.length === 0) return;
  tx.send(
    `delete from payments.idempotency_keys k using unnest($1::uuid[], $2::text[], $3::text[], $4::text[])
       as asked (tenant_id, principal, route, key)
     where k.tenant_id = asked.tenant_id and k.principal = asked.principal and k.route = asked.route and k.key = asked.key`,
    columns(keys),
  );
}
