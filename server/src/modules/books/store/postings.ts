import type { Tx } from '#platform/db/db.ts';
import type { Command } from '../domain/postings.ts';
import { ENTRY_WITH_LINES, type EntryRecord, type EntryRow, recordOf } from './entries.ts';

/** What the ledger said of an entry's version. */
export type Answered = { entryId: string; version: number; position: bigint | null; refusal: string | null };

/** Entries of all tenants that wait to be posted and whose day has come. For jobs. */
export async function findWaitingEntries(
  tx: Tx,
  { today, before, limit }: { today: string; before: Date; limit: number },
): Promise<(EntryRecord & { tenantId: string })[]> {
  const rows = await tx.query<EntryRow & { tenantId: string }>(
    `select e.tenant_id as "tenantId", ${ENTRY_WITH_LINES} from books.entries e
     where e.position is null and e.refusal is null and e.recorded_at < $2 and e.date <= $1 and e.competence <= $1
     order by e.recorded_at limit $3`,
    [today, before, limit],
  );
  return rows.map((row) => ({ ...recordOf(row), tenantId: row.tenantId }));
}

export type WaitingChange = { tenantId: string; entryId: string; accountId: string; version: number; commands: Command[] };

/** Changes that wait to be posted, of entries that are: in the order in which they were made. */
export const findWaitingChanges = (tx: Tx, { before, limit }: { before: Date; limit: number }): Promise<WaitingChange[]> =>
  tx.query<WaitingChange>(
    `select c.tenant_id as "tenantId", c.entry_id as "entryId", c.account_id as "accountId", c.version, c.commands
     from books.changes c join books.entries e on e.tenant_id = c.tenant_id and e.id = c.entry_id
     where c.position is null and c.refusal is null and c.at < $1 and e.position is not null
       and not exists (select from books.changes p where p.tenant_id = c.tenant_id and p.entry_id = c.entry_id and p.version < c.version
         and p.position is null and p.refusal is null)
     order by c.at limit $2`,
    [before, limit],
  );

/** Writes down what the ledger said, of those that still wait for it; answers those that were refused by this. */
export async function writeAnswers(
  tx: Tx,
  tenantId: string,
  answers: readonly Answered[],
): Promise<{ entryId: string; version: number }[]> {
  const refused: { entryId: string; version: number }[] = [];
  const params = (some: readonly Answered[]) => [
    tenantId,
    some.map(({ entryId }) => entryId),
    some.map(({ version }) => version),
    some.map(({ position }) => position),
    some.map(({ refusal }) => refusal),
  ];
  const asked = 'unnest($2::uuid[], $3::int[], $4::bigint[], $5::text[]) a (entry_id, version, position, refusal)';
  const entries = answers.filter(({ version }) => version === 1);
  const changes = answers.filter(({ version }) => version > 1);
  if (entries.length > 0)
    refused.push(
      ...(
        await tx.query<{ entryId: string; version: number; refusal: string | null }>(
          `update books.entries e set position = a.position, refusal = a.refusal from ${asked}
         where e.tenant_id = $1 and e.id = a.entry_id and a.version = 1 and e.position is null and e.refusal is null
         returning e.id as "entryId", a.version, e.refusal`,
          params(entries),
        )
      ).filter(({ refusal }) => refusal !== null),
    );
  if (changes.length > 0)
    refused.push(
      ...(
        await tx.query<{ entryId: string; version: number; refusal: string | null }>(
          `update books.changes c set position = a.position, refusal = a.refusal from ${asked}
         where c.tenant_id = $1 and c.entry_id = a.entry_id and c.version = a.version and c.position is null and c.refusal is null
         returning c.entry_id as "entryId", c.version, c.refusal`,
          params(changes),
        )
      ).filter(({ refusal }) => refusal !== null),
    );
  return refused.map(({ entryId, version }) => ({ entryId, version }));
}
