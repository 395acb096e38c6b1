import { closeSync, fchmodSync, fdatasync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readSync, write } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { lockFolder } from './lock.ts';

const writeAsync = promisify(write);
const syncAsync = promisify(fdatasync);
const NEWLINE = 0x0a;
const CHUNK_BYTES = 1 << 20;

export interface Journal<R> {
  /** Calls `apply` with every record on disk, oldest first. To be called once, before the first append. */
  replay(apply: (record: R) => void): void;
  /** Resolves when the record is on the disk (fdatasync), and rejects when that can no longer be promised. */
  append(record: R): Promise<void>;
  /** Writes what waits, then gives the folder free. */
  close(): Promise<void>;
}

/**
 * Opens the append-only file `journal.jsonl` in `folder`: one JSON record a line.
 *
 * Appends that arrive while the disk works are written and synced together (group commit), so the cost of a sync is shared by
 * all that wait for it. After a failed write or sync nothing is accepted any more: what the disk then holds is not known.
 *
 * @throws Error when another living process has the folder.
 */
export function openJournal<R>(folder: string): Journal<R> {
  mkdirSync(folder, { recursive: true });
  const unlock = lockFolder(folder);
  const file = join(folder, 'journal.jsonl');
  // Names and documents of made-up people, and of whoever tries with real ones: for the owner of the folder alone.
  const fd = openSync(file, 'a+', 0o600);
  fchmodSync(fd, 0o600);
  syncFolder(folder);
  let waiting: { line: string; resolve: () => void; reject: (cause: unknown) => void }[] = [];
  let flushing: Promise<void> | null = null;
  let failure: Error | null = null;

  const flush = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        if (failure) throw failure;
        const bytes = Buffer.from(batch.map((entry) => entry.line).join(''), 'utf8');
        for (let done = 0; done < bytes.length; ) done += (await writeAsync(fd, bytes, done, bytes.length - done, null)).bytesWritten;
        await syncAsync(fd);
        for (const entry of batch) entry.resolve();
      } catch (cause) {
        failure ??= new Error('the journal cannot be written', { cause });
        for (const entry of batch) entry.reject(failure);
      }
    }
    flushing = null;
  };

  return {
    replay(apply) {
      try {
        replayFile(fd, apply);
      } catch (cause) {
        failure = new Error('the journal could not be read', { cause });
        closeSync(fd);
        unlock();
        throw cause;
      }
    },
    append(record) {
      if (failure) return Promise.reject(failure);
      return new Promise<void>((resolve, reject) => {
        waiting.push({ line: `${JSON.stringify(record)}\n`, resolve, reject });
        // One turn later, so that all requests read in this turn share the first sync.
        flushing ??= new Promise<void>((done) => setImmediate(done)).then(flush);
      });
    },
    async close() {
      while (flushing) await flushing;
      failure ??= new Error('the journal is closed');
      closeSync(fd);
      unlock();
    },
  };
}

/**
 * Reads the lines; a last line that is cut short or unreadable is what a kill in the middle of a write leaves: nothing was
 * acknowledged on it, so it is cut off. An unreadable line before others is damage.
 */
function replayFile<R>(fd: number, apply: (record: R) => void): void {
  const { size } = fstatSync(fd);
  let rest: Buffer = Buffer.alloc(0);
  let intactBytes = 0;
  let lineNumber = 0;
  let torn = false;
  for (let position = 0; position < size; ) {
    const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, size - position));
    const read = readSync(fd, chunk, 0, chunk.length, position);
    if (read === 0) break;
    position += read;
    rest = Buffer.concat([rest, chunk.subarray(0, read)]);
    let start = 0;
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE, start)) {
      lineNumber++;
      if (torn) throw new Error(`line ${lineNumber - 1} of the journal is damaged`);
      const record = parseLine<R>(rest.subarray(start, end));
      if (record === undefined) torn = true;
      else {
        apply(record);
        intactBytes += end + 1 - start;
      }
      start = end + 1;
    }
    rest = rest.subarray(start);
  }
  if (intactBytes < size) ftruncateSync(fd, intactBytes);
}

function parseLine<R>(line: Buffer): R | undefined {
  try {
    return JSON.parse(line.toString('utf8')) as R;
  } catch {
    return undefined;
  }
}

/** A file that was just created is only found after a power cut when its folder was synced too. */
function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  fsyncSync(fd);
  closeSync(fd);
}
