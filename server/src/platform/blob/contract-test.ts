import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import { AppError } from '../errors.ts';
import { newId } from '../id.ts';
import { createVault } from '../vault/vault.ts';
import type { BlobAddress } from './blob.ts';
import type { BlobDriver } from './driver.ts';
import { createBlobs, sweepBlobs } from './store.ts';

export type DriverUnderTest = {
  driver: BlobDriver;
  /** How `test-support/put-until-killed.ts` reaches the same storage. */
  kind: string;
  where: string;
  /** Everything that is stored, wherever: to look for what must not be there. */
  bytes(): Promise<Buffer>;
  /** Changes a byte of the content of a version, as a bad disk or a thief would. */
  alter(at: BlobAddress, version: string, offset: number): Promise<void>;
};

const DAY_MS = 86_400_000;
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const refusedWith = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;

async function* inParts(bytes: Buffer, size = 10_007): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** What every driver of files keeps. */
export function blobContract(name: string, open: (database: TestDatabase) => Promise<DriverUnderTest>): void {
  describe(`files in ${name}`, () => {
    let database: TestDatabase;
    let under: DriverUnderTest;
    let blobs: ReturnType<typeof createBlobs>;
    let others: ReturnType<typeof createBlobs>;
    let vault: ReturnType<typeof createVault>;
    let nowMs = Date.now();
    const clock = { now: () => nowMs };
    const tenantId = newId();
    let nth = 0;
    const address = (): BlobAddress => ({ tenantId, key: `contract/${nth++}/file.pdf` });
    const put = (at: BlobAddress, bytes: Buffer, more = {}) => blobs.put(at, inParts(bytes), { contentType: 'application/pdf', ...more });
    const read = async (at: BlobAddress, options = {}): Promise<Buffer | undefined> => {
      const found = await blobs.get(at, options);
      return found && Buffer.concat(await found.body.toArray());
    };

    before(async () => {
      database = await openTestDatabase(sourcesOf());
      vault = createVault({ db: database.db, masterKey: randomBytes(32) });
      under = await open(database);
      blobs = createBlobs({ driver: under.driver, vault, clock }, 'probe');
      others = createBlobs({ driver: under.driver, vault, clock }, 'other');
    });
    after(() => database?.close());

    for (const size of [0, 1, 65_535, 65_536, 65_537, 131_072, 524_288, 1_500_000]) {
      test(`${size} bytes come back as they went, whole and in parts`, async () => {
        const at = address();
        const bytes = randomBytes(size);
        const stored = await put(at, bytes, { sha256: sha256(bytes) });
        assert.deepEqual([stored.sizeBytes, stored.sha256, stored.contentType], [size, sha256(bytes), 'application/pdf']);
        assert.deepEqual(await blobs.stat(at), stored);
        assert.ok((await read(at))!.equals(bytes));
        for (const [from, to] of [
          [0, 1],
          [1, 65_536],
          [65_536, 65_537],
          [65_535, 65_538],
          [size - 1, size],
          [100, 600_000],
        ] as const) {
          if (from < 0 || from >= size) continue;
          assert.ok((await read(at, { range: { from, to } }))!.equals(bytes.subarray(from, to)), `${from} to ${to}`);
        }
        if (size > 0) assert.ok((await read(at, { range: { from: size - 1 } }))!.equals(bytes.subarray(size - 1)));
      });
    }

    test('a range outside the file is refused', async () => {
      const at = address();
      await put(at, Buffer.from('ten bytes.'));
      for (const range of [{ from: 10 }, { from: -1 }, { from: 5, to: 4 }, { from: 0.5 }])
        await assert.rejects(blobs.get(at, { range }), refusedWith('PLATFORM_BLOB_RANGE'));
    });

    test('a put is a new version, and the older ones stay until they are deleted', async () => {
      const at = address();
      const first = await put(at, Buffer.from('one'));
      nowMs += 1;
      const second = await put(at, Buffer.from('two'));
      assert.deepEqual(await blobs.list(at), [second, first]);
      assert.equal(String(await read(at)), 'two');
      assert.equal(String(await read(at, { version: first.version })), 'one');
      assert.equal(await blobs.remove(at, second.version), true);
      assert.equal(await blobs.remove(at, second.version), false);
      assert.equal(String(await read(at)), 'one');
      assert.deepEqual(await blobs.list(at), [first]);
    });

    test('files of keys below one another, of other tenants and modules are apart', async () => {
      const at = address();
      const below = { ...at, key: `${at.key}/below` };
      const { version } = await put(at, Buffer.from('above'));
      await put(below, Buffer.from('below'));
      assert.equal(String(await read(at)), 'above');
      for (const strange of [{ tenantId: newId(), key: at.key }, { ...at, key: 'contract' }, below]) {
        assert.equal(await blobs.get(strange, { version }), undefined);
        assert.equal(await blobs.remove(strange, version), false);
      }
      assert.equal(await others.get(at), undefined);
      assert.equal(await others.remove(at, version), false);
      assert.deepEqual(await others.list(at), []);
      assert.equal(String(await read(at, { version })), 'above');
    });

    test('hostile names are refused before anything is touched', async () => {
      const keys = [
        '',
        '/',
        'a/',
        '/a',
        'a//b',
        '../a',
        'a/../../b',
        '.',
        '..',
        'a/.hidden',
        '.incoming/x',
        'a\0b',
        'a\\b',
        'A',
        'ação',
        '@x',
        'a/@x',
        'a b',
        'x'.repeat(101),
        'a/'.repeat(150),
      ];
      for (const key of keys) {
        await assert.rejects(put({ tenantId, key }, Buffer.from('x')), refusedWith('PLATFORM_BLOB_KEY'), JSON.stringify(key));
        await assert.rejects(blobs.get({ tenantId, key }), refusedWith('PLATFORM_BLOB_KEY'));
      }
      for (const strange of ['..', '../..', '', 'x', tenantId.toUpperCase()])
        await assert.rejects(put({ tenantId: strange, key: 'a' }, Buffer.from('x')), refusedWith('PLATFORM_BLOB_KEY'));
      const at = address();
      await put(at, Buffer.from('x'));
      for (const version of ['../x', '', '..', newId()]) {
        assert.equal(await blobs.get(at, { version }), undefined);
        assert.equal(await blobs.remove(at, version), false);
      }
    });

    test('too much, another content than announced, or a body that breaks leaves nothing', async () => {
      const at = address();
      const bytes = randomBytes(700_000);
      const before = (await under.bytes()).length;
      await assert.rejects(put(at, bytes, { maxBytes: 699_999 }), refusedWith('PLATFORM_BLOB_TOO_LARGE'));
      await assert.rejects(put(at, bytes, { sha256: sha256(Buffer.from('other')) }), refusedWith('PLATFORM_BLOB_CHECKSUM'));
      async function* breaks(): AsyncGenerator<Buffer> {
        yield bytes;
        throw new Error('the line went dead');
      }
      await assert.rejects(blobs.put(at, breaks(), { contentType: 'x' }), /went dead/);
      assert.equal(await blobs.get(at), undefined);
      assert.equal((await under.bytes()).length, before);
      await put(at, bytes, { maxBytes: 700_000 });
    });

    test('nothing readable is stored; altered bytes do not open, nor those of a destroyed key', async () => {
      const at = address();
      const subjectId = newId();
      const bytes = Buffer.from('Maria de Souza '.repeat(10_000));
      const { version, sha256: hash } = await put(at, bytes, { subjectId, contentType: 'text/x-secret-kind' });
      const stored = (await under.bytes()).toString('latin1');
      for (const told of ['Maria de Souza', hash, Buffer.from(hash, 'hex').toString('latin1'), 'x-secret-kind'])
        assert.ok(!stored.includes(told), told);
      await under.alter(at, version, 70_000);
      await assert.rejects(read(at));
      assert.ok((await read(at, { range: { from: 0, to: 65_536 } }))!.equals(bytes.subarray(0, 65_536)), 'other pieces still open');
      await vault.destroy(tenantId, subjectId);
      assert.equal(await blobs.get(at), undefined);
      assert.deepEqual(await blobs.list(at), []);
    });

    test('a version that expired is not there any more, and is swept', async () => {
      const at = address();
      const kept = await put(at, Buffer.from('kept'));
      nowMs += 1;
      const { version } = await put(at, randomBytes(600_000), { keepMs: 10_000 });
      nowMs += 9_999;
      assert.equal((await blobs.stat(at))!.version, version);
      assert.equal(await sweepBlobs(under.driver, clock), 0);
      nowMs += 1;
      assert.deepEqual(await blobs.stat(at), kept);
      assert.equal(await blobs.stat(at, version), undefined);
      const before = (await under.bytes()).length;
      assert.equal(await sweepBlobs(under.driver, clock), 1);
      assert.ok((await under.bytes()).length < before - 600_000);
      assert.deepEqual(await blobs.list(at), [kept]);
    });

    test('a process that is killed in the middle of a put leaves nothing visible, and what it left is swept', async () => {
      const at = address();
      const version = newId();
      const child: ChildProcess = spawn(
        process.execPath,
        [
          path.join(import.meta.dirname, 'test-support/put-until-killed.ts'),
          under.kind,
          under.where,
          JSON.stringify({ module: 'probe', ...at }),
          version,
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      const before = (await under.bytes()).length;
      await once(child.stdout!, 'data');
      child.kill('SIGKILL');
      await once(child, 'exit');
      assert.ok((await under.bytes()).length > before + 2_500_000, 'most of it had been stored');
      assert.equal(await blobs.get(at), undefined);
      assert.equal(await blobs.get(at, { version }), undefined);
      assert.deepEqual(await blobs.list(at), []);
      assert.equal(await sweepBlobs(under.driver, clock), 0, 'it may still be written');
      nowMs += 2 * DAY_MS;
      assert.equal(await sweepBlobs(under.driver, clock), 1);
      assert.equal((await under.bytes()).length, before);
    });

    test('twenty puts of one key at once are twenty versions', async () => {
      const at = address();
      const contents = Array.from({ length: 20 }, (_, n) => Buffer.from(`content ${n}`));
      const stored = await Promise.all(contents.map((bytes) => put(at, bytes)));
      assert.equal((await blobs.list(at)).length, 20);
      for (const [n, { version }] of stored.entries()) assert.equal(String(await read(at, { version })), `content ${n}`);
    });
  });
}
