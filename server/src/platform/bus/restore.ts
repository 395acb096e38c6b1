import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { type DumpSummary, listTables } from './dump.ts';
import { type DumpNote, type DumpRecord, decodeRecords } from './dump-format.ts';

/**
 * Fills a freshly migrated database from a dump, in one transaction: all of it, or nothing. The cluster may be another one; positions, cursors
 * and sequences go on where they were. Throws when the database has other migrations, has seen events, or the dump is cut off.
 */
export async function restoreDatabase(adminUrl: string, input: Readable): Promise<DumpSummary> {
  const gunzip = createGunzip();
  // Its failures, those of the file among them, are thrown where the records are read.
  pipeline(input, gunzip).catch(() => undefined);
  gunzip.on('error', () => undefined);
  const client = new pg.Client({ connectionString: adminUrl, application_name: 'lastro-restore' });
  try {
    await client.connect();
    // Replica: rows come as they were, without triggers doing their work again or foreign keys asking for an order of tables.
    await client.query(`begin; set local timezone = 'UTC'; set local statement_timeout = 0; set local session_replication_role = replica`);
    const summary = await load(client, decodeRecords(gunzip as AsyncIterable<Buffer>));
    await client.query('commit');
    await client.query('analyze');
    return summary;
  } finally {
    input.destroy();
    await client.end();
  }
}

async function load(client: pg.Client, records: AsyncGenerator<DumpRecord>): Promise<DumpSummary> {
  const summary: DumpSummary = { tables: 0, rows: 0 };
  let complete = false;
  // By hand: a loop would close the source when a table's data is read from it by another function.
  for (let next = await records.next(); !next.done; next = await records.next()) {
    if ('data' in next.value) throw new Error('the dump has data without a table');
    const { note } = next.value;
    if (note.kind === 'header') await prepare(client, note);
    else if (note.kind === 'partition') await ensurePartition(client, note);
    else if (note.kind === 'table') {
      summary.rows += await fillTable(client, note, records);
      summary.tables++;
    } else if (note.kind === 'sequence') await client.query('select setval($1, $2, $3)', [note.name, note.lastValue, note.isCalled]);
    else complete = note.kind === 'end';
  }
  if (!complete) throw new Error('the dump is cut off');
  return summary;
}

/** Copies the data that follows into a table, up to the note that closes it; answers its rows. */
async function fillTable(client: pg.Client, table: DumpNote & { kind: 'table' }, records: AsyncGenerator<DumpRecord>): Promise<number> {
  const columns = table.columns.map((column) => pg.escapeIdentifier(column)).join(', ');
  const copy = client.query(copyFrom(`copy ${table.name} (${columns}) from stdin`));
  // It fails once more when the server has heard of it, and by then the pipeline below no longer listens.
  copy.on('error', () => undefined);
  let expected: number | undefined;
  async function* data(): AsyncGenerator<Buffer> {
    for (let next = await records.next(); !next.done; next = await records.next()) {
      if ('data' in next.value) {
        yield next.value.data;
        continue;
      }
      if (next.value.note.kind === 'rows') expected = next.value.note.count;
      return;
    }
  }
  await pipeline(data, copy);
  if (copy.rowCount !== expected)
    throw new Error(`the dump is cut off or damaged: ${table.name} took ${copy.rowCount} rows of ${expected}`);
  return copy.rowCount;
}

async function prepare(client: pg.Client, header: DumpNote & { kind: 'header' }): Promise<void> {
  const { rows } = await client.query<{ name: string; checksum: string }>('select name, checksum from platform.migrations order by name');
  if (JSON.stringify(rows) !== JSON.stringify(header.migrations)) {
    throw new Error(
      'the database and the dump have different migrations: migrate it with the version that was running at the time of the dump',
    );
  }
  const tables = (await listTables(client)).map((table) => table.name);
  if (tables.join() !== header.tables.join()) throw new Error('the database and the dump have different tables');
  const { rows: head } = await client.query<{ position: string }>('select position from bus.head');
  if (head[0]!.position !== '0') throw new Error('this database has seen events already: restore into an empty one');
  // What migrations put in themselves (the head of the log, the list of modules) is in the dump, too.
  await client.query(`truncate ${tables.join(', ')}`);
}

async function ensurePartition(client: pg.Client, partition: DumpNote & { kind: 'partition' }): Promise<void> {
  const { rows } = await client.query<{ found: boolean }>('select to_regclass($1) is not null as found', [partition.name]);
  if (!rows[0]!.found) await client.query(`create table ${partition.name} partition of ${partition.parent} ${partition.bound}`);
}
