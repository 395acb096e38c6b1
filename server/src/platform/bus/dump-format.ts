/**
 * Format of a dump, inside gzip: records of one byte of kind, four bytes of length (big endian) and that many bytes. `J` records are JSON and
 * say what follows, `D` records are pieces of Postgres's own COPY text for the table last named.
 */
export type DumpNote =
  | { kind: 'header'; format: 1; migrations: { name: string; checksum: string }[]; tables: string[] }
  | { kind: 'partition'; parent: string; name: string; bound: string }
  | { kind: 'table'; name: string; columns: string[] }
  /** Closes a table; how many rows it had. */
  | { kind: 'rows'; count: number }
  | { kind: 'sequence'; name: string; lastValue: string; isCalled: boolean }
  /** Closes the dump; without it the file is cut off. */
  | { kind: 'end' };

export type DumpRecord = { note: DumpNote } | { data: Buffer };

const JSON_KIND = 0x4a;
const DATA_KIND = 0x44;
const MAX_RECORD = 64 * 1024 * 1024;

function frame(kind: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head[0] = kind;
  head.writeUInt32BE(payload.length, 1);
  return Buffer.concat([head, payload]);
}

export const encodeNote = (note: DumpNote): Buffer => frame(JSON_KIND, Buffer.from(JSON.stringify(note)));
export const encodeData = (data: Buffer): Buffer => frame(DATA_KIND, data);

/** Reads records from the pieces of a stream. Throws when the bytes are no dump; a dump cut off ends without its `end`. */
export async function* decodeRecords(pieces: AsyncIterable<Buffer>): AsyncGenerator<DumpRecord> {
  let pending: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    pending = pending.length === 0 ? piece : Buffer.concat([pending, piece]);
    for (;;) {
      if (pending.length < 5) break;
      const length = pending.readUInt32BE(1);
      if (length > MAX_RECORD || (pending[0] !== JSON_KIND && pending[0] !== DATA_KIND)) throw new Error('this is not a dump of Lastro');
      if (pending.length < 5 + length) break;
      const payload = pending.subarray(5, 5 + length);
      yield pending[0] === JSON_KIND ? { note: JSON.parse(payload.toString()) as DumpNote } : { data: payload };
      pending = pending.subarray(5 + length);
    }
  }
  if (pending.length > 0) throw new Error('the dump is cut off');
}
