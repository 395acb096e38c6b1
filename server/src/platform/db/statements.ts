/** Texts counted before they are known to return; the one that was not asked for longest makes room. */
const MAX_COUNTED = 4_000;
/** Statements that have a name at one time: some tens of kilobytes each in the server process behind every connection. */
export const MAX_NAMED = 400;
/** A statement that comes so often is worth a plan of its own. */
const NAMED_FROM = 3;

/**
 * Gives statements that return names, the same on every connection, so that each connection's server process parses and plans them once
 * (planning a seek over monthly partitions takes longer than the seek). Texts must not carry values: those are parameters.
 *
 * A name is never given to a second text. When names run out, the statement that was not used longest loses its own, so that what is hot
 * now is planned now, however many texts came before. What a connection still keeps under lost names goes with the connection (see pool.ts).
 */
export class StatementNames {
  readonly #counts = new Map<string, number>();
  readonly #names = new Map<string, string>();
  #given = 0;
  #generation = 1;

  /** The statement's name, or undefined while it has not proved to return. */
  of(sql: string): string | undefined {
    const name = this.#names.get(sql);
    if (name !== undefined) {
      refresh(this.#names, sql, name);
      return name;
    }
    const count = (this.#counts.get(sql) ?? 0) + 1;
    if (count < NAMED_FROM) {
      refresh(this.#counts, sql, count);
      if (this.#counts.size > MAX_COUNTED) dropOldest(this.#counts);
      return undefined;
    }
    this.#counts.delete(sql);
    const given = `s${this.#generation}_${++this.#given}`;
    this.#names.set(sql, given);
    if (this.#names.size > MAX_NAMED) dropOldest(this.#names);
    return given;
  }

  /** Other names from here on: what connections keep under the ones so far was planned for tables that a migration has changed. */
  renew(): void {
    this.#counts.clear();
    this.#names.clear();
    this.#given = 0;
    this.#generation++;
  }
}

/** Maps keep the order of insertion: what is put in again is the youngest. */
function refresh<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
}

function dropOldest(map: Map<string, unknown>): void {
  map.delete(map.keys().next().value!);
}
