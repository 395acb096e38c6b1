import type { Tx } from '../db/db.ts';
import type { DayStatement } from './chain.ts';
import type { ProvenChain } from './leaves.ts';

/** Leaves of a full run: a power of two, so that the roots of runs are nodes of the day's tree. */
export const CHUNK = 1_024;

export type Chunk = { chunk: number; firstSeq: number; lastSeq: number; firstAt: Date; lastAt: Date; hash: Buffer };

export type StoredAnchor = { day: string; driver: 'rfc3161' | 'folder'; anchoredAt: string; evidence: Buffer };

type Chain = ProvenChain['name'];
type DayRow = {
  day: string;
  first_seq: bigint;
  last_seq: bigint;
  root: string;
  previous_root: string | null;
  batch: bigint;
  batch_hash: string;
};

const DAY_COLUMNS = `to_char(day, 'YYYY-MM-DD') as day, first_seq, last_seq, encode(root, 'hex') as root,
  encode(previous_root, 'hex') as previous_root, batch, encode(batch_hash, 'hex') as batch_hash`;

function toStatement(chain: Chain, tenantId: string, row: DayRow): DayStatement {
  const [firstSeq, lastSeq] = [Number(row.first_seq), Number(row.last_seq)];
  const { day, root, previous_root: previousRoot, batch, batch_hash: batchHash } = row;
  const rest = { ...(previousRoot ? { previousRoot } : {}), batch: Number(batch), batchHash };
  return { tenantId, chain, day, firstSeq, lastSeq, count: lastSeq - firstSeq + 1, root, ...rest };
}

/** Statements of days from the newest on, before a day if one is given. */
export async function readDays(tx: Tx, chain: Chain, tenantId: string, before: string | null, limit: number): Promise<DayStatement[]> {
  const rows = await tx.query<DayRow>(
    `select ${DAY_COLUMNS} from ${chain}.day_roots where tenant_id = $1 and day < coalesce($2::date, 'infinity') order by ${chain}.day_roots.day desc limit $3`,
    [tenantId, before, limit],
  );
  return rows.map((row) => toStatement(chain, tenantId, row));
}

export async function readDay(tx: Tx, chain: Chain, tenantId: string, day: string): Promise<DayStatement | undefined> {
  const sql = `select ${DAY_COLUMNS} from ${chain}.day_roots where tenant_id = $1 and day = $2::date`;
  const [row] = await tx.query<DayRow>(sql, [tenantId, day]);
  return row && toStatement(chain, tenantId, row);
}

/** Statements of the days whose last record is in [fromSeq, toSeq], oldest first: what an export tells after its batches. */
export async function readDaysBetween(tx: Tx, chain: Chain, tenantId: string, fromSeq: number, toSeq: number): Promise<DayStatement[]> {
  const rows = await tx.query<DayRow>(
    `select ${DAY_COLUMNS} from ${chain}.day_roots where tenant_id = $1 and last_seq between $2 and $3 order by last_seq`,
    [tenantId, fromSeq, toSeq],
  );
  return rows.map((row) => toStatement(chain, tenantId, row));
}

export async function readAnchors(tx: Tx, chain: Chain, tenantId: string, days: readonly string[]): Promise<StoredAnchor[]> {
  const rows = await tx.query<{ day: string; driver: StoredAnchor['driver']; anchored_at: Date; evidence: Buffer }>(
    `select to_char(day, 'YYYY-MM-DD') as day, driver, anchored_at, evidence from ${chain}.anchors
     where tenant_id = $1 and day = any($2::date[]) order by 1, 2`,
    [tenantId, days],
  );
  return rows.map(({ anchored_at: at, ...row }) => ({ ...row, anchoredAt: at.toISOString() }));
}

export async function insertDay(tx: Tx, { chain, ...day }: DayStatement, closedAt: Date): Promise<void> {
  await tx.execute(
    `insert into ${chain}.day_roots (tenant_id, day, first_seq, last_seq, root, previous_root, batch, batch_hash, closed_at)
     values ($1, $2, $3, $4, decode($5, 'hex'), decode($6, 'hex'), $7, decode($8, 'hex'), $9)`,
    [day.tenantId, day.day, day.firstSeq, day.lastSeq, day.root, day.previousRoot ?? null, day.batch, day.batchHash, closedAt],
  );
}

/** The runs of a day stored so far, in order. */
export async function readChunks(tx: Tx, chain: Chain, tenantId: string, day: string): Promise<Chunk[]> {
  const rows = await tx.query<{ chunk: number; first_seq: bigint; last_seq: bigint; first_at: Date; last_at: Date; hash: Buffer }>(
    `select chunk, first_seq, last_seq, first_at, last_at, hash from ${chain}.day_chunks
     where tenant_id = $1 and day = $2::date order by chunk`,
    [tenantId, day],
  );
  return rows.map((row) => {
    const seqs = { firstSeq: Number(row.first_seq), lastSeq: Number(row.last_seq) };
    return { chunk: row.chunk, ...seqs, firstAt: row.first_at, lastAt: row.last_at, hash: row.hash };
  });
}

export async function insertChunks(tx: Tx, chain: Chain, tenantId: string, day: string, chunks: readonly Chunk[]): Promise<void> {
  await tx.execute(
    `insert into ${chain}.day_chunks (tenant_id, day, chunk, first_seq, last_seq, first_at, last_at, hash)
     select $1, $2::date, c.* from unnest($3::integer[], $4::bigint[], $5::bigint[], $6::timestamptz[], $7::timestamptz[], $8::bytea[]) c`,
    [
      tenantId,
      day,
      chunks.map(({ chunk }) => chunk),
      chunks.map(({ firstSeq }) => firstSeq),
      chunks.map(({ lastSeq }) => lastSeq),
      chunks.map(({ firstAt }) => firstAt),
      chunks.map(({ lastAt }) => lastAt),
      chunks.map(({ hash }) => hash),
    ],
  );
}
