import type { Tx } from '#platform/db/db.ts';
import type { EntryKind, EntryLine, Method, Owed } from '../domain/entry.ts';

/** An entry as stored, with its present lines. */
export type EntryRecord = {
  id: string;
  accountId: string;
  kind: EntryKind;
  amountMinor: bigint;
  lines: readonly EntryLine[];
  placeId: string | null;
  owed: Owed | null;
  toPlaceId: string | null;
  toOwed: Owed | null;
  date: string;
  competence: string;
  originalDate: string | null;
  originalCompetence: string | null;
  text: string | null;
  folded: string;
  method: Method | null;
  counterpartySealed: Buffer | null;
  counterpartyHash: Buffer | null;
  tags: readonly string[];
  originModule: string | null;
  originReference: string | null;
  contentHash: Buffer;
  isUnsorted: boolean;
  postings: number;
  position: bigint | null;
  refusal: string | null;
  reversedAt: Date | null;
  /** What mirrors it, where it was not taken back on its own days. */
  reversedBy: string | null;
  version: number;
  recordedAt: Date;
  recordedBy: string;
};
/** One that is recorded now. */
export type NewRecord = Omit<EntryRecord, 'position' | 'refusal' | 'reversedAt' | 'reversedBy' | 'version'>;

const NEW = `id uuid, account_id uuid, kind text, amount_minor numeric, place_id uuid, owed text, to_place_id uuid, to_owed text, date date,
  competence date, original_date date, original_competence date, text text, folded text, method text, counterparty_sealed text,
  counterparty_hash text, tags text[], origin_module text, origin_reference text, content_hash text, is_unsorted boolean, postings smallint,
  recorded_at timestamptz, recorded_by text`;
const hex = (bytes: Buffer | null): string | null => (bytes === null ? null : bytes.toString('hex'));

function rowOf(one: NewRecord): Record<string, unknown> {
  return {
    id: one.id,
    account_id: one.accountId,
    kind: one.kind,
    amount_minor: one.amountMinor.toString(),
    place_id: one.placeId,
    owed: one.owed,
    to_place_id: one.toPlaceId,
    to_owed: one.toOwed,
    date: one.date,
    competence: one.competence,
    original_date: one.originalDate,
    original_competence: one.originalCompetence,
    text: one.text,
    folded: one.folded,
    method: one.method,
    counterparty_sealed: hex(one.counterpartySealed),
    counterparty_hash: hex(one.counterpartyHash),
    tags: one.tags,
    origin_module: one.originModule,
    origin_reference: one.originReference,
    content_hash: hex(one.contentHash),
    is_unsorted: one.isUnsorted,
    postings: one.postings,
    recorded_at: one.recordedAt.toISOString(),
    recorded_by: one.recordedBy,
  };
}

/** Adds entries with their lines in one statement, in the order of their ids; answers the ids of those whose id and origin were free. */
export async function insertEntries(tx: Tx, tenantId: string, entries: readonly NewRecord[]): Promise<Set<string>> {
  if (entries.length === 0) return new Set();
  const lines = entries.flatMap(({ id, lines: own }) =>
    own.map(({ categoryId, amountMinor }, index) => ({
      entry_id: id,
      nth: index,
      category_id: categoryId,
      amount_minor: amountMinor.toString(),
    })),
  );
  const rows = await tx.query<{ id: string }>(
    `with asked as (select * from json_to_recordset($2::json) as a (${NEW})),
     taken as (
       insert into books.entries (tenant_id, id, account_id, kind, amount_minor, place_id, owed, to_place_id, to_owed, date, competence,
         original_date, original_competence, text, folded, method, counterparty_sealed, counterparty_hash, tags, origin_module,
         origin_reference, content_hash, is_unsorted, postings, recorded_at, recorded_by)
       select $1, id, account_id, kind, amount_minor, place_id, owed, to_place_id, to_owed, date, competence, original_date,
         original_competence, text, folded, method, decode(counterparty_sealed, 'hex'), decode(counterparty_hash, 'hex'), tags, origin_module,
         origin_reference, decode(content_hash, 'hex'), is_unsorted, postings, recorded_at, recorded_by
       from asked order by id on conflict do nothing returning id, account_id, date, competence
     ), lined as (
       insert into books.lines (tenant_id, entry_id, nth, account_id, category_id, date, competence, amount_minor)
       select $1, l.entry_id, l.nth, t.account_id, l.category_id, t.date, t.competence, l.amount_minor
       from json_to_recordset($3::json) as l (entry_id uuid, nth smallint, category_id uuid, amount_minor numeric)
         join taken t on t.id = l.entry_id
     )
     select id from taken`,
    [tenantId, JSON.stringify(entries.map(rowOf)), JSON.stringify(lines)],
  );
  return new Set(rows.map(({ id }) => id));
}

const ENTRY = `e.id, e.account_id as "accountId", e.kind, e.amount_minor as "amountMinor", e.place_id as "placeId", e.owed,
  e.to_place_id as "toPlaceId", e.to_owed as "toOwed", e.date::text, e.competence::text, e.original_date::text as "originalDate",
  e.original_competence::text as "originalCompetence", e.text, e.folded, e.method, e.counterparty_sealed as "counterpartySealed",
  e.counterparty_hash as "counterpartyHash", e.tags, e.origin_module as "originModule", e.origin_reference as "originReference",
  e.content_hash as "contentHash", e.is_unsorted as "isUnsorted", e.postings, e.position, e.refusal, e.reversed_at as "reversedAt",
  e.reversed_by as "reversedBy", e.version,
  e.recorded_at as "recordedAt", e.recorded_by as "recordedBy"`;
const LINES = `coalesce((select json_agg(json_build_object('categoryId', l.category_id, 'amountMinor', l.amount_minor::text) order by l.nth)
  from books.lines l where l.tenant_id = e.tenant_id and l.entry_id = e.id), '[]') as lines`;
export const ENTRY_WITH_LINES = `${ENTRY}, ${LINES}`;

export type EntryRow = Omit<EntryRecord, 'lines'> & { lines: { categoryId: string; amountMinor: string }[] };
export const recordOf = (row: EntryRow): EntryRecord => ({
  ...row,
  lines: row.lines.map(({ categoryId, amountMinor }) => ({ categoryId, amountMinor: BigInt(amountMinor) })),
});

export async function findEntries(tx: Tx, tenantId: string, ids: readonly string[]): Promise<EntryRecord[]> {
  const rows = await tx.query<EntryRow>(
    `select ${ENTRY_WITH_LINES} from books.entries e where e.tenant_id = $1 and e.id = any($2::uuid[])`,
    [tenantId, ids],
  );
  return rows.map(recordOf);
}

/** Entries of a shop, held until the transaction ends; in one order, so that two of those who hold some never wait for each other in a ring. */
export async function holdEntries(tx: Tx, tenantId: string, accountId: string, ids: readonly string[]): Promise<EntryRecord[]> {
  const rows = await tx.query<EntryRow>(
    `select ${ENTRY_WITH_LINES} from books.entries e where e.tenant_id = $1 and e.account_id = $2 and e.id = any($3::uuid[]) order by e.id for update`,
    [tenantId, accountId, ids],
  );
  return rows.map(recordOf);
}

export type Seen = {
  id: string;
  accountId: string;
  originModule: string | null;
  originReference: string | null;
  contentHash: Buffer;
  amountMinor: bigint;
  date: string;
  competence: string;
  originalDate: string | null;
  recordedAt: Date;
  position: bigint | null;
};

/** What stands already under these ids, or for these origins. */
export const findSeen = (
  tx: Tx,
  tenantId: string,
  asked: readonly { id: string; accountId: string; originModule: string | null; originReference: string | null }[],
): Promise<Seen[]> => {
  const columns = `e.id, e.account_id as "accountId", e.origin_module as "originModule", e.origin_reference as "originReference",
    e.content_hash as "contentHash", e.amount_minor as "amountMinor", e.date::text, e.competence::text, e.original_date::text as "originalDate",
    e.recorded_at as "recordedAt", e.position`;
  const origins = asked.filter(({ originModule }) => originModule !== null);
  return tx.query<Seen>(
    `select ${columns} from books.entries e where e.tenant_id = $1 and e.id = any($2::uuid[])
     union
     select ${columns} from unnest($3::uuid[], $4::text[], $5::text[]) o (account_id, module, reference)
       join books.entries e on e.tenant_id = $1 and e.account_id = o.account_id and e.origin_module = o.module and e.origin_reference = o.reference`,
    [
      tenantId,
      asked.map(({ id }) => id),
      origins.map(({ accountId }) => accountId),
      origins.map(({ originModule }) => originModule),
      origins.map(({ originReference }) => originReference),
    ],
  );
};
