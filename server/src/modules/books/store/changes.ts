import type { Tx } from '#platform/db/db.ts';
import { type EntryLine, isUnsorted } from '../domain/entry.ts';
import type { Command } from '../domain/postings.ts';
import type { EntryRecord } from './entries.ts';

export type ChangeKind = 'reversed' | 'recategorised' | 'edited';
type StoredLines = { categoryId: string; amountMinor: string }[];
export type NewChange = {
  entryId: string;
  accountId: string;
  version: number;
  kind: ChangeKind;
  at: Date;
  by: string;
  reason: string | null;
  linesBefore: readonly EntryLine[] | null;
  /** Of an edit, the words before it. */
  before: Record<string, unknown> | null;
  /** None where the ledger hears nothing of it. */
  commands: readonly Command[];
};
export type ChangeRecord = {
  entryId: string;
  version: number;
  kind: ChangeKind;
  at: Date;
  by: string;
  reason: string | null;
  linesBefore: StoredLines | null;
  commands: Command[];
  position: bigint | null;
  refusal: string | null;
};

const stored = (lines: readonly EntryLine[]): StoredLines =>
  lines.map(({ categoryId, amountMinor }) => ({ categoryId, amountMinor: amountMinor.toString() }));

export async function insertChanges(tx: Tx, tenantId: string, changes: readonly NewChange[]): Promise<void> {
  if (changes.length === 0) return;
  const rows = changes.map(({ linesBefore, at, ...one }) => ({
    entry_id: one.entryId,
    version: one.version,
    account_id: one.accountId,
    kind: one.kind,
    at: at.toISOString(),
    by: one.by,
    reason: one.reason,
    lines_before: linesBefore && stored(linesBefore),
    before: one.before,
    commands: one.commands,
    // What the ledger hears nothing of waits for nothing.
    position: one.commands.length === 0 ? 0 : null,
  }));
  await tx.execute(
    `insert into books.changes (tenant_id, entry_id, version, account_id, kind, at, by, reason, lines_before, before, commands, position)
     select $1, c.* from jsonb_to_recordset($2::jsonb) as c (entry_id uuid, version int, account_id uuid, kind text, at timestamptz, by text,
       reason text, lines_before jsonb, before jsonb, commands jsonb, position bigint)`,
    [tenantId, JSON.stringify(rows)],
  );
}

export const listChanges = (tx: Tx, tenantId: string, entryId: string): Promise<ChangeRecord[]> =>
  tx.query<ChangeRecord>(
    `select entry_id as "entryId", version, kind, at, by, reason, lines_before as "linesBefore", commands, position, refusal
     from books.changes where tenant_id = $1 and entry_id = $2 order by version`,
    [tenantId, entryId],
  );

/** Those of the entries of which a change has not reached the ledger yet. */
export async function findUnposted(tx: Tx, tenantId: string, entryIds: readonly string[]): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>(
    `select distinct entry_id as id from books.changes where tenant_id = $1 and entry_id = any($2::uuid[]) and position is null and refusal is null`,
    [tenantId, entryIds],
  );
  return new Set(rows.map(({ id }) => id));
}

type Reversed = { entryId: string; version: number; at: Date; by: string | null };

/** `by`: the entry that mirrors it, where it was not taken back on its own days. */
export async function markReversed(tx: Tx, tenantId: string, { entryId, version, at, by }: Reversed): Promise<void> {
  await tx.execute('update books.entries set reversed_at = $4, reversed_by = $5, version = $3 where tenant_id = $1 and id = $2', [
    tenantId,
    entryId,
    version,
    at,
    by,
  ]);
}

type Words = Pick<EntryRecord, 'text' | 'tags' | 'folded' | 'method' | 'counterpartySealed' | 'counterpartyHash' | 'version'>;

/** Gives an entry other words. */
export async function writeWords(tx: Tx, tenantId: string, { entryId, ...words }: Words & { entryId: string }): Promise<void> {
  await tx.execute(
    `update books.entries set text = $3, tags = $4, folded = $5, method = $6, counterparty_sealed = $7, counterparty_hash = $8, version = $9
     where tenant_id = $1 and id = $2`,
    [
      tenantId,
      entryId,
      words.text,
      words.tags,
      words.folded,
      words.method,
      words.counterpartySealed,
      words.counterpartyHash,
      words.version,
    ],
  );
}

export type Resorted = { entryId: string; accountId: string; version: number; isUnsorted: boolean; lines: readonly EntryLine[] };

/** Gives entries other lines. */
export async function replaceLines(tx: Tx, tenantId: string, entries: readonly Resorted[]): Promise<void> {
  const ids = entries.map(({ entryId }) => entryId);
  await tx.execute('delete from books.lines where tenant_id = $1 and entry_id = any($2::uuid[])', [tenantId, ids]);
  const lines = entries.flatMap(({ entryId, lines: own }) =>
    own.map(({ categoryId, amountMinor }, nth) => ({
      entry_id: entryId,
      nth,
      category_id: categoryId,
      amount_minor: amountMinor.toString(),
    })),
  );
  await tx.execute(
    `with changed as (
       update books.entries e set version = c.version, is_unsorted = c.is_unsorted
       from unnest($2::uuid[], $3::int[], $4::boolean[]) c (id, version, is_unsorted) where e.tenant_id = $1 and e.id = c.id
       returning e.id, e.account_id, e.date, e.competence
     )
     insert into books.lines (tenant_id, entry_id, nth, account_id, category_id, date, competence, amount_minor)
     select $1, l.entry_id, l.nth, c.account_id, l.category_id, c.date, c.competence, l.amount_minor
     from json_to_recordset($5::json) as l (entry_id uuid, nth smallint, category_id uuid, amount_minor numeric) join changed c on c.id = l.entry_id`,
    [tenantId, ids, entries.map(({ version }) => version), entries.map(({ isUnsorted }) => isUnsorted), JSON.stringify(lines)],
  );
}

/** What the ledger refused is as it was before: entries stand again, with the lines they had. */
export async function undoRefused(tx: Tx, tenantId: string, refused: readonly { entryId: string; version: number }[]): Promise<void> {
  for (const { entryId, version } of refused.filter((one) => one.version > 1)) {
    const change = (await listChanges(tx, tenantId, entryId)).find((one) => one.version === version);
    if (change?.kind === 'reversed')
      await tx.execute('update books.entries set reversed_at = null where tenant_id = $1 and id = $2', [tenantId, entryId]);
    if (change?.kind !== 'recategorised' || !change.linesBefore) continue;
    const [entry] = await tx.query<{ accountId: string; version: number }>(
      'select account_id as "accountId", version from books.entries where tenant_id = $1 and id = $2',
      [tenantId, entryId],
    );
    const lines = change.linesBefore.map((line) => ({ categoryId: line.categoryId, amountMinor: BigInt(line.amountMinor) }));
    await replaceLines(tx, tenantId, [{ entryId, ...entry!, isUnsorted: isUnsorted(entry!.accountId, lines), lines }]);
  }
}
