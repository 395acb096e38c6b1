/** The file of what was acknowledged, kept outside the ledger and written through to the disk. */
import { closeSync, fdatasyncSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import type { CommandResult } from '#ledger';

export class Acknowledged {
  readonly file: string;
  readonly #handle: number;
  #lines: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(file: string) {
    this.file = file;
    this.#handle = openSync(file, 'w');
  }

  add(results: readonly CommandResult[]): void {
    for (const { id, outcome, code, seq } of results) {
      // A conflict tells of the command that asked, not of what the id stands for.
      if (code !== 'LEDGER_ID_CONFLICT' && code !== 'LEDGER_BLOCK_MIXED') this.#lines.push(`${id} ${outcome === 'done' ? seq : code}\n`);
    }
    this.#timer ??= setTimeout(() => this.flush(), 50);
  }

  /** On the disk when it returns. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines.length === 0) return;
    writeSync(this.#handle, this.#lines.join(''));
    this.#lines = [];
    fdatasyncSync(this.#handle);
  }

  /** What each id was answered with: its place, or the code of its refusal. The last `most` lines only, when given. */
  read(most = Number.POSITIVE_INFINITY): [id: string, said: string][] {
    this.flush();
    const lines = readFileSync(this.file, 'utf8').trimEnd().split('\n').slice(-most);
    return lines.filter((line) => line !== '').map((line) => line.split(' ') as [string, string]);
  }

  remove(): void {
    this.flush();
    closeSync(this.#handle);
    unlinkSync(this.file);
  }
}
