/**
 * What a failed database call says, told once for the whole house: the pool, the event log, the ledger's writer and the HTTP edge decide by
 * this list what may be tried again, what has to be waited out, and whose fault it was.
 */
export type FaultKind =
  /** Lost against another transaction (serialisation failure, deadlock): nothing was done, the same again will do. */
  | 'contention'
  /** The connection broke or fell silent. Was a commit under way, nobody knows yet whether it happened. */
  | 'connection'
  /** The database did not do it now: a statement or lock took too long, resources ran out. Nothing of the transaction was done. */
  | 'overload'
  /** The database is not (yet, any more) what this process needs: it became read-only, a grant or a table is missing in a rolling deployment. */
  | 'unfit'
  /** The values themselves were refused (SQLSTATE classes 22 and 23): the same values will be refused again. */
  | 'data'
  /** A fault of the database that is none of these, such as a statement that is no SQL. */
  | 'statement'
  /** Not from the database at all. */
  | 'foreign';

const CONTENTION = new Set(['40001', '40P01']);
/** 08: connection. 57P: operator (shutdown, crash, starting up, dropped). 25P03, 25P04: the server ended an idle or over-long transaction. */
const CONNECTION = /^(08|57P)|^25P0[34]$/;
/** 53: resources. 58: system. 57014: statement time-out. 55P03: lock not granted. */
const OVERLOAD = /^(53|58)|^(57014|55P03)$/;
/** Read-only; no right; no such table, column, function, schema; 55006, 55000: in use, not in the state for it. */
const UNFIT = new Set(['25006', '42501', '42P01', '42703', '42883', '3F000', '55006', '55000']);
const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ERR_SOCKET_CLOSED',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
]);
/** The driver's own errors carry no code. */
const DRIVER =
  /^(Query read timeout|Connection terminated|Connection ended|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Client was closed|Cannot use a pool after|no share of the connections|the connection was lost)|not queryable/i;
const SQLSTATE = /^[0-9A-Z]{5}$/;
/** Where Postgres refuses a row of another tenant: 42501 like a missing grant, but the row's own fault. */
const ROW_LEVEL_SECURITY = 'ExecWithCheckOptions';

/** @param error anything thrown by a database call, or by the work in its transaction. */
export function kindOfFault(error: unknown): FaultKind {
  if (error === null || typeof error !== 'object') return 'foreign';
  const { code, message, routine, severity } = error as { code?: unknown; message?: unknown; routine?: unknown; severity?: unknown };
  if (typeof code === 'string') {
    if (NETWORK.has(code)) return 'connection';
    if (SQLSTATE.test(code)) return kindOfState(code, routine, severity !== undefined);
  }
  return typeof message === 'string' && DRIVER.test(message) ? 'connection' : 'foreign';
}

function kindOfState(code: string, routine: unknown, fromServer: boolean): FaultKind {
  if (CONTENTION.has(code)) return 'contention';
  if (CONNECTION.test(code)) return 'connection';
  if (OVERLOAD.test(code)) return 'overload';
  if (code === '42501' && routine === ROW_LEVEL_SECURITY) return 'data';
  if (UNFIT.has(code)) return 'unfit';
  if (/^2[23]/.test(code)) return 'data';
  return fromServer ? 'statement' : 'foreign';
}

/** True when the failure says nothing about what was asked: it is waited out, for as long as it takes, and is nobody's fault. */
export function isOutage(error: unknown): boolean {
  const kind = kindOfFault(error);
  return kind === 'contention' || kind === 'connection' || kind === 'overload' || kind === 'unfit';
}

/** True when a commit may have happened although its call failed: look before doing it again. */
export function isOutcomeUnknown(error: unknown): boolean {
  return kindOfFault(error) === 'connection';
}

/** True when trying the whole transaction again at once is right: nothing of it was done. */
export function isRetryable(error: unknown): boolean {
  return kindOfFault(error) === 'contention';
}

/** The database became read-only (a demoted primary): every connection that led there is of no more use. */
export function isReadOnlyServer(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === '25006';
}

/** `cached plan must not change result type`: planned for a table that a migration has changed since. */
export function isStalePlan(error: unknown): boolean {
  const { code, routine } = error as { code?: string; routine?: string };
  return code === '0A000' && routine === 'RevalidateCachedQuery';
}
