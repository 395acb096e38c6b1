import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import type { Writable } from 'node:stream';

type Header = { export: string; tenantId: string; fromSeq: number; toSeq: number };
type Batch = { batch: number; firstSeq: number; lastSeq: number; hash: string };

/** How far an export file is whole: everything up to its last batch line. */
export type Partial = {
  header: Header;
  /** Bytes up to and with the last batch line. */
  bytes: number;
  records: number;
  batches: number;
  last: Batch & { line: string };
  /** Where the last batch that holds records begins: an export from there begins with a batch this file has. */
  fromSeq: number;
  accounts: Set<string>;
};

/** Reads what is there of an interrupted export; undefined when there is nothing to go on from, or nothing missing. */
export async function readPartial(file: string): Promise<Partial | undefined> {
  let header: Header | undefined;
  let found: Omit<Partial, 'header' | 'accounts'> | undefined;
  const accounts = new Set<string>();
  let [offset, records] = [0, 0];
  for await (const { line, bytes } of linesWithOffsets(file)) {
    offset = bytes;
    if (!header) {
      header = JSON.parse(line) as Header;
      if (header.export !== 'lastro-ledger') return undefined;
    } else if (line.startsWith('{"end":')) return undefined;
    else if (line.startsWith('{"account":')) accounts.add((JSON.parse(line) as { account: { id: string } }).account.id);
    else if (line.startsWith('{"batch":')) {
      const { batch } = JSON.parse(line) as { batch: Batch };
      const fromSeq = batch.lastSeq >= batch.firstSeq ? batch.firstSeq : (found?.fromSeq ?? header.fromSeq);
      found = { bytes: offset, records, batches: (found?.batches ?? 0) + 1, last: { ...batch, line }, fromSeq };
    } else if (isRecord(line)) records += 1;
  }
  return header && found ? { header, accounts, ...found } : undefined;
}

export const isRecord = (line: string): boolean => line.includes('"seq":') && !line.startsWith('{"batch":') && !line.startsWith('{"day":');

/** Whole lines, and the number of bytes up to the end of each; what follows the last line break is left out. */
async function* linesWithOffsets(file: string): AsyncGenerator<{ line: string; bytes: number }> {
  let bytes = 0;
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    let data = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10)) {
      bytes += end + 1;
      yield { line: data.toString('utf8', 0, end), bytes };
      data = data.subarray(end + 1);
    }
    rest = Buffer.from(data);
  }
}

/**
 * The lines to append to a partial file, of an export that begins with the last batch it has: without what is there already, and with an end
 * that counts both parts. Undefined for lines that say nothing new. @throws when the export is of another ledger, or the file was changed.
 */
export function continueFrom(partial: Partial, refuse: () => Error): (line: string) => string | undefined {
  let { records, batches } = partial;
  let isMet = false;
  return (line) => {
    if (line.startsWith('{"account":')) {
      const { id } = (JSON.parse(line) as { account: { id: string } }).account;
      return partial.accounts.has(id) ? undefined : line;
    }
    if (line.startsWith('{"export":')) {
      if ((JSON.parse(line) as Header).tenantId !== partial.header.tenantId) throw refuse();
      return undefined;
    }
    if (!isMet) {
      isMet = line === partial.last.line;
      // The batch is there with another hash, or is not there any more.
      if (!isMet && line.startsWith('{"batch":') && (JSON.parse(line) as { batch: Batch }).batch.batch >= partial.last.batch)
        throw refuse();
      if (!isMet && line.startsWith('{"end":')) throw refuse();
      return undefined;
    }
    if (line.startsWith('{"batch":')) batches += 1;
    else if (isRecord(line)) records += 1;
    else if (line.startsWith('{"end":')) return JSON.stringify({ end: { ...(JSON.parse(line) as { end: object }).end, records, batches } });
    return line;
  };
}

/** Writes a line, as fast as the file takes it. */
export async function writeLine(to: Writable, line: string): Promise<void> {
  if (!to.write(`${line}\n`)) await once(to, 'drain');
}
