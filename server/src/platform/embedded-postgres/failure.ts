/** A start or stop of the embedded Postgres that failed; the message says what happened and what to do, for a person to read. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}

/** Message of an unknown thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Code (`ENOENT`, `EACCES`, a Postgres SQLSTATE…) of an unknown thrown value, if it has one. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}
