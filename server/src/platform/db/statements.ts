/** Statements counted before they are known to return; what comes later stays unnamed. */
const MAX_COUNTED = 4_000;
/** Statements a connection keeps planned: some tens of kilobytes each in the server process behind it. */
const MAX_NAMED = 400;
/** A statement that comes so often is worth a plan of its own. */
const NAMED_FROM = 3;

/**
 * Gives statements that return names, the same on every connection, so that each connection's server process parses and plans them once
 * (planning a seek over monthly partitions takes longer than the seek). Texts must not carry values: those are parameters.
 */
export class StatementNames {
  readonly #seen = new Map<string, { count: number; name: string | undefined }>();
  #named = 0;
  #generation = 1;

  /** The statement's name, or undefined while it has not proved to return. */
  of(sql: string): string | undefined {
    let one = this.#seen.get(sql);
    if (!one) {
      if (this.#seen.size >= MAX_COUNTED) return undefined;
      one = { count: 0, name: undefined };
      this.#seen.set(sql, one);
    }
    if (one.name === undefined && ++one.count >= NAMED_FROM && this.#named < MAX_NAMED) one.name = `s${this.#generation}_${++this.#named}`;
    return one.name;
  }

  /** Other names from here on: what connections keep under the ones so far was planned for tables that a migration has changed. */
  renew(): void {
    this.#seen.clear();
    this.#named = 0;
    this.#generation++;
  }
}
