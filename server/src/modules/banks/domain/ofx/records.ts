/** The records of an OFX file, in the order they stand: OFX 1 (SGML, leaves open or closed, even mixed) and OFX 2 (XML) alike. */
import type { Line } from '../lines.ts';

export type OfxRow = { type: 'row'; line: number; fields: Map<string, string>; statement: number; twice?: string };
export type OfxBalance = { type: 'balance'; line: number; fields: Map<string, string>; statement: number };
export type OfxStatement = { type: 'statement'; line: number; kind: 'account' | 'card'; statement: number };
/** A fact of the statement, or of the whole file before the first one: `BANKID`, `ACCTID`, `CURDEF`, `DTEND`, `ORG`, … */
export type OfxFact = { type: 'fact'; line: number; tag: string; value: string; statement: number };
/** `isClosed` says whether `</OFX>` stood where it must: without it the file is cut off. */
export type OfxFileEnd = { type: 'file-end'; line: number; isClosed: boolean };
export type OfxRecord = OfxRow | OfxBalance | OfxStatement | OfxFact | OfxFileEnd;

const TAG = /<(\/?)([A-Za-z][A-Za-z0-9._]{0,31})\s*\/?>/g;
const STATEMENTS: Record<string, 'account' | 'card'> = { STMTRS: 'account', CCSTMTRS: 'card' };
/** What ends a movement that nobody closed: Nubank leaves `</BANKTRANLIST>` out. */
const ENDS_ROW = new Set(['STMTTRN', 'BANKTRANLIST', 'LEDGERBAL', 'AVAILBAL', 'STMTRS', 'CCSTMTRS', 'STMTTRNRS', 'CCSTMTTRNRS', 'OFX']);
const FACTS = new Set(['BANKID', 'BRANCHID', 'ACCTID', 'CURDEF', 'DTEND', 'ORG', 'FID']);
/** Fields of which a movement has one: a second one would leave open which counts. */
const ONCE = new Set(['TRNAMT', 'DTPOSTED', 'FITID']);
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** Goes through the lines and tells what stands in them. Nothing here is judged; what is no OFX gives no records. */
export async function* readRecords(batches: AsyncIterable<Line[]>): AsyncGenerator<OfxRecord> {
  const reader = new RecordReader();
  let last = 0;
  for await (const lines of batches) {
    for (const line of lines) {
      last = line.number;
      reader.feed(line);
      if (reader.found.length > 0) yield* reader.take();
    }
  }
  yield { type: 'file-end', line: last, isClosed: reader.isClosed };
}

class RecordReader {
  found: OfxRecord[] = [];
  isClosed = false;
  #leaf: { tag: string; line: number; text: string } | undefined;
  #open: OfxRow | OfxBalance | undefined;
  #statement = -1;

  take(): OfxRecord[] {
    const { found } = this;
    this.found = [];
    return found;
  }

  feed({ number, text }: Line): void {
    let at = 0;
    for (const match of text.matchAll(TAG)) {
      if (this.#leaf) this.#leaf.text += text.slice(at, match.index);
      at = match.index + match[0].length;
      this.#endLeaf();
      const tag = match[2]!.toUpperCase();
      if (match[1] === '/') this.#onClose(tag);
      else this.#onOpen(tag, number);
    }
    // A value may go on, or even begin, on the line after its tag.
    if (this.#leaf) this.#leaf.text += `${text.slice(at)}\n`;
  }

  #onOpen(tag: string, line: number): void {
    if (ENDS_ROW.has(tag)) this.#endOpen();
    if (tag === 'OFX') this.isClosed = false;
    const kind = STATEMENTS[tag];
    if (kind) {
      this.#statement += 1;
      this.found.push({ type: 'statement', line, kind, statement: this.#statement });
    } else if (tag === 'STMTTRN') {
      this.#open = { type: 'row', line, fields: new Map(), statement: this.#statement };
    } else if (tag === 'LEDGERBAL') {
      this.#open = { type: 'balance', line, fields: new Map(), statement: this.#statement };
    } else {
      this.#leaf = { tag, line, text: '' };
    }
  }

  #onClose(tag: string): void {
    if (ENDS_ROW.has(tag)) this.#endOpen();
    if (tag === 'OFX') this.isClosed = true;
  }

  #endLeaf(): void {
    if (!this.#leaf) return;
    const { tag, line, text } = this.#leaf;
    this.#leaf = undefined;
    const value = readEntities(text.trim());
    if (this.#open) keep(this.#open, tag, value);
    else if (FACTS.has(tag)) this.found.push({ type: 'fact', line, tag, value, statement: this.#statement });
  }

  #endOpen(): void {
    if (this.#open) this.found.push(this.#open);
    this.#open = undefined;
  }
}

function keep(open: OfxRow | OfxBalance, tag: string, value: string): void {
  const before = open.fields.get(tag);
  if (before === undefined) open.fields.set(tag, value);
  else if (ONCE.has(tag) && open.type === 'row') open.twice = tag;
  else if (tag === 'MEMO' || tag === 'NAME') open.fields.set(tag, `${before} ${value}`);
}

function readEntities(text: string): string {
  const bare = /^<!\[CDATA\[([\s\S]*)\]\]>$/.exec(text)?.[1] ?? text;
  if (!bare.includes('&')) return bare;
  return bare.replace(/&(?:(amp|lt|gt|quot|apos|nbsp)|#(\d{1,6}));/g, (_, name?: string, code?: string) =>
    name ? ENTITIES[name]! : String.fromCodePoint(Math.min(Number(code), 0x10ffff)),
  );
}
