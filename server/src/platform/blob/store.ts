import { createHash, createSecretKey, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import { isUuid, newId } from '../id.ts';
import type { Vault } from '../vault/vault.ts';
import type { BlobAddress, Blobs, BlobVersion, ByteRange, PutOptions } from './blob.ts';
import type { BlobDriver, Head, Place } from './driver.ts';
import { refuseBlob } from './errors.ts';
import { openPieces, sealPieces, storedRange } from './sealing.ts';

const MOST_BYTES = 25 * 1024 * 1024;
const LONGEST_KEY = 250;
/** Lower case only: file systems that do not tell cases apart would make one file of two. No part begins with a dot. */
const KEY = /^[a-z0-9_-][a-z0-9._-]{0,99}(?:\/[a-z0-9_-][a-z0-9._-]{0,99})*$/;
/** A put that has not ended after a day was killed. */
const ABANDONED_AFTER_MS = 86_400_000;

export type BlobStoreDeps = { driver: BlobDriver; vault: Vault; clock: Clock };

/** What the subject's key seals: with the key gone, so are content, hash and kind. */
type Sealed = { contentKey: string; sizeBytes: number; sha256: string; contentType: string };
type Opened = { version: BlobVersion; contentKey: string };

/**
 * Files of a module over a driver. Each version has a content key of its own, sealed by the vault under the key of the person or the tenant it
 * belongs to, and bound to its place: bytes moved to another key, version or tenant do not open.
 */
export function createBlobs({ driver, vault, clock }: BlobStoreDeps, module: string): Blobs {
  const placeOf = ({ tenantId, key }: BlobAddress): Place => {
    if (!isUuid(tenantId) || key.length > LONGEST_KEY || !KEY.test(key)) throw refuseBlob('PLATFORM_BLOB_KEY');
    return { module, tenantId, key };
  };
  const purposeOf = (place: Place, version: string) => `blob/${module}/${place.key}/${version}`;

  const open = async (place: Place, head: Head | undefined): Promise<Opened | undefined> => {
    if (!head || (head.expiresAtMs !== null && head.expiresAtMs <= clock.now())) return undefined;
    const text = await vault.open(place.tenantId, head.subjectId, purposeOf(place, head.version), head.sealed);
    if (text === null) return undefined;
    const { contentKey, ...plain } = JSON.parse(text) as Sealed;
    return { contentKey, version: { version: head.version, ...plain, createdAtMs: head.createdAtMs, expiresAtMs: head.expiresAtMs } };
  };
  const all = async (place: Place): Promise<Opened[]> => {
    const heads = await driver.heads(place);
    heads.sort((a, b) => b.createdAtMs - a.createdAtMs || (a.version < b.version ? 1 : -1));
    const opened: Opened[] = [];
    for (const head of heads) {
      const one = await open(place, head);
      if (one) opened.push(one);
    }
    return opened;
  };
  const find = async (at: BlobAddress, version: string | undefined): Promise<Opened | undefined> => {
    const place = placeOf(at);
    if (version === undefined) return (await all(place))[0];
    return isUuid(version) ? open(place, await driver.head(place, version)) : undefined;
  };

  return {
    async put(at, body, options) {
      const place = placeOf(at);
      const version = newId();
      const subjectId = options.subjectId ?? at.tenantId;
      const contentKey = randomBytes(32);
      const measured = measure(body, options);
      let stored = 0;
      let put: BlobVersion | undefined;
      async function* counted(): AsyncGenerator<Buffer> {
        for await (const piece of sealPieces(createSecretKey(contentKey), measured.body)) {
          stored += piece.length;
          yield piece;
        }
      }
      await driver.put(place, version, counted(), async () => {
        const { sizeBytes, sha256 } = measured.result();
        const { contentType, keepMs } = options;
        const createdAtMs = clock.now();
        const plain: Sealed = { contentKey: contentKey.toString('base64'), sizeBytes, sha256, contentType };
        const sealed = await vault.seal(place.tenantId, subjectId, purposeOf(place, version), JSON.stringify(plain));
        const expiresAtMs = keepMs === undefined ? null : createdAtMs + keepMs;
        put = { version, sizeBytes, sha256, contentType, createdAtMs, expiresAtMs };
        return { version, storedBytes: stored, createdAtMs, expiresAtMs, subjectId, sealed };
      });
      return put!;
    },
    async get(at, { version, range } = {}) {
      const found = await find(at, version);
      if (!found) return undefined;
      const { sizeBytes } = found.version;
      const { from, to } = within(sizeBytes, range);
      const stored = storedRange(sizeBytes, from, to);
      const bytes = driver.read(placeOf(at), found.version.version, stored.from, stored.to);
      const key = createSecretKey(Buffer.from(found.contentKey, 'base64'));
      return { version: found.version, body: Readable.from(openPieces(key, bytes, { sizeBytes, from, to }), { objectMode: false }) };
    },
    stat: async (at, version) => (await find(at, version))?.version,
    list: async (at) => (await all(placeOf(at))).map(({ version }) => version),
    async remove(at, version) {
      const place = placeOf(at);
      return isUuid(version) && driver.remove(place, version);
    },
  };
}

/** Removes what expired, and what puts that were killed left behind; a job runs it. Answers how many. */
export function sweepBlobs(driver: BlobDriver, clock: Clock): Promise<number> {
  return driver.sweep(clock.now(), clock.now() - ABANDONED_AFTER_MS);
}

function within(sizeBytes: number, range: ByteRange | undefined): { from: number; to: number } {
  if (!range) return { from: 0, to: sizeBytes };
  const { from, to = sizeBytes } = range;
  const isWhole = Number.isSafeInteger(from) && Number.isSafeInteger(to);
  if (!isWhole || from < 0 || to < from || from > sizeBytes || (from === sizeBytes && sizeBytes > 0))
    throw refuseBlob('PLATFORM_BLOB_RANGE');
  return { from, to: Math.min(to, sizeBytes) };
}

/** Passes a body on; refuses it when it grows too large, or in the end is not the one announced. */
function measure(body: AsyncIterable<Uint8Array>, { maxBytes = MOST_BYTES, sha256: wanted }: PutOptions) {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  let sha256 = '';
  async function* pass(): AsyncGenerator<Uint8Array> {
    for await (const bytes of body) {
      sizeBytes += bytes.length;
      if (sizeBytes > maxBytes) throw refuseBlob('PLATFORM_BLOB_TOO_LARGE');
      hash.update(bytes);
      yield bytes;
    }
    sha256 = hash.digest('hex');
    if (wanted !== undefined && wanted !== sha256) throw refuseBlob('PLATFORM_BLOB_CHECKSUM');
  }
  return { body: pass(), result: () => ({ sizeBytes, sha256 }) };
}
