import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { encodeData, encodeNote } from './dump-format.ts';

export type DumpSummary = { tables: number; rows: number };

/**
 * Writes every table of every schema, as it stands at one instant, into one gzipped stream: a logical backup without `pg_dump`, which
 * npm does not bring. The application may go on meanwhile. Only data is kept; tables come from the same migrations.
 */
export async function dumpDatabase(adminUrl: string, output: Writable): Promise<DumpSummary> {
  const client = new pg.Client({ connectionString: adminUrl, application_name: 'lastro-dump' });
  await client.connect();
  const summary: DumpSummary = { tables: 0, rows: 0 };
  try {
    // One snapshot for all tables: an event is in an outbox or in the log, an effect is there together with its cursor.
    await client.query(`begin isolation level repeatable read read only; set local timezone = 'UTC'; set local statement_timeout = 0`);
    await pipeline(records(client, summary), createGzip({ level: 6 }), output);
    return summary;
  } finally {
    await client.end();
  }
}

async function* records(client: pg.Client, summary: DumpSummary): AsyncGenerator<Buffer> {
  const tables = await listTables(client);
  const { rows: migrations } = await client.query<{ name: string; checksum: string }>(
    'select name, checksum from platform.migrations order by name',
  );
  yield encodeNote({ kind: 'header', format: 1, migrations, tables: tables.map((table) => table.name) });
  for (const partition of await listPartitions(client)) yield encodeNote({ kind: 'partition', ...partition });
  for (const table of tables) {
    yield encodeNote({ kind: 'table', ...table });
    const columns = table.columns.map((column) => pg.escapeIdentifier(column)).join(', ');
    // A query and not the table itself: COPY does not look into the partitions of a table.
    const stream = client.query(copyTo(`copy (select ${columns} from ${table.name}) to stdout`));
    for await (const chunk of stream) yield encodeData(chunk as Buffer);
    yield encodeNote({ kind: 'rows', count: stream.rowCount });
    summary.tables++;
    summary.rows += stream.rowCount;
  }
  for (const sequence of await listSequences(client)) yield encodeNote({ kind: 'sequence', ...sequence });
  yield encodeNote({ kind: 'end' });
}

const OWN_SCHEMAS = `n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`;

/** Quoted names and columns of all tables with data of ours; partitions are read through their parent. */
export async function listTables(client: pg.Client): Promise<{ name: string; columns: string[] }[]> {
  const { rows } = await client.query<{ name: string; columns: string[] }>(
    `select format('%I.%I', n.nspname, c.relname) as name,
       array(select a.attname::text from pg_attribute a
             where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum) as columns
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where ${OWN_SCHEMAS} and c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence = 'p'
       and (n.nspname, c.relname) <> ('platform', 'migrations')
       and not exists (select from pg_depend d where d.objid = c.oid and d.classid = 'pg_class'::regclass and d.deptype = 'e')
     order by 1`,
  );
  return rows;
}

/** Partitions made in the course of time, which migrations alone do not make again. */
async function listPartitions(client: pg.Client): Promise<{ parent: string; name: string; bound: string }[]> {
  const { rows } = await client.query<{ parent: string; name: string; bound: string }>(
    `select format('%I.%I', pn.nspname, p.relname) as parent, format('%I.%I', n.nspname, c.relname) as name,
       pg_get_expr(c.relpartbound, c.oid) as bound
     from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_namespace n on n.oid = c.relnamespace
       join pg_class p on p.oid = i.inhparent join pg_namespace pn on pn.oid = p.relnamespace
     where ${OWN_SCHEMAS} and c.relispartition and c.relkind in ('r', 'p') order by 2`,
  );
  return rows;
}

async function listSequences(client: pg.Client): Promise<{ name: string; lastValue: string; isCalled: boolean }[]> {
  const { rows } = await client.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where ${OWN_SCHEMAS} and c.relkind = 'S' order by 1`,
  );
  const sequences: { name: string; lastValue: string; isCalled: boolean }[] = [];
  for (const { name } of rows) {
    const { rows: found } = await client.query<{ last: string; called: boolean }>(
      `select last_value as last, is_called as called from ${name}`,
    );
    sequences.push({ name, lastValue: found[0]!.last, isCalled: found[0]!.called });
  }
  return sequences;
}
