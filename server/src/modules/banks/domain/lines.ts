import { BrokenFile, type Limits } from './statement.ts';

/** A line of the file. `isEnded` is false for the last one when no line end follows it: it may be the rest of a longer one. */
export type Line = { number: number; text: string; isEnded: boolean };

const [LF, CR] = [10, 13];
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const WINDOWS = new TextDecoder('windows-1252');
const END_MARK = String.fromCharCode(0x1a);

/**
 * The lines of a file, each in the characters it was written in: UTF-8 where it is UTF-8, else windows-1252, whatever a header claims. Banks write
 * UTF-8 below a header that says 1252, and one broken byte spoils its own line only. Lines end with LF, CR LF or CR alone; the end mark of DOS
 * (0x1A) is dropped.
 *
 * @throws BrokenFile for a file or a line past the limits, and for one that is no text
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>, limits: Limits): AsyncGenerator<Line[]> {
  let [rest, number, bytes, endsWithCr] = [new Uint8Array(0), 0, 0, false];
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > limits.bytesMax) throw new BrokenFile(number + 1, 'file-too-large', String(limits.bytesMax));
    if (number === 0 && rest.length === 0) refuseBinary(chunk);
    const start = endsWithCr && chunk[0] === LF ? 1 : 0;
    const data = rest.length === 0 ? chunk.subarray(start) : joinBytes(rest, chunk.subarray(start));
    const { lines, used } = splitLines(data, number);
    number += lines.length;
    rest = data.slice(used);
    if (rest.length > limits.lineMax) throw new BrokenFile(number + 1, 'line-too-long', String(limits.lineMax));
    if (chunk.length > 0) endsWithCr = chunk[chunk.length - 1] === CR;
    if (lines.length > 0) yield lines;
  }
  const text = decodeLine(rest, number === 0);
  const bare = text.split(END_MARK, 1)[0]!;
  // Who writes the end mark of DOS has written the line to its end.
  if (bare !== '') yield [{ number: number + 1, text: bare, isEnded: bare !== text }];
}

function splitLines(data: Uint8Array, before: number): { lines: Line[]; used: number } {
  const lines: Line[] = [];
  let start = 0;
  let [lf, cr] = [data.indexOf(LF), data.indexOf(CR)];
  while (lf >= 0 || cr >= 0) {
    const end = cr >= 0 && (lf < 0 || cr < lf) ? cr : lf;
    lines.push({
      number: before + lines.length + 1,
      text: decodeLine(data.subarray(start, end), before + lines.length === 0),
      isEnded: true,
    });
    start = end === cr && data[end + 1] === LF ? end + 2 : end + 1;
    if (lf >= 0 && lf < start) lf = data.indexOf(LF, start);
    if (cr >= 0 && cr < start) cr = data.indexOf(CR, start);
  }
  return { lines, used: start };
}

function decodeLine(bytes: Uint8Array, isFirst: boolean): string {
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    text = WINDOWS.decode(bytes);
  }
  return isFirst ? text.replace(/^(?:\uFEFF|ï»¿)/, '') : text;
}

function joinBytes(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/** Spreadsheets, PDFs, archives and UTF-16 have NUL bytes or a known beginning. */
function refuseBinary(chunk: Uint8Array): void {
  const head = chunk.subarray(0, 4_096);
  const starts = (...bytes: number[]): boolean => bytes.every((byte, index) => head[index] === byte);
  const isKnown = starts(0x50, 0x4b, 3, 4) || starts(0x25, 0x50, 0x44, 0x46) || starts(0xd0, 0xcf, 0x11, 0xe0);
  const isWide = starts(0xff, 0xfe) || starts(0xfe, 0xff);
  if (isKnown || isWide || head.includes(0)) throw new BrokenFile(1, 'not-a-text-file');
}
