import { createLastro, type Lastro, LastroProblem } from '@lastro/client';
import type { Words } from './words.ts';

/** How a run ends, for scripts. */
export const EXIT = { done: 0, failed: 1, usage: 2, differs: 3 } as const;

/** Ends the run with a sentence for the person and a code for the script. */
export class Refusal extends Error {
  readonly exit: number;
  constructor(message: string, exit: number = EXIT.failed) {
    super(message);
    this.exit = exit;
  }
}

export type GlobalOptions = { url?: string; clientId?: string; clientSecret?: string; json?: boolean };

export type Shell = {
  words: Words;
  json: boolean;
  /** A server, once it is needed. */
  lastro(): Lastro;
  /** Results, on the standard output. */
  print(line: string): void;
  /** Rows of a table for people, or a line of JSON each. */
  rows<T extends object>(items: AsyncIterable<T> | Iterable<T>, columns: readonly (keyof T & string)[]): Promise<number>;
  /** How far it is, on the standard error: a line that is written over, when somebody looks. */
  progress(text: string): void;
  /** A remark, on the standard error. */
  say(text: string): void;
};

export function createShell(words: Words, options: GlobalOptions, env: Record<string, string | undefined>): Shell {
  let isLineOpen = false;
  let toldAt = 0;
  const closeLine = (): void => {
    if (isLineOpen) process.stderr.write('\n');
    isLineOpen = false;
  };
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  return {
    words,
    json: options.json ?? false,
    lastro: () => {
      const url = options.url ?? env.LASTRO_URL ?? 'http://localhost:3000';
      const clientId = options.clientId ?? env.LASTRO_CLIENT_ID;
      const clientSecret = options.clientSecret ?? env.LASTRO_CLIENT_SECRET;
      if (env.LASTRO_TOKEN) return createLastro({ url, credentials: { token: env.LASTRO_TOKEN } });
      if (!clientId || !clientSecret) throw new Refusal(words.noCredentials, EXIT.usage);
      return createLastro({ url, credentials: { clientId, clientSecret } });
    },
    print,
    async rows(items, columns) {
      let count = 0;
      for await (const item of items) {
        if (count === 0 && !options.json) print(columns.join('\t'));
        count += 1;
        print(options.json ? JSON.stringify(item) : columns.map((column) => cell(item[column])).join('\t'));
        await drained();
      }
      return count;
    },
    progress(text) {
      const isSeen = process.stderr.isTTY === true;
      // A file of a log gets a line every few seconds, a person one that moves.
      const now = performance.now();
      if (now - toldAt < (isSeen ? 100 : 5_000)) return;
      toldAt = now;
      process.stderr.write(isSeen ? `\r\u001b[K${text}` : `${text}\n`);
      isLineOpen = isSeen;
    },
    say(text) {
      closeLine();
      process.stderr.write(`${text}\n`);
    },
  };
}

const cell = (value: unknown): string =>
  value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);

/** Waits for a slow reader of the output, so that a long list is not kept in memory. */
export function drained(): Promise<void> {
  if (!process.stdout.writableNeedDrain) return Promise.resolve();
  return new Promise((resolve) => process.stdout.once('drain', resolve));
}

/** What to say of a failure, and the code to end with. */
export function judge(error: unknown, words: Words): { message: string; exit: number } {
  if (error instanceof Refusal) return { message: error.message, exit: error.exit };
  if (error instanceof LastroProblem) {
    const hint = error.action ? ` ${error.action}` : '';
    return { message: `${error.code} (${error.status}): ${error.detail}${hint}`, exit: EXIT.failed };
  }
  const { message, cause } = error as Error & { cause?: { message?: string; code?: string } };
  const isNetwork = error instanceof TypeError && cause !== undefined;
  return { message: isNetwork ? `${words.unreachable}: ${cause.message || cause.code || message}` : message, exit: EXIT.failed };
}
