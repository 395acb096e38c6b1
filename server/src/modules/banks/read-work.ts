import type { Readable } from 'node:stream';
import type { TaskContext } from '#platform/queue/queue.ts';
import { type BanksDeps, MODULE } from './deps.ts';
import { say, sayWarning } from './domain/preview.ts';
import { readStatement } from './domain/read-statement.ts';
import { signatureOf } from './domain/signature.ts';
import type { FileEnd, OpenFile } from './domain/statement.ts';
import {
  clearReading,
  type FileRow,
  findLayoutOptions,
  holdPlace,
  insertNotes,
  moveFile,
  type Note,
  type Reading,
  rememberLayout,
  type SaidOptions,
  saveCounts,
  saveReading,
  setOptions,
} from './store/files.ts';
import { insertRows, listStretches, type StagedRow, sortRows } from './store/rows.ts';

const BATCH = 2_000;
const NOTES_MAX = 10_000;

/** Reads a file into rows, and says of each whether it would be new. Doing it again begins anew. */
export function createReading({ db, blobs, clock }: BanksDeps) {
  const scopeOf = (tenantId: string) => ({ module: MODULE, tenants: [tenantId] });

  /** The content can be opened as often as it is asked for. */
  const opener = (tenantId: string, { id, blobVersion }: FileRow): OpenFile =>
    async function* () {
      const found = await blobs.get({ tenantId, key: `files/${id}` }, { version: blobVersion });
      if (!found) throw new Error(`the content of the file ${id} is not there`);
      yield* found.body as Readable & AsyncIterable<Uint8Array>;
    };

  return async function readFile(tenantId: string, file: FileRow, { signal }: Pick<TaskContext, 'signal'>): Promise<void> {
    const open = opener(tenantId, file);
    const signature = await signatureOf(open);
    const options = await optionsFor(tenantId, file, signature);
    await db.tx(scopeOf(tenantId), (tx) => clearReading(tx, tenantId, file.id));
    const reading = startReading();
    let rows: StagedRow[] = [];
    let notes: Note[] = [];
    let end: FileEnd | undefined;
    const flush = () =>
      db.tx(scopeOf(tenantId), async (tx) => {
        if (rows.length > 0) await insertRows(tx, tenantId, file.id, rows);
        await insertNotes(tx, tenantId, file.id, notes);
        await saveReading(tx, tenantId, file.id, reading);
        [rows, notes] = [[], []];
      });
    for await (const item of readStatement(open, options)) {
      if (item.kind === 'end') end = item;
      else if (item.kind === 'entry') {
        note(reading, item.date, item.amountMinor);
        rows.push({ ...item, nth: reading.read });
      } else {
        reading[item.kind] += 1;
        if (reading.ignored + reading.refused <= NOTES_MAX)
          notes.push({ line: item.line, kind: item.kind, reason: item.kind === 'refused' ? say(item) : item.reason });
      }
      if (rows.length + notes.length >= BATCH) {
        signal.throwIfAborted();
        await flush();
      }
    }
    if (!end) throw new Error('a file was read without an end');
    conclude(reading, end);
    await flush();
    if (reading.brokenReason !== null) return void (await giveUp(tenantId, file, reading));
    for (const days of await db.tx(scopeOf(tenantId), (tx) => listStretches(tx, tenantId, file.id))) {
      signal.throwIfAborted();
      await db.tx(scopeOf(tenantId), async (tx) => {
        const place = await holdPlace(tx, tenantId, file.placeId);
        await sortRows(tx, tenantId, file.id, file.placeId, days, place?.lockedUntil ?? null);
      });
    }
    await db.tx(scopeOf(tenantId), async (tx) => {
      await saveCounts(tx, tenantId, file.id);
      await moveFile(tx, tenantId, file.id, ['received'], 'ready');
      if (signature !== undefined && hasSaid(options))
        await rememberLayout(tx, tenantId, file.accountId, signature, options, new Date(clock.now()));
    });
  };

  /** What the person said of this file, or of an earlier one whose table begins alike. */
  async function optionsFor(tenantId: string, file: FileRow, signature: string | undefined): Promise<SaidOptions> {
    if (hasSaid(file.options) || signature === undefined) return file.options;
    return db.tx(scopeOf(tenantId), async (tx) => {
      const known = await findLayoutOptions(tx, tenantId, file.accountId, signature);
      if (known) await setOptions(tx, tenantId, file.id, known);
      return known ?? {};
    });
  }

  async function giveUp(tenantId: string, file: FileRow, reading: Reading): Promise<void> {
    await db.tx(scopeOf(tenantId), async (tx) => {
      await clearReading(tx, tenantId, file.id);
      await saveReading(tx, tenantId, file.id, {
        ...startReading(),
        format: reading.format,
        brokenLine: reading.brokenLine,
        brokenReason: reading.brokenReason,
      });
      await moveFile(tx, tenantId, file.id, ['received'], 'broken');
    });
  }
}

const hasSaid = ({ mapping, dateOrder, isCard }: SaidOptions): boolean =>
  mapping !== undefined || dateOrder !== undefined || isCard !== undefined;

const startReading = (): Reading => ({
  ...{ format: null, layout: null, openingMinor: null, closingMinor: null, warnings: [], brokenLine: null, brokenReason: null },
  ...{ read: 0, ignored: 0, refused: 0, inMinor: 0n, outMinor: 0n, from: null, to: null },
});

function note(reading: Reading, date: string, amountMinor: bigint): void {
  reading.read += 1;
  if (amountMinor > 0n) reading.inMinor += amountMinor;
  else reading.outMinor -= amountMinor;
  if (reading.from === null || date < reading.from) reading.from = date;
  if (reading.to === null || date > reading.to) reading.to = date;
}

function conclude(reading: Reading, { format, layout, openingMinor, closingMinor, warnings, broken, accounts }: FileEnd): void {
  Object.assign(reading, {
    format: format ?? null,
    layout: layout ?? null,
    openingMinor,
    closingMinor,
    warnings: warnings.map(sayWarning),
  });
  const said =
    broken ??
    (warnings.some(({ reason }) => reason === 'several-accounts')
      ? { line: 1, reason: 'several-accounts', detail: String(accounts.length) }
      : undefined);
  if (said) Object.assign(reading, { brokenLine: said.line, brokenReason: say(said) });
}
