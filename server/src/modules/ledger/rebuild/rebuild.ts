import pg from 'pg';
import { rebuildEntries } from './entries.ts';
import { FROM_RECORDS, rebuildFromRecords } from './from-records.ts';

/** What a projection was compared with: itself, made again from the records. Examples name at most ten rows. */
export type Compared = { projection: string; rows: number; missing: number; extra: number; different: number; examples: string[] };

export type RebuildReport = {
  tenants: number;
  records: number;
  projections: Compared[];
  /** Before anything was put right. */
  identical: boolean;
  /** What differed was replaced by what was made again. */
  applied: boolean;
};

export type RebuildProgress = { tenantId: string; projection: string; done: number; total: number };

export type RebuildOptions = {
  /** Of a role that owns the tables: what is append-only for the application is put right here. */
  adminUrl: string;
  apply: boolean;
  onProgress?: (progress: RebuildProgress) => void;
};

/** One transaction's connection, and where to tell how far it is. */
export type Workshop = { client: pg.Client; apply: boolean; tell: (progress: RebuildProgress) => void };

/**
 * Makes balances, open holds, account states and tags again from the records, beside the live ones, and compares them. All of it
 * sees one moment of the ledger, whoever writes meanwhile. Throws when records are not all there, as with detached months. With `apply` what differs is replaced, in the same transaction, while writers wait.
 */
export async function rebuildProjections({ adminUrl, apply, onProgress }: RebuildOptions): Promise<RebuildReport> {
  const client = new pg.Client({ connectionString: adminUrl, application_name: 'lastro-rebuild' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read');
    await client.query(`set local statement_timeout = 0; set local lock_timeout = '60s'`);
    // Before the first read, so that what is seen is what nobody changes any more.
    if (apply) await client.query('lock table ledger.heads, ledger.tag_cursor in exclusive mode');
    const report = await compareAll({ client, apply, tell: onProgress ?? (() => undefined) });
    await client.query('commit');
    return report;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    await client.end();
  }
}

async function compareAll(workshop: Workshop): Promise<RebuildReport> {
  const { rows: heads } = await workshop.client.query<{ tenant_id: string; seq: string }>(
    'select tenant_id, seq from ledger.heads order by tenant_id',
  );
  const compared = new Map<string, Compared>();
  const add = (one: Compared): void => {
    const sum = compared.get(one.projection);
    if (!sum) compared.set(one.projection, one);
    else {
      for (const count of ['rows', 'missing', 'extra', 'different'] as const) sum[count] += one[count];
      sum.examples.push(...one.examples.slice(0, 10 - sum.examples.length));
    }
  };
  for (const { tenant_id: tenantId, seq } of heads) {
    await requireAllRecords(workshop.client, tenantId, BigInt(seq));
    add(await rebuildEntries(workshop, tenantId, Number(seq)));
    for (const projection of FROM_RECORDS) add(await rebuildFromRecords(workshop, tenantId, projection));
  }
  const projections = [...compared.values()];
  const identical = projections.every(({ missing, extra, different }) => missing + extra + different === 0);
  const records = heads.reduce((sum, { seq }) => sum + Number(seq), 0);
  return { tenants: heads.length, records, projections, identical, applied: workshop.apply && !identical };
}

/** Balances made from a part of the records would be wrong, and putting the live ones right by them would lose money. */
async function requireAllRecords(client: pg.Client, tenantId: string, head: bigint): Promise<void> {
  const { rows } = await client.query<{ n: string }>(
    `select (select count(*) from ledger.transfers where tenant_id = $1) + (select count(*) from ledger.directives where tenant_id = $1) as n`,
    [tenantId],
  );
  const there = BigInt(rows[0]!.n);
  if (there !== head)
    throw new Error(
      `tenant ${tenantId} has ${there} of its ${head} records here: attach the months that were detached, or restore what is missing`,
    );
}
