/** Rows of a table from its lines, with quotes and line ends inside them, by csv-parse. */
import { parse } from 'csv-parse';
import type { Line } from '../lines.ts';
import { BrokenFile } from '../statement.ts';
import type { Found } from './find-layout.ts';

/** `line` is where the row ends. `isEnded` is false when the file ends with it and no line end follows. */
export type Row = { line: number; cells: string[]; isEnded: boolean; endsQuoted: boolean };
type Record = { record: string[]; info: { lines: number } };

const RECORD_MAX = 256 * 1024;

/** The rows behind the headings. @throws BrokenFile for a quote that nobody closes */
export async function* readRows(batches: AsyncIterable<Line[]>, { layout, headerLine, hasHeader }: Found): AsyncGenerator<Row> {
  const parser = parse({
    delimiter: layout.delimiter,
    record_delimiter: '\n',
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    info: true,
    max_record_size: RECORD_MAX,
  });
  let failure: Error | undefined;
  parser.on('error', (error) => (failure = error));
  let [last, isFirst, at] = [undefined as Line | undefined, hasHeader, headerLine - 1];
  const take = function* (): Generator<Row> {
    for (let found = parser.read() as Record | null; found !== null; found = parser.read() as Record | null) {
      at = headerLine - 1 + found.info.lines;
      // The headings go in as the first row, so that the parser knows how wide the table is.
      if (isFirst) isFirst = false;
      else
        yield {
          line: at,
          cells: found.record,
          isEnded: last?.isEnded !== false || at < last.number,
          endsQuoted: last?.text.endsWith('"') ?? false,
        };
    }
  };
  for await (const lines of batches) {
    const wanted = lines[0]!.number >= headerLine ? lines : lines.filter(({ number }) => number >= headerLine);
    if (wanted.length === 0) continue;
    last = wanted.at(-1);
    parser.write(`${wanted.map(({ text }) => text).join('\n')}\n`);
    yield* take();
    if (failure) throw new BrokenFile(at + 1, 'quote-not-closed');
  }
  await new Promise<void>((resolve) => {
    parser.once('error', () => resolve());
    parser.end(() => resolve());
  });
  yield* take();
  if (failure) throw new BrokenFile(at + 1, 'quote-not-closed');
}
