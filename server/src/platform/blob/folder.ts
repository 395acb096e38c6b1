import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { BlobDriver, Head, Place } from './driver.ts';

/** Parts of keys never begin with a dot or an at sign: neither the folder of puts under way nor a version is ever taken for one. */
const INCOMING = '.incoming';
const VERSION_MARK = '@';
const READ_BYTES = 256 * 1024;
/** A head is some hundred bytes. */
const MOST_HEAD_BYTES = 65_536;

/**
 * Files in a folder: `<root>/<module>/<tenant>/<key>/@<version>`. A put writes beside them, syncs, and renames, so that a version is there whole or not
 * at all. The head stands behind the content, its length in the last four bytes. The folder must be one that all processes share.
 */
export function folderDriver(root: string): BlobDriver {
  const folderOf = (place: Place) => path.join(root, place.module, place.tenantId, ...place.key.split('/'));
  const fileOf = (place: Place, version: string) => path.join(folderOf(place), VERSION_MARK + version);

  return {
    async put(place, version, body, finish) {
      const incoming = path.join(root, INCOMING, version);
      await mkdir(path.dirname(incoming), { recursive: true, mode: 0o700 });
      try {
        const file = await open(incoming, 'wx', 0o600);
        try {
          for await (const bytes of body) await file.writeFile(bytes);
          await file.writeFile(encodeHead(await finish()));
          await file.sync();
        } finally {
          await file.close();
        }
        const folder = folderOf(place);
        const made = await mkdir(folder, { recursive: true, mode: 0o700 });
        await rename(incoming, fileOf(place, version));
        await syncFolders(folder, made ? path.dirname(made) : folder);
      } catch (error) {
        await unlink(incoming).catch(() => undefined);
        throw error;
      }
    },
    async heads(place) {
      const versions = await versionsIn(folderOf(place));
      const heads = await Promise.all(versions.map((version) => readHead(fileOf(place, version))));
      return heads.filter((head) => head !== undefined);
    },
    head: (place, version) => readHead(fileOf(place, version)),
    async *read(place, version, from, to) {
      const file = await open(fileOf(place, version), 'r');
      try {
        for (let at = from; at < to; ) {
          const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(READ_BYTES, to - at)), { position: at });
          if (bytesRead === 0) throw new Error('a stored file is shorter than it was');
          at += bytesRead;
          yield buffer.subarray(0, bytesRead);
        }
      } finally {
        await file.close();
      }
    },
    async remove(place, version) {
      if (!(await removeFile(fileOf(place, version)))) return false;
      await syncFolders(folderOf(place), folderOf(place));
      return true;
    },
    async sweep(expiredBeforeMs, begunBeforeMs) {
      let removed = 0;
      for (const entry of await readdir(root, { recursive: true, withFileTypes: true }).catch(absent([]))) {
        if (!entry.isFile()) continue;
        const file = path.join(entry.parentPath, entry.name);
        const isIncoming = entry.parentPath === path.join(root, INCOMING);
        const isOver = isIncoming ? await isOlder(file, begunBeforeMs) : await hasExpired(file, expiredBeforeMs);
        if (isOver && (await removeFile(file))) removed++;
      }
      return removed;
    },
  };
}

async function isOlder(file: string, thanMs: number): Promise<boolean> {
  const found = await stat(file).catch(absent(undefined));
  return found !== undefined && found.mtimeMs < thanMs;
}

async function hasExpired(file: string, beforeMs: number): Promise<boolean> {
  const expiresAtMs = path.basename(file).startsWith(VERSION_MARK) ? (await readHead(file))?.expiresAtMs : null;
  return expiresAtMs !== null && expiresAtMs !== undefined && expiresAtMs <= beforeMs;
}

async function removeFile(file: string): Promise<boolean> {
  return unlink(file).then(() => true, absent(false));
}

async function versionsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(absent<string[]>([]));
  return names.flatMap((name) => (name.startsWith(VERSION_MARK) ? [name.slice(VERSION_MARK.length)] : []));
}

/** What is not there, or lies under a file where a folder would have to be, is absent; any other fault is one. */
function absent<T>(answer: T) {
  return (error: NodeJS.ErrnoException): T => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return answer;
    throw error;
  };
}

/** A rename is durable when its folder is; a new folder when the one above is. */
async function syncFolders(from: string, upTo: string): Promise<void> {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const handle = await open(folder, constants.O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (folder === upTo || folder === path.dirname(folder)) return;
  }
}

function encodeHead(head: Head): Buffer {
  const text = Buffer.from(JSON.stringify({ ...head, sealed: head.sealed.toString('base64') }));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([text, length]);
}

async function readHead(name: string): Promise<Head | undefined> {
  let file: FileHandle;
  try {
    file = await open(name, 'r');
  } catch (error) {
    return absent(undefined)(error as NodeJS.ErrnoException);
  }
  try {
    const { size } = await file.stat();
    const { buffer: end } = await file.read(Buffer.alloc(4), { position: size - 4 });
    const length = end.readUInt32BE();
    if (length > MOST_HEAD_BYTES || length > size - 4) throw new Error(`no file of this store: ${path.basename(name)}`);
    const { buffer: text } = await file.read(Buffer.alloc(length), { position: size - 4 - length });
    const head = JSON.parse(text.toString()) as Omit<Head, 'sealed'> & { sealed: string };
    return { ...head, sealed: Buffer.from(head.sealed, 'base64') };
  } finally {
    await file.close();
  }
}
