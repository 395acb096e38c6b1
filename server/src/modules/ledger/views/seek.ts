/**
 * Joins that are one index seek a row, whatever the statistics say. As plain joins Postgres weighs them against reading whole months, and
 * under row-level security it takes a seek for ten times as dear as it is; the limit keeps it from choosing otherwise.
 */
const one = (alias: string, table: string, condition: string) =>
  `cross join lateral (select * from ledger.${table} where tenant_id = $1 and ${condition} limit 1) ${alias}`;

/** The transfer `t` at the place (`recorded_at`, `seq`) of a row. `since`: no row is older, so that earlier months are not even opened. */
export const transferAt = (row: string, since?: string) =>
  one('t', 'transfers', `recorded_at = ${row}.recorded_at and seq = ${row}.seq${since ? ` and recorded_at >= ${since}` : ''}`);
/** The entry `e` of the account `$12` at the place of a row. */
export const entryAt = (row: string, account: string) =>
  one('e', 'entries', `account_id = ${account} and recorded_at = ${row}.recorded_at and seq = ${row}.seq`);
/** The command `c` of a row's id. */
export const commandOf = (row: string) => one('c', 'commands', `id = ${row}.id`);
/** The account `a` of a row's id. */
export const accountOf = (row: string) => one('a', 'accounts', `id = ${row}.id`);
