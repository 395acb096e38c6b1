import { createWriteStream, existsSync, truncateSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { ExportQuery } from '@lastro/client';
import type { Command } from 'commander';
import { continueFrom, isRecord, readPartial, writeLine } from './export-file.ts';
import { EXIT, Refusal, type Shell } from './shell.ts';
import type { Words } from './words.ts';

type Options = { output?: string; resume?: true; fromSeq?: string; toSeq?: string; csv?: true; account?: string };

export function exportCommand(program: Command, words: Words, shell: () => Shell): void {
  program
    .command('export')
    .description(words.export)
    .option('-o, --output <file>', words.output)
    .option('--resume', words.resume)
    .option('--from-seq <n>', words.fromSeq)
    .option('--to-seq <n>', words.toSeq)
    .option('--csv', words.csv)
    .option('--account <id>', words.account)
    .action(async (options: Options) => {
      const out = shell();
      if (options.resume) await resume(out, options, words);
      else await whole(out, options, words);
    });
}

async function whole(out: Shell, { output, fromSeq, toSeq, csv, account }: Options, words: Words): Promise<void> {
  const query = { format: csv ? 'csv' : 'jsonl', fromSeq, toSeq, accountId: account } as ExportQuery;
  const to = output === undefined ? process.stdout : createWriteStream(output, { mode: 0o600 });
  await receive(out, words, query, to, (line) => line);
}

/** Goes on with a file that was cut off: drops what is not whole and appends the rest, so that it is one export. */
async function resume(out: Shell, { output }: Options, words: Words): Promise<void> {
  if (output === undefined) throw new Refusal(`--resume, --output. ${words.usage}`, EXIT.usage);
  const partial = existsSync(output) ? await readPartial(output) : undefined;
  if (!partial) throw new Refusal(words.notResumable);
  const { header, fromSeq, bytes } = partial;
  const query: ExportQuery = { fromSeq: String(fromSeq), toSeq: String(header.toSeq), balances: header.fromSeq === 1 ? 'true' : 'false' };
  truncateSync(output, bytes);
  const to = createWriteStream(output, { flags: 'a' });
  await receive(
    out,
    words,
    query,
    to,
    continueFrom(partial, () => new Refusal(words.notResumable)),
  );
}

async function receive(
  out: Shell,
  words: Words,
  query: ExportQuery,
  to: NodeJS.WritableStream,
  keep: (line: string) => string | undefined,
): Promise<void> {
  let [records, total, isWhole] = [0, 0, false];
  try {
    for await (const line of out.lastro().exportLines(query)) {
      if (line.startsWith('{"export":')) total = (JSON.parse(line) as { toSeq: number }).toSeq;
      isWhole = line.startsWith('{"end":') || line.startsWith('# end ');
      if (isRecord(line) || query.format === 'csv') records += 1;
      const kept = keep(line);
      if (kept !== undefined) await writeLine(to as never, kept);
      out.progress(`${words.records}: ${records}${total ? `/${total}` : ''}`);
    }
  } catch (error) {
    if (records > 0 && error instanceof TypeError) throw new Refusal(words.cut);
    throw error;
  } finally {
    if (to !== process.stdout) {
      to.end();
      await finished(to);
    }
  }
  if (!isWhole) throw new Refusal(words.cut);
  out.say(`${words.done}: ${query.format === 'csv' ? Math.max(0, records - 2) : records} ${words.records}`);
}
