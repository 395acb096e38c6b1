import { createReadStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ImportEnd, type ImportLine, type Lastro, LastroProblem, readLines } from '@lastro/client';
import type { Command } from 'commander';
import { drained, EXIT, Refusal, type Shell } from './shell.ts';
import type { Words } from './words.ts';

/** Lines of one request: done well within the time a request may take. */
const PIECE = 5_000;
const TRIES = 6;
/** What passes: the same lines are sent again, and their ids keep them from happening twice. */
const PASSING = new Set([
  'LEDGER_OVERLOADED',
  'LEDGER_OUTCOME_UNKNOWN',
  'PLATFORM_UNAVAILABLE',
  'PLATFORM_TOO_MANY_REQUESTS',
  'PLATFORM_DEADLINE',
]);

type Piece = { lines: string[] /** Number of the line before the first. */; before: number };
type Format = 'jsonl' | 'csv';

export function importCommand(program: Command, words: Words, shell: () => Shell): void {
  program
    .command('import')
    .description(words.import)
    .argument('<file>')
    .option('--format <format>', words.format)
    .action(async (file: string, options: { format?: string }) => {
      const out = shell();
      const format = options.format ?? (file.endsWith('.csv') ? 'csv' : 'jsonl');
      if (format !== 'csv' && format !== 'jsonl') throw new Refusal(`--format: ${format}. ${words.usage}`, EXIT.usage);
      const lastro = out.lastro();
      const sum: ImportEnd = { lines: 0, done: 0, duplicates: 0, rejected: 0, malformed: 0 };
      let header: string | undefined;
      for await (const piece of piecesOf(readLines(file === '-' ? process.stdin : createReadStream(file)))) {
        const isFirst = header === undefined;
        if (format === 'csv') header ??= piece.lines[0];
        // Each piece of a CSV begins with its names of columns.
        const sent = format === 'csv' && !isFirst ? { lines: [header!, ...piece.lines], before: piece.before - 1 } : piece;
        const { answers, end } = await sendPiece(lastro, sent, format);
        for (const answer of answers) {
          if (out.json) out.print(JSON.stringify(answer));
          else if (answer.outcome !== 'done') out.print(`${file}:${answer.line}\t${answer.code ?? answer.outcome}\t${answer.detail ?? ''}`);
          await drained();
        }
        for (const count of ['lines', 'done', 'duplicates', 'rejected', 'malformed'] as const) sum[count] += end[count];
        header ??= '';
        out.progress(`${words.lines}: ${sum.lines}`);
      }
      out.say(
        `${words.accepted}: ${sum.done} (${words.repeated}: ${sum.duplicates}), ${words.rejected}: ${sum.rejected}, ${words.malformed}: ${sum.malformed}`,
      );
      if (sum.rejected + sum.malformed > 0) process.exitCode = EXIT.differs;
    });
}

async function* piecesOf(lines: AsyncIterable<string>): AsyncGenerator<Piece> {
  let piece: Piece = { lines: [], before: 0 };
  for await (const line of lines) {
    piece.lines.push(line);
    if (piece.lines.length < PIECE) continue;
    yield piece;
    piece = { lines: [], before: piece.before + piece.lines.length };
  }
  if (piece.lines.length > 0) yield piece;
}

type Answer = Exclude<ImportLine, { end: ImportEnd }>;

/** Sends a piece until all of it is answered, a bounded number of times. @throws LastroProblem for what does not pass by itself */
async function sendPiece(lastro: Lastro, { lines, before }: Piece, format: Format): Promise<{ answers: Answer[]; end: ImportEnd }> {
  for (let attempt = 1; ; attempt++) {
    try {
      const answers: Answer[] = [];
      for await (const answer of lastro.importLines(lines, format)) {
        if (!('end' in answer)) answers.push({ ...answer, line: answer.line + before });
        else if (!answer.end.error) return { answers, end: answer.end };
        else throw new LastroProblem(503, answer.end.error);
      }
      throw new TypeError('the answer broke off');
    } catch (error) {
      const passes = error instanceof TypeError || (error instanceof LastroProblem && PASSING.has(error.code));
      if (!passes || attempt === TRIES) throw error;
      await sleep(250 * 2 ** attempt);
    }
  }
}
