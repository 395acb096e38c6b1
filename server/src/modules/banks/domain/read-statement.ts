/** A file of a bank, from its bytes to its movements. Pure: the file is handed in as something that can be opened again. */
import { readReturn240, readReturn400 } from './cnab/read-return.ts';
import { readStatement240 } from './cnab/read-statement-240.ts';
import type { Mapping } from './csv/columns.ts';
import { readCsv } from './csv/read-csv.ts';
import { surveyCsv } from './csv/survey.ts';
import type { DateOrder } from './dates.ts';
import { type Line, readLines } from './lines.ts';
import { readOfx } from './ofx/read-ofx.ts';
import { surveyOfx } from './ofx/survey.ts';
import { HEAD_LINES, type Recognised, recognise } from './recognise.ts';
import { BrokenFile, type FileEnd, type FileItem, LIMITS, type Limits, type OpenFile } from './statement.ts';

/** What the person said of the file: columns, the order of day and month, whether it is of a card. */
export type ReadOptions = { mapping?: Mapping; dateOrder?: DateOrder; isCard?: boolean; limits?: Limits };

/**
 * All that stands in the file, in its order, and last an `end`. Nothing is thrown for what stands in it: a line that cannot be believed is
 * `refused`, and a file of which nothing may be saved has `broken` in its end, whatever items came before. The file is opened two or three times, and
 * at most a batch of lines is in memory.
 */
export async function* readStatement(open: OpenFile, options: ReadOptions = {}): AsyncGenerator<FileItem> {
  const { mapping, limits = LIMITS } = options;
  let rows = 0;
  let format: FileEnd['format'];
  try {
    const lines = (): AsyncIterable<Line[]> => readLines(open(), limits);
    const head = await readHead(lines());
    const recognised = applied(recognise(head, mapping), options);
    format = recognised.format;
    for await (const item of await readerOf(recognised, head, lines)) {
      rows += 1;
      if (item.kind !== 'end' && rows > limits.rowsMax) throw new BrokenFile(item.line, 'too-many-rows', String(limits.rowsMax));
      yield item;
    }
  } catch (error) {
    if (!(error instanceof BrokenFile)) throw error;
    const { line, reason, detail } = error;
    yield { kind: 'end', format, accounts: [], openingMinor: null, closingMinor: null, warnings: [], broken: { line, reason, detail } };
  }
}

async function readerOf(recognised: Recognised, head: Line[], lines: () => AsyncIterable<Line[]>): Promise<AsyncIterable<FileItem>> {
  switch (recognised.format) {
    case 'ofx':
      return readOfx(lines(), await surveyOfx(lines()));
    case 'csv':
      return readCsv(lines(), head, recognised.found, await surveyCsv(lines(), recognised.found));
    case 'cnab240-statement':
      return readStatement240(lines());
    case 'cnab240-return':
      return readReturn240(lines());
    case 'cnab400-return':
      return readReturn400(lines());
  }
}

function applied(recognised: Recognised, { dateOrder, isCard }: ReadOptions): Recognised {
  if (recognised.format !== 'csv') return recognised;
  const { found } = recognised;
  const layout = { ...found.layout, dateOrder: dateOrder ?? found.layout.dateOrder, isCard: isCard ?? found.layout.isCard };
  return { format: 'csv', found: { ...found, layout } };
}

async function readHead(batches: AsyncIterable<Line[]>): Promise<Line[]> {
  const head: Line[] = [];
  for await (const lines of batches) {
    head.push(...lines.slice(0, HEAD_LINES - head.length));
    if (head.length >= HEAD_LINES) break;
  }
  return head;
}
