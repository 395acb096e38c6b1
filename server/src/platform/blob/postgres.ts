import type { Db, Tx } from '../db/db.ts';
import type { BlobDriver, Head, Place } from './driver.ts';

const ROW_BYTES = 512 * 1024;
const SWEPT_AT_ONCE = 500;
const SYSTEM = { module: 'blob', system: true } as const;

const COLUMNS = `version, stored_bytes as "storedBytes", (extract(epoch from created_at) * 1000)::bigint as "createdAtMs",
  (extract(epoch from expires_at) * 1000)::bigint as "expiresAtMs", subject_id as "subjectId", sealed`;
type Row = Omit<Head, 'storedBytes' | 'createdAtMs' | 'expiresAtMs'> & {
  storedBytes: bigint;
  createdAtMs: bigint;
  expiresAtMs: bigint | null;
};

const headOf = (row: Row): Head => ({
  ...row,
  storedBytes: Number(row.storedBytes),
  createdAtMs: Number(row.createdAtMs),
  expiresAtMs: row.expiresAtMs === null ? null : Number(row.expiresAtMs),
});

/** Files as rows: the default where nobody names a folder or a bucket. No transaction stays open while a body is waited for. */
export function postgresDriver(db: Db): BlobDriver {
  const scopeOf = (place: Place) => ({ module: 'blob', tenants: [place.tenantId] });
  const insertChunk = (place: Place, version: string, nth: number, bytes: Buffer) =>
    db.tx(scopeOf(place), (tx) =>
      tx.execute('insert into blob.chunks (tenant_id, version, nth, bytes) values ($1, $2, $3, $4)', [place.tenantId, version, nth, bytes]),
    );
  const select = (place: Place, version: string | null) =>
    db.tx({ ...scopeOf(place), single: true }, (tx) =>
      tx.query<Row>(
        `select ${COLUMNS} from blob.versions where tenant_id = $1 and module = $2 and key = $3${version === null ? '' : ' and version = $4'}`,
        [place.tenantId, place.module, place.key, ...(version === null ? [] : [version])],
      ),
    );

  return {
    async put(place, version, body, finish) {
      let chunks = 0;
      try {
        for await (const bytes of inRows(body)) await insertChunk(place, version, chunks++, bytes);
        const head = await finish();
        await db.tx(scopeOf(place), (tx) => insertVersion(tx, place, head, chunks));
      } catch (error) {
        // What cannot be taken away now is swept later.
        await db.tx(scopeOf(place), (tx) => deleteVersion(tx, place, version)).catch(() => undefined);
        throw error;
      }
    },
    heads: async (place) => (await select(place, null)).map(headOf),
    head: async (place, version) => (await select(place, version)).map(headOf)[0],
    async *read(place, version, from, to) {
      for (let at = from; at < to; ) {
        const nth = Math.floor(at / ROW_BYTES);
        const start = at - nth * ROW_BYTES;
        const length = Math.min(ROW_BYTES - start, to - at);
        const [row] = await db.tx({ ...scopeOf(place), single: true }, (tx) =>
          tx.query<{ bytes: Buffer }>(
            'select substring(bytes from $4::int for $5::int) as bytes from blob.chunks where tenant_id = $1 and version = $2 and nth = $3',
            [place.tenantId, version, nth, start + 1, length],
          ),
        );
        if (row?.bytes.length !== length) throw new Error('a stored file is shorter than it was');
        yield row.bytes;
        at += length;
      }
    },
    remove: (place, version) => db.tx(scopeOf(place), (tx) => deleteVersion(tx, place, version)),
    async sweep(expiredBeforeMs, begunBeforeMs) {
      let removed = 0;
      for (;;) {
        const expired = await db.tx(SYSTEM, (tx) => deleteExpired(tx, expiredBeforeMs));
        const abandoned = await db.tx(SYSTEM, (tx) => deleteAbandoned(tx, begunBeforeMs));
        removed += expired + abandoned;
        if (Math.max(expired, abandoned) < SWEPT_AT_ONCE) return removed;
      }
    },
  };
}

/** Gathers bytes into rows of one size; the last may be shorter. */
async function* inRows(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let size = 0;
  for await (const bytes of body) {
    waiting.push(bytes);
    size += bytes.length;
    if (size < ROW_BYTES) continue;
    const all = Buffer.concat(waiting);
    let at = 0;
    for (; size - at >= ROW_BYTES; at += ROW_BYTES) yield all.subarray(at, at + ROW_BYTES);
    waiting = [all.subarray(at)];
    size -= at;
  }
  if (size > 0) yield Buffer.concat(waiting);
}

/** Makes a version visible, if all its rows are still there: a sweep may have taken those of a put that lasted for days. */
async function insertVersion(tx: Tx, place: Place, head: Head, chunks: number): Promise<void> {
  const inserted = await tx.execute(
    `insert into blob.versions (tenant_id, module, key, version, stored_bytes, chunks, created_at, expires_at, subject_id, sealed)
     select $1, $2, $3, $4, $5, $6::int, to_timestamp($7::float8 / 1000), to_timestamp($8::float8 / 1000), $9, $10
     where (select count(*) from blob.chunks where tenant_id = $1 and version = $4) = $6::int`,
    [
      place.tenantId,
      place.module,
      place.key,
      head.version,
      head.storedBytes,
      chunks,
      head.createdAtMs,
      head.expiresAtMs,
      head.subjectId,
      head.sealed,
    ],
  );
  if (inserted !== 1) throw new Error('parts of a file were swept before it was whole');
}

async function deleteVersion(tx: Tx, place: Place, version: string): Promise<boolean> {
  const removed = await tx.execute('delete from blob.versions where tenant_id = $1 and module = $2 and key = $3 and version = $4', [
    place.tenantId,
    place.module,
    place.key,
    version,
  ]);
  // Of a put that failed there are only chunks; of another module's version neither is touched.
  await tx.execute(
    `delete from blob.chunks where tenant_id = $1 and version = $2
       and not exists (select from blob.versions where tenant_id = $1 and version = $2)`,
    [place.tenantId, version],
  );
  return removed > 0;
}

async function deleteExpired(tx: Tx, beforeMs: number): Promise<number> {
  const rows = await tx.query<{ tenant: string; version: string }>(
    `delete from blob.versions where (tenant_id, version) in (select tenant_id, version from blob.versions
       where expires_at <= to_timestamp($1::float8 / 1000) order by expires_at limit ${SWEPT_AT_ONCE})
     returning tenant_id as tenant, version`,
    [beforeMs],
  );
  if (rows.length > 0) {
    await tx.execute(
      `delete from blob.chunks c using unnest($1::uuid[], $2::uuid[]) as d (tenant_id, version)
       where c.tenant_id = d.tenant_id and c.version = d.version`,
      [rows.map(({ tenant }) => tenant), rows.map(({ version }) => version)],
    );
  }
  return rows.length;
}

/** Puts that were killed, counted by version; one that still writes has younger rows. */
async function deleteAbandoned(tx: Tx, beforeMs: number): Promise<number> {
  const rows = await tx.query<{ version: string }>(
    `with left_behind as (
       select c.tenant_id, c.version from blob.chunks c where c.created_at < to_timestamp($1::float8 / 1000)
         and not exists (select from blob.versions v where v.tenant_id = c.tenant_id and v.version = c.version)
       group by c.tenant_id, c.version
       having not exists (select from blob.chunks y where y.tenant_id = c.tenant_id and y.version = c.version and y.created_at >= to_timestamp($1::float8 / 1000))
       limit ${SWEPT_AT_ONCE}),
     gone as (delete from blob.chunks c using left_behind l where c.tenant_id = l.tenant_id and c.version = l.version)
     select version from left_behind`,
    [beforeMs],
  );
  return rows.length;
}
