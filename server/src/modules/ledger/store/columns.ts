import { plainArray, textArray } from '#platform/db/arrays.ts';

/**
 * One column of rows that travel to Postgres as an array. Rarely used columns are `sparse`: a batch in which no row has a value leaves
 * them out altogether, so that plain transfers pay nothing for what they do not use.
 */
export type Column<Row> = {
  name: string;
  /** Type of one element. */
  type: string;
  of: (row: Row) => string | number | bigint | null;
  array: (rows: readonly Row[]) => string;
  sparse?: boolean;
  /** What is stored, where that is not the value as it came. */
  stored?: string;
};

export type Table<Row> = {
  name: string;
  columns: readonly Column<Row>[];
  /** Whether rows carry the instant of their batch. */
  dated: boolean;
  onConflict?: string;
};

type Options = { sparse?: boolean; stored?: string };

/** Ids, numbers, instants and fixed words. */
export function plain<Row>(
  name: string,
  type: string,
  of: (row: Row) => string | number | bigint | null,
  options: Options = {},
): Column<Row> {
  return { name, type, of, ...options, array: (rows) => plainArray(rows.map(of)) };
}

/** Free text and JSON. */
export function text<Row>(name: string, type: string, of: (row: Row) => string | null, options: Options = {}): Column<Row> {
  return { name, type, of, ...options, array: (rows) => textArray(rows.map(of)) };
}

/** Binary strings, given in hexadecimal digits. */
export function bytes<Row>(name: string, of: (row: Row) => string): Column<Row> {
  return { name, type: 'bytea', of, array: (rows) => `{${rows.map((row) => `"\\\\x${of(row)}"`).join(',')}}` };
}

/**
 * A part of the batch's statement: `<name> as (insert …)` of rows that belong to its tenant ($1) and instant ($5), if there is a row of
 * `head`. Adds the columns' arrays to `params`.
 */
export function insertInto<Row>(table: Table<Row>, rows: readonly Row[], params: unknown[]): string {
  const used = table.columns.filter((column) => !column.sparse || rows.some((row) => column.of(row) !== null));
  const names = used.map((column) => column.name).join(', ');
  const values = used.map(({ name, stored }) => stored ?? `r.${name}`).join(', ');
  const arrays = used.map((column) => `$${params.push(column.array(rows))}::${column.type}[]`).join(', ');
  return `new_${table.name} as (
  insert into ledger.${table.name} (tenant_id, ${table.dated ? 'recorded_at, ' : ''}${names})
  select $1, ${table.dated ? '$5, ' : ''}${values} from unnest(${arrays}) r (${names})
  where exists (select from head) ${table.onConflict ?? ''}
)`;
}
