import { createReadStream, readFileSync, statSync } from 'node:fs';
import { type Mapping, type Preview, previewFile } from '@lastro/server/banks/preview';
import type { Command } from 'commander';
import { sayReason } from './preview-words.ts';
import { EXIT, Refusal, type Shell } from './shell.ts';
import { type Words, wordsFor } from './words.ts';

type Options = { mapping?: string; dateOrder?: string; card?: true };

/** What a bank's file would bring, without a server: nothing is sent anywhere. */
export function cashflowCommand(program: Command, words: Words, shell: () => Shell): void {
  const cashflow = program.command('cashflow').description(words.cashflow);
  cashflow
    .command('preview')
    .description(words.preview)
    .argument('<file>')
    .option('--mapping <file>', words.mapping)
    .option('--date-order <order>', words.dateOrder)
    .option('--card', words.card)
    .option('--json', words.json)
    .action(async (file: string, options: Options & { json?: true }) => {
      const out = shell();
      const { dateOrder } = options;
      if (dateOrder !== undefined && dateOrder !== 'day-first' && dateOrder !== 'month-first')
        throw new Refusal(`--date-order: ${dateOrder}. ${words.usage}`, EXIT.usage);
      if (!statSync(file).isFile()) throw new Refusal(`${file}: ${sayReason('not-a-text-file', isEnglish(words))}`);
      const mapping = options.mapping === undefined ? undefined : readMapping(options.mapping, words);
      const { preview, end } = await previewFile(() => createReadStream(file), { mapping, dateOrder, isCard: options.card });
      if (out.json || options.json) out.print(JSON.stringify(preview));
      else show(out, file, preview, isEnglish(words));
      // Without a format nothing could be read at all; with one, the file is damaged or does not add up.
      if (end.broken) process.exitCode = end.format === undefined ? EXIT.failed : EXIT.differs;
    });
}

const isEnglish = (words: Words): boolean => words === wordsFor({ LANG: 'en' });

function show(out: Shell, file: string, { entries, refused, warnings, ...sums }: Preview, english: boolean): void {
  if (entries.length > 0) out.print('date\tamountMinor\tkind\ttext');
  for (const { date, amountMinor, kind, text } of entries) out.print([date, amountMinor, kind, text].join('\t'));
  for (const [name, value] of Object.entries(sums)) out.say(`${name}\t${value ?? ''}`);
  for (const { line, reason } of refused) out.say(`${file}:${line}\t${sayReason(reason, english)}`);
  for (const warning of warnings) out.say(sayReason(warning, english));
}

/** Columns of a table that nobody knows. @throws Refusal when the file says no such thing */
function readMapping(file: string, words: Words): Mapping {
  const wrong = new Refusal(`--mapping: ${file}. ${words.mapping}`, EXIT.usage);
  let said: Partial<Record<keyof Mapping, unknown>>;
  try {
    said = JSON.parse(readFileSync(file, 'utf8')) as typeof said;
  } catch {
    throw wrong;
  }
  const isColumn = (name: keyof Mapping): boolean => said[name] === undefined || typeof said[name] === 'string';
  const optional = ['amount', 'credit', 'debit', 'direction', 'reference', 'balance'] as const;
  const hasTexts = Array.isArray(said.text) && said.text.every((name) => typeof name === 'string');
  if (typeof said.date !== 'string' || !hasTexts || !optional.every(isColumn)) throw wrong;
  return said as Mapping;
}
