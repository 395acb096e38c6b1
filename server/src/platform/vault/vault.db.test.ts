import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import type { Db } from '../db/db.ts';
import { newId } from '../id.ts';
import { createVault, type Vault } from './vault.ts';

describe('vault', () => {
  let database: TestDatabase;
  let vault: Vault;
  const masterKey = randomBytes(32);
  const tenant = newId();
  let nowMs = 1_000_000;
  const open = (key = masterKey) => createVault({ db: database.db, masterKey: key, now: () => nowMs });

  before(async () => {
    database = await openTestDatabase(sourcesOf());
    vault = open();
  });
  after(() => database.close());

  test('what is sealed is opened again, by another process too, and shows nothing meanwhile', async () => {
    const subject = newId();
    const sealed = await vault.seal(tenant, subject, 'name', 'Maria de Souza');
    assert.ok(!sealed.toString('latin1').includes('Maria'));
    assert.equal(await vault.open(tenant, subject, 'name', sealed), 'Maria de Souza');
    assert.equal(await open().open(tenant, subject, 'name', sealed), 'Maria de Souza');
    assert.notDeepEqual(await vault.seal(tenant, subject, 'name', 'Maria de Souza'), sealed);
    for (const text of ['', 'é', '🎉'.repeat(1_000)])
      assert.equal(await vault.open(tenant, subject, 'x', await vault.seal(tenant, subject, 'x', text)), text);
  });

  test('two processes that make a subject’s key at the same moment end with one', async () => {
    const subject = newId();
    const vaults = Array.from({ length: 6 }, () => open());
    const sealed = await Promise.all(vaults.map((one, index) => one.seal(tenant, subject, 'n', `text ${index}`)));
    for (const [index, value] of sealed.entries()) assert.equal(await vault.open(tenant, subject, 'n', value), `text ${index}`);
  });

  test('sealed bytes that were moved or altered do not open', async () => {
    const [subject, stranger] = [newId(), newId()];
    const sealed = await vault.seal(tenant, subject, 'name', 'Ana');
    await vault.seal(tenant, stranger, 'name', 'Rui');
    await assert.rejects(vault.open(tenant, stranger, 'name', sealed), 'under another subject');
    await assert.rejects(vault.open(tenant, subject, 'email', sealed), 'for another purpose');
    await assert.rejects(vault.open(newId(), subject, 'name', sealed), /no key for this subject/);
    for (const place of [0, 1, 13, 28, sealed.length - 1]) {
      const altered = Buffer.from(sealed);
      altered[place]! ^= 1;
      await assert.rejects(vault.open(tenant, subject, 'name', altered), `byte ${place}`);
    }
    for (const bytes of [Buffer.alloc(0), sealed.subarray(0, 20)])
      await assert.rejects(vault.open(tenant, subject, 'name', bytes), /not a sealed value/);
  });

  test('a wrapped key moved to another subject’s row does not unwrap', async () => {
    const [subject, thief] = [newId(), newId()];
    const sealed = await vault.seal(tenant, subject, 'name', 'Ana');
    await vault.seal(tenant, thief, 'name', 'x');
    await database.admin(
      `update vault.subject_keys set wrapped_key = (select wrapped_key from vault.subject_keys where subject_id = $1) where subject_id = $2`,
      [subject, thief],
    );
    await assert.rejects(open().open(tenant, thief, 'name', sealed));
  });

  test('a destroyed key opens nothing, here at once and elsewhere within a minute, and is never made again', async () => {
    const subject = newId();
    const elsewhere = open();
    const sealed = await elsewhere.seal(tenant, subject, 'name', 'Ana');
    await vault.destroy(tenant, subject);
    await vault.destroy(tenant, subject);
    assert.equal(await vault.open(tenant, subject, 'name', sealed), null);
    nowMs += 60_001;
    assert.equal(await elsewhere.open(tenant, subject, 'name', sealed), null);
    for (const one of [vault, elsewhere, open()]) await assert.rejects(one.seal(tenant, subject, 'name', 'again'), /was destroyed/);
    const rows = await database.admin(
      'select wrapped_key, destroyed_at is not null as gone from vault.subject_keys where subject_id = $1',
      [subject],
    );
    assert.deepEqual(rows, [{ wrapped_key: null, gone: true }]);
  });

  test('a retained key opens nothing but for who may read what is retained, until its end; repeating changes nothing', async () => {
    const subject = newId();
    const elsewhere = open();
    const sealed = await elsewhere.seal(tenant, subject, 'name', 'Ana');
    assert.equal(await vault.openRetained(tenant, subject, 'name', sealed), null, 'of the living nothing is retained');
    await vault.retain(tenant, subject);
    await vault.retain(tenant, subject);
    assert.equal(await vault.open(tenant, subject, 'name', sealed), null);
    nowMs += 60_001;
    assert.equal(await elsewhere.open(tenant, subject, 'name', sealed), null);
    await assert.rejects(elsewhere.seal(tenant, subject, 'name', 'again'), /was destroyed/);
    assert.equal(await elsewhere.openRetained(tenant, subject, 'name', sealed), 'Ana');
    await assert.rejects(vault.openRetained(tenant, subject, 'email', sealed), 'for another purpose');
    assert.equal(await vault.openRetained(newId(), subject, 'name', sealed), null, 'of another tenant');
    await vault.endRetention(tenant, subject);
    await vault.endRetention(tenant, subject);
    await vault.retain(tenant, subject);
    for (const one of [vault, elsewhere, open()]) assert.equal(await one.openRetained(tenant, subject, 'name', sealed), null);
    const rows = await database.admin('select wrapped_key, ended_at is not null as ended from vault.retained_keys where subject_id = $1', [
      subject,
    ]);
    assert.deepEqual(rows, [{ wrapped_key: null, ended: true }]);
  });

  test('what was destroyed is not retained afterwards', async () => {
    const subject = newId();
    const sealed = await vault.seal(tenant, subject, 'name', 'Ana');
    await vault.destroy(tenant, subject);
    await vault.retain(tenant, subject);
    assert.equal(await vault.openRetained(tenant, subject, 'name', sealed), null);
  });

  test('a key that was being read while it was destroyed is not kept', async () => {
    const subject = newId();
    const sealed = await vault.seal(tenant, subject, 'name', 'Ana');
    let isRead = (): void => undefined;
    const read = new Promise<void>((resolve) => {
      isRead = resolve;
    });
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow: Db = {
      ...database.db,
      async tx(scope, work) {
        const result = await database.db.tx(scope, work);
        if (scope.single) {
          isRead();
          await gate;
        }
        return result;
      },
    };
    const racing = createVault({ db: slow, masterKey, now: () => nowMs });
    const opening = racing.open(tenant, subject, 'name', sealed);
    await read;
    await racing.destroy(tenant, subject);
    release();
    await opening;
    assert.equal(await racing.open(tenant, subject, 'name', sealed), null);
  });

  test('another process stops sealing under a destroyed key within two seconds', async () => {
    const subject = newId();
    const elsewhere = open();
    await elsewhere.seal(tenant, subject, 'name', 'Ana');
    await vault.destroy(tenant, subject);
    nowMs += 2_001;
    await assert.rejects(elsewhere.seal(tenant, subject, 'name', 'again'), /was destroyed/);
  });

  test('the subject’s key does not depend on the master key: another master key cannot unwrap it, and nothing else needs it', async () => {
    const subject = newId();
    const sealed = await vault.seal(tenant, subject, 'name', 'Ana');
    await assert.rejects(open(randomBytes(32)).open(tenant, subject, 'name', sealed), 'the wrong master key is refused, not misread');
    // Ready for rotation: every sealed form names the version it was made with, wrapped keys included, so that two can live side by side.
    const [row] = await database.admin<{ wrapped_key: Buffer }>('select wrapped_key from vault.subject_keys where subject_id = $1', [
      subject,
    ]);
    assert.deepEqual([sealed[0], row!.wrapped_key[0], vault.sealOwn('p', 'x')[0]], [1, 1, 1]);
    const later = Buffer.from(sealed);
    later[0] = 2;
    await assert.rejects(vault.open(tenant, subject, 'name', later), /known version/);
  });

  test('a look-up hash finds equals within a tenant and purpose, and tells nothing across them or without the key', () => {
    const hash = vault.lookupHash(tenant, 'cpf', '52998224725');
    assert.equal(hash.length, 32);
    assert.deepEqual(open().lookupHash(tenant, 'cpf', '52998224725'), hash);
    const others = [
      vault.lookupHash(newId(), 'cpf', '52998224725'),
      vault.lookupHash(tenant, 'email', '52998224725'),
      vault.lookupHash(tenant, 'cpf', '52998224726'),
      open(randomBytes(32)).lookupHash(tenant, 'cpf', '52998224725'),
    ];
    for (const other of others) assert.notDeepEqual(other, hash);
  });

  test('the installation’s own secrets are sealed for a purpose', () => {
    const sealed = vault.sealOwn('signing-key', 'secret');
    assert.equal(open().openOwn('signing-key', sealed), 'secret');
    assert.throws(() => vault.openOwn('session', sealed));
    assert.throws(() => open(randomBytes(32)).openOwn('signing-key', sealed));
  });

  test('a master key of another length is refused at the start', () => {
    assert.throws(() => open(randomBytes(31)), /32 bytes/);
  });

  test('keys of another tenant do not exist', async () => {
    const subject = newId();
    await vault.seal(tenant, subject, 'n', 'x');
    const rows = await database.db.tx({ module: 'vault', tenants: [newId()] }, (tx) =>
      tx.query('select from vault.subject_keys where subject_id = $1', [subject]),
    );
    assert.deepEqual(rows, []);
  });
});
