import type { Actor } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import type { ReadOptions } from '../domain/read-statement.ts';

export type FileState = 'received' | 'ready' | 'broken' | 'importing' | 'imported' | 'undoing' | 'undone';
/** What a person may say of a file, as it is kept. */
export type SaidOptions = Pick<ReadOptions, 'mapping' | 'dateOrder' | 'isCard'>;

export type FileRow = {
  id: string;
  accountId: string;
  placeId: string;
  name: string;
  state: FileState;
  sizeBytes: bigint;
  blobVersion: string;
  options: SaidOptions;
  format: string | null;
  layout: string | null;
  read: number;
  fresh: number;
  known: number;
  locked: number;
  ignored: number;
  refused: number;
  inMinor: bigint;
  outMinor: bigint;
  openingMinor: bigint | null;
  closingMinor: bigint | null;
  from: string | null;
  to: string | null;
  warnings: string[];
  brokenLine: number | null;
  brokenReason: string | null;
  createdAt: Date;
  actor: Actor;
  /** Of its movements, how many are past waiting. */
  settled: number;
};

const COLUMNS = `f.id, f.account_id as "accountId", f.place_id as "placeId", f.name, f.state, f.size_bytes as "sizeBytes", f.blob_version as "blobVersion",
  f.options, f.format, f.layout, f.rows_read as read, f.rows_new as fresh, f.rows_known as known, f.rows_locked as locked, f.rows_ignored as ignored,
  f.rows_refused as refused, f.in_minor as "inMinor", f.out_minor as "outMinor", f.opening_minor as "openingMinor", f.closing_minor as "closingMinor",
  f.from_date::text as "from", f.to_date::text as "to", f.warnings, f.broken_line as "brokenLine", f.broken_reason as "brokenReason",
  f.created_at as "createdAt", json_build_object('kind', f.actor_kind, 'id', f.actor_id) as actor`;
const SETTLED = `(select count(*)::integer from banks.movements m
  where m.tenant_id = f.tenant_id and m.file_id = f.id and m.state not in ('waiting', 'undone')) as settled`;

export type NewFile = Pick<FileRow, 'id' | 'accountId' | 'placeId' | 'name' | 'blobVersion' | 'options' | 'createdAt' | 'actor'> & {
  sizeBytes: number;
};

/** Keeps a file, and its place where it has none yet. */
export async function insertFile(tx: Tx, tenantId: string, file: NewFile): Promise<void> {
  await ensurePlace(tx, tenantId, file.accountId, file.placeId);
  await tx.execute(
    `insert into banks.files (tenant_id, id, account_id, place_id, name, state, size_bytes, blob_version, options, created_at, actor_kind, actor_id)
     values ($1, $2, $3, $4, $5, 'received', $6, $7, $8, $9, $10, $11)`,
    [
      ...[tenantId, file.id, file.accountId, file.placeId, file.name, file.sizeBytes, file.blobVersion],
      ...[JSON.stringify(file.options), file.createdAt, file.actor.kind, file.actor.id],
    ],
  );
}

export async function ensurePlace(tx: Tx, tenantId: string, accountId: string, placeId: string): Promise<void> {
  await tx.execute(`insert into banks.places (tenant_id, account_id, place_id) values ($1, $2, $3) on conflict do nothing`, [
    tenantId,
    accountId,
    placeId,
  ]);
}

/** Holds the place until the transaction ends: one at a time sorts, matches and locks its movements. Answers up to which day it is locked. */
export async function holdPlace(tx: Tx, tenantId: string, placeId: string): Promise<{ lockedUntil: string | null } | undefined> {
  const [row] = await tx.query<{ lockedUntil: string | null }>(
    `select locked_until::text as "lockedUntil" from banks.places where tenant_id = $1 and place_id = $2 for update`,
    [tenantId, placeId],
  );
  return row;
}

/** The same without a hold, for what is only shown. */
export async function readPlace(tx: Tx, tenantId: string, placeId: string): Promise<{ lockedUntil: string | null } | undefined> {
  const [row] = await tx.query<{ lockedUntil: string | null }>(
    `select locked_until::text as "lockedUntil" from banks.places where tenant_id = $1 and place_id = $2`,
    [tenantId, placeId],
  );
  return row;
}

export async function findFile(tx: Tx, tenantId: string, id: string): Promise<FileRow | undefined> {
  const [row] = await tx.query<FileRow>(`select ${COLUMNS}, ${SETTLED} from banks.files f where f.tenant_id = $1 and f.id = $2`, [
    tenantId,
    id,
  ]);
  return row;
}

/** The newest files of a shop, of one place when it is given. */
export async function listFiles(tx: Tx, tenantId: string, accountId: string, placeId: string | null, limit: number): Promise<FileRow[]> {
  return tx.query<FileRow>(
    `select ${COLUMNS}, ${SETTLED} from banks.files f
     where f.tenant_id = $1 and f.account_id = $2 and f.place_id = coalesce($3::uuid, f.place_id) order by f.created_at desc, f.id desc limit $4`,
    [tenantId, accountId, placeId, limit],
  );
}

/** Moves the file on, if it is in one of these states; false when it is not. */
export async function moveFile(tx: Tx, tenantId: string, id: string, from: readonly FileState[], to: FileState): Promise<boolean> {
  const moved = await tx.execute(`update banks.files set state = $4 where tenant_id = $1 and id = $2 and state = any($3::text[])`, [
    tenantId,
    id,
    from,
    to,
  ]);
  return moved === 1;
}

/** Whether all movements of a file have been given to the books. */
export async function isImported(tx: Tx, tenantId: string, id: string): Promise<boolean> {
  const rows = await tx.query(`select from banks.files where tenant_id = $1 and id = $2 and state = 'imported'`, [tenantId, id]);
  return rows.length > 0;
}

/** Begins a file's reading anew: what was read of it is gone. */
export async function clearReading(tx: Tx, tenantId: string, id: string): Promise<void> {
  await tx.execute(`delete from banks.rows where tenant_id = $1 and file_id = $2`, [tenantId, id]);
  await tx.execute(`delete from banks.notes where tenant_id = $1 and file_id = $2`, [tenantId, id]);
  await tx.execute(
    `update banks.files set rows_read = 0, rows_new = 0, rows_known = 0, rows_locked = 0, rows_ignored = 0, rows_refused = 0, in_minor = 0, out_minor = 0,
       broken_line = null, broken_reason = null where tenant_id = $1 and id = $2`,
    [tenantId, id],
  );
}

export async function setOptions(tx: Tx, tenantId: string, id: string, options: SaidOptions): Promise<void> {
  await tx.execute(`update banks.files set options = $3 where tenant_id = $1 and id = $2`, [tenantId, id, JSON.stringify(options)]);
}

export type Reading = Pick<FileRow, 'format' | 'layout' | 'openingMinor' | 'closingMinor' | 'warnings' | 'brokenLine' | 'brokenReason'> & {
  read: number;
  ignored: number;
  refused: number;
  inMinor: bigint;
  outMinor: bigint;
  from: string | null;
  to: string | null;
};

/** What a reading came to; `progress` only how far it is. */
export async function saveReading(tx: Tx, tenantId: string, id: string, one: Reading): Promise<void> {
  await tx.execute(
    `update banks.files set format = $3, layout = $4, rows_read = $5, rows_ignored = $6, rows_refused = $7, in_minor = $8, out_minor = $9,
       opening_minor = $10, closing_minor = $11, from_date = $12, to_date = $13, warnings = $14, broken_line = $15, broken_reason = $16
     where tenant_id = $1 and id = $2`,
    [
      ...[tenantId, id, one.format, one.layout, one.read, one.ignored, one.refused, String(one.inMinor), String(one.outMinor)],
      ...[one.openingMinor?.toString() ?? null, one.closingMinor?.toString() ?? null, one.from, one.to, JSON.stringify(one.warnings)],
      ...[one.brokenLine, one.brokenReason],
    ],
  );
}

/** What the sorting said of a file's rows, in numbers. */
type Counts = { fresh: number; known: number; locked: number };

/** Counts what the sorting said of the file's rows. */
export async function saveCounts(tx: Tx, tenantId: string, id: string): Promise<Counts> {
  const [row] = await tx.query<Counts>(
    `update banks.files f set rows_new = c.fresh, rows_known = c.known, rows_locked = c.locked
     from (select count(*) filter (where outcome = 'new') as fresh, count(*) filter (where outcome = 'known') as known,
             count(*) filter (where outcome = 'locked') as locked from banks.rows where tenant_id = $1 and file_id = $2) c
     where f.tenant_id = $1 and f.id = $2 returning rows_new as fresh, rows_known as known, rows_locked as locked`,
    [tenantId, id],
  );
  return row!;
}

/** The numbers of a file as they are once some of its rows were sorted anew: what was said of these before, and what is said now. */
export async function moveCounts(tx: Tx, tenantId: string, id: string, before: Counts, after: Counts): Promise<void> {
  await tx.execute(
    `update banks.files set rows_new = rows_new + $3, rows_known = rows_known + $4, rows_locked = rows_locked + $5 where tenant_id = $1 and id = $2`,
    [tenantId, id, after.fresh - before.fresh, after.known - before.known, after.locked - before.locked],
  );
}

export type Note = { line: number; kind: 'ignored' | 'refused'; reason: string };
export async function insertNotes(tx: Tx, tenantId: string, fileId: string, notes: readonly Note[]): Promise<void> {
  if (notes.length === 0) return;
  await tx.execute(
    `insert into banks.notes (tenant_id, file_id, line, kind, reason)
     select $1, $2, line, kind, reason from json_to_recordset($3::json) as n (line integer, kind text, reason text) on conflict do nothing`,
    [tenantId, fileId, JSON.stringify(notes)],
  );
}
export const listNotes = (tx: Tx, tenantId: string, fileId: string, limit: number): Promise<Note[]> =>
  tx.query<Note>(`select line, kind, reason from banks.notes where tenant_id = $1 and file_id = $2 order by kind desc, line limit $3`, [
    tenantId,
    fileId,
    limit,
  ]);

/** How this shop said such a table is to be read. */
export async function findLayoutOptions(tx: Tx, tenantId: string, accountId: string, signature: string): Promise<SaidOptions | undefined> {
  const [row] = await tx.query<{ options: SaidOptions }>(
    `select options from banks.layouts where tenant_id = $1 and account_id = $2 and signature = $3`,
    [tenantId, accountId, signature],
  );
  return row?.options;
}
export async function rememberLayout(
  tx: Tx,
  tenantId: string,
  accountId: string,
  signature: string,
  options: SaidOptions,
  at: Date,
): Promise<void> {
  await tx.execute(
    `insert into banks.layouts (tenant_id, account_id, signature, options, at) values ($1, $2, $3, $4, $5)
     on conflict (tenant_id, account_id, signature) do update set options = excluded.options, at = excluded.at`,
    [tenantId, accountId, signature, JSON.stringify(options), at],
  );
}
