/** Copies and erasures over keepers that are made up: what this module promises, whichever modules there are. Over the real ones: `whole-person.db.test.ts`. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { CallContext } from '#platform/context.ts';
import type { AppError } from '#platform/errors.ts';
import { newId } from '#platform/id.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import { code, DAY_MS, erased, type House, houseOf, MONEY, STAY, textOf, WAIT_MS, worked } from './privacy.fixture.ts';

let database: TestDatabase;
before(async () => {
  database = await openTestDatabase(sourcesOf('privacy'));
});
after(() => database?.close());

const house = () => houseOf(database);

describe('copies', () => {
  let one: House;
  beforeEach(async () => {
    one = house();
    one.state.sealed = await one.vault.seal(one.tenantId, one.second, 'name', 'Ana Souza');
  });

  test('all parts of all keepers, as JSON and as PDF, to whom the proof is; one at a time', async () => {
    await assert.rejects(one.face.askExport(one.own, { ...one.proved, proof: { password: 'wrong' } }), /not proved/);
    const asked = await one.face.askExport(one.own, one.proved);
    assert.equal((await one.face.askExport(one.own, one.proved)).id, asked.id, 'while it is made it is the same');
    const of = { ...one.proved, exportId: asked.id };
    await assert.rejects(one.face.openExport(one.own, { ...of, format: 'json' }), code('PRIVACY_EXPORT_NOT_READY'));
    await worked(one, asked.id);

    await assert.rejects(one.face.openExport(one.own, { ...of, format: 'json', proof: {} }), /not proved/);
    const { bytes } = await one.face.openExport(one.own, { ...of, format: 'json' });
    const piece = await one.face.readExport(one.own, { subjectId: one.subjectId, exportId: asked.id, format: 'json', from: 0 });
    assert.equal(Buffer.byteLength(textOf(piece)), bytes);
    const { parts } = JSON.parse(textOf(piece)) as { parts: { module: string; part: string; rows: unknown[] }[] };
    assert.deepEqual(
      parts.map(({ module, part, rows }) => [module, part, rows]),
      ['identity', 'money'].flatMap((module) => [
        [module, 'first', [{ of: module, name: 'Ana Souza' }]],
        [module, 'second', [{ at: '0' }, { at: '1' }]],
      ]),
    );
    const pdf = await one.face.readExport(one.own, { subjectId: one.subjectId, exportId: asked.id, format: 'pdf', from: 0 });
    assert.match(textOf(pdf), /^%PDF-/);
    const stranger = { subjectId: newId(), exportId: asked.id, format: 'json', from: 0 } as const;
    await assert.rejects(one.face.readExport(one.own, stranger), code('PRIVACY_EXPORT_UNKNOWN'));
    await assert.rejects(one.face.readDisclosure(one.own, { exportId: asked.id, format: 'json', from: 0 }), code('PRIVACY_EXPORT_UNKNOWN'));
  });

  test('a copy is gone after seven days, and at once when the person’s key is', async () => {
    const asked = await one.face.askExport(one.own, one.proved);
    await worked(one, asked.id);
    const read = () => one.face.readExport(one.own, { subjectId: one.subjectId, exportId: asked.id, format: 'json', from: 0 });
    one.clock.advance(7 * DAY_MS - 60_000);
    await read();
    one.clock.advance(60_000);
    await assert.rejects(read(), code('PRIVACY_EXPORT_UNKNOWN'));
    assert.deepEqual((await one.face.getPrivacy(one.own, { subjectId: one.subjectId })).exports, []);

    const next = await one.face.askExport(one.own, one.proved);
    await worked(one, next.id);
    await one.vault.destroy(one.tenantId, one.subjectId);
    await assert.rejects(
      one.face.readExport(one.own, { subjectId: one.subjectId, exportId: next.id, format: 'json', from: 0 }),
      code('PRIVACY_EXPORT_UNKNOWN'),
    );
  });

  test('a copy with a hole in it is none: whoever cannot reach a keeper says so', async () => {
    one.keepers[1] = { ...one.keepers[1]!, face: undefined };
    await assert.rejects(one.face.getPrivacy(one.own, { subjectId: one.subjectId }), code('PRIVACY_KEEPER_AWAY'));
    await assert.rejects(one.face.askErasure(one.own, one.proved), code('PRIVACY_KEEPER_AWAY'));
  });
});

describe('erasure', () => {
  let one: House;
  beforeEach(async () => {
    one = house();
    one.state.sealed = await one.vault.seal(one.tenantId, one.second, 'name', 'Ana Souza');
    await one.vault.seal(one.tenantId, one.subjectId, 'x', 'x');
  });
  const isReadable = async () => (await one.vault.open(one.tenantId, one.second, 'name', one.state.sealed)) !== null;

  test('what is in the way refuses it, with the sentence of who knows, and nothing changes', async () => {
    one.state.obstacles = [MONEY];
    await assert.rejects(one.face.askErasure(one.own, one.proved), (error: AppError) => {
      assert.equal(error.code, 'PRIVACY_NOT_YET');
      assert.equal(error.data.detail.pt, 'Há dinheiro.');
      return true;
    });
    await assert.rejects(one.face.askErasure(one.own, { ...one.proved, proof: {} }), /not proved/);
    assert.equal(one.state.closed, false);
    assert.equal((await one.face.getPrivacy(one.own, { subjectId: one.subjectId })).erasure, null);
  });

  test('accounts close, what was promised ends, and then everything goes; what law makes stay is kept apart until its day', async () => {
    const asked = await one.face.askErasure(one.own, one.proved);
    assert.equal((await one.face.askErasure(one.own, one.proved)).id, asked.id);
    await one.runJob();
    assert.equal(one.state.closed, true);
    assert.ok(await isReadable());
    one.clock.advance(WAIT_MS - 1);
    await one.runJob();
    assert.deepEqual(one.state.erased, [], 'it waits');
    one.clock.advance(1);
    await one.runJob();
    await one.runJob();
    const { erasure } = await one.face.getPrivacy(one.own, { subjectId: one.subjectId });
    assert.deepEqual([erasure!.state, erasure!.retainedUntil, erasure!.stays], ['done', '2037-01-01', [STAY]]);
    assert.deepEqual(one.state.erased, ['identity', 'money']);
    assert.ok(!(await isReadable()));
    assert.equal(await one.vault.openRetained(one.tenantId, one.second, 'name', one.state.sealed), 'Ana Souza');

    const again = await one.face.askErasure(one.own, one.proved);
    await one.runJob();
    assert.deepEqual([again.id, again.state], [erasure!.id, 'done'], 'repeated, it changes nothing');
  });

  test('where nothing stays the keys are destroyed', async () => {
    one.state.stays = [];
    const { state, retainedUntil } = await erased(one);
    assert.deepEqual([state, retainedUntil], ['done', null]);
    assert.equal(await one.vault.openRetained(one.tenantId, one.second, 'name', one.state.sealed), null);
    assert.ok(!(await isReadable()));
  });

  test('money that came meanwhile ends it as refused, and the accounts are open again', async () => {
    await one.face.askErasure(one.own, one.proved);
    await one.runJob();
    one.state.obstacles = [MONEY];
    one.clock.advance(WAIT_MS);
    await one.runJob();
    const { erasure } = await one.face.getPrivacy(one.own, { subjectId: one.subjectId });
    assert.deepEqual([erasure!.state, erasure!.obstacles, one.state.closed], ['refused', [MONEY], false]);
    assert.deepEqual(one.state.erased, []);
    one.state.obstacles = [];
    assert.notEqual((await one.face.askErasure(one.own, one.proved)).id, erasure!.id, 'it can be asked for anew');
  });

  test('until it begins it is taken back, and then not', async () => {
    await assert.rejects(one.face.withdrawErasure(one.own, { subjectId: one.subjectId }), code('PRIVACY_ERASURE_UNKNOWN'));
    await one.face.askErasure(one.own, one.proved);
    await one.runJob();
    const taken = await one.face.withdrawErasure(one.own, { subjectId: one.subjectId });
    assert.deepEqual([taken.state, one.state.closed], ['withdrawn', false]);
    assert.equal((await one.face.withdrawErasure(one.own, { subjectId: one.subjectId })).id, taken.id);
    one.clock.advance(WAIT_MS);
    await one.runJob();
    assert.ok(await isReadable());
    assert.equal((await erased(one)).state, 'done');
    await assert.rejects(one.face.withdrawErasure(one.own, { subjectId: one.subjectId }), code('PRIVACY_TOO_LATE'));
  });

  test('taken back while the accounts are being closed, they do not stay so', async () => {
    const withdraw = () => one.face.withdrawErasure(one.own, { subjectId: one.subjectId });
    await one.face.askErasure(one.own, one.proved);
    one.state.whileClosing = withdraw;
    await one.runJob();
    assert.equal(one.state.closed, false, 'in the first step');
    await one.face.askErasure(one.own, one.proved);
    await one.runJob();
    one.clock.advance(WAIT_MS);
    one.state.whileClosing = withdraw;
    await one.runJob();
    assert.equal(one.state.closed, false, 'in the second step');
  });

  test('of two who take it on, one that comes late and finds money does not open what the other has erased', async () => {
    await one.face.askErasure(one.own, one.proved);
    await one.runJob();
    one.clock.advance(WAIT_MS);
    one.state.whileJudged = async () => {
      for (let round = 0; round < 2; round++) await one.runJob();
      one.state.obstacles = [MONEY];
    };
    await one.runJob();
    const { erasure } = await one.face.getPrivacy(one.own, { subjectId: one.subjectId });
    assert.deepEqual([erasure!.state, one.state.closed], ['done', true]);
  });

  for (const at of ['privacy.closed', 'privacy.erased-identity', 'privacy.erased-money', 'privacy.key-gone']) {
    test(`killed at ${at}, the next process takes it to its end`, async () => {
      one.state.crashAt = at;
      await one.face.askErasure(one.own, one.proved);
      let kills = 0;
      for (let round = 0; round < 6; round++) {
        await Promise.resolve(one.runJob()).catch((error: Error) => {
          assert.match(error.message, /killed/);
          kills++;
        });
        one.clock.advance(WAIT_MS);
      }
      const { erasure } = await one.face.getPrivacy(one.own, { subjectId: one.subjectId });
      assert.deepEqual([kills, erasure!.state, erasure!.retainedUntil], [1, 'done', '2037-01-01']);
      assert.ok(!(await isReadable()));
      assert.equal(await one.vault.openRetained(one.tenantId, one.second, 'name', one.state.sealed), 'Ana Souza');
    });
  }

  test('on its day what stayed is destroyed, unless money keeps it; and not a day before', async () => {
    await erased(one);
    const readable = async () => (await one.vault.openRetained(one.tenantId, one.second, 'name', one.state.sealed)) !== null;
    one.clock.set(Date.UTC(2036, 11, 31, 12));
    await one.runJob('privacy.retention');
    assert.ok(await readable());
    one.clock.set(Date.UTC(2037, 0, 1, 12));
    one.state.obstacles = [MONEY];
    await one.runJob('privacy.retention');
    assert.ok(await readable(), 'money that came later is somebody’s');
    one.state.obstacles = [];
    await one.runJob('privacy.retention');
    await one.runJob('privacy.retention');
    assert.ok(!(await readable()));
    assert.deepEqual((await one.face.listErasures(one.own, { cpf: '52998224725' })).erasures, [], 'nobody is found by the CPF any more');
  });
});

describe('by operators', () => {
  const operator = (tenantId: string, id: string): CallContext => ({
    tenantId,
    actor: { kind: 'operator', id },
    idempotencyKey: `key-${newId()}`,
  });
  const [maker, checker] = [newId(), newId()];

  test('erasing and reading what is kept by law take two; the reading is on record and of nobody else', async () => {
    const one = house();
    one.state.sealed = await one.vault.seal(one.tenantId, one.second, 'name', 'Ana Souza');
    await one.vault.seal(one.tenantId, one.subjectId, 'x', 'x');
    const { face, subjectId } = one;
    const ask = (kind: 'privacy.erasure' | 'privacy.disclosure') =>
      face.askApproval(operator(one.tenantId, maker), { kind, subjectId, reason: 'Carta de 30/11' });
    await assert.rejects(ask('privacy.disclosure'), code('PRIVACY_NOTHING_RETAINED'));
    one.state.obstacles = [MONEY];
    await assert.rejects(ask('privacy.erasure'), code('PRIVACY_NOT_YET'));
    one.state.obstacles = [];

    const asked = await ask('privacy.erasure');
    const decision = { approvalId: asked.id, decision: 'approve', seal: asked.seal, reason: 'Conferi' } as const;
    await assert.rejects(face.decideApproval(operator(one.tenantId, maker), decision), code('PLATFORM_APPROVAL_OWN'));
    assert.equal((await face.listErasures(one.own, { subjectId })).erasures.length, 0);
    await face.decideApproval(operator(one.tenantId, checker), decision);
    for (let round = 0; round < 3; round++) {
      await one.runJob();
      one.clock.advance(WAIT_MS);
    }
    const [done] = (await face.listErasures(one.own, { cpf: '529.982.247-25' })).erasures.filter((found) => found.subjectId === subjectId);
    assert.deepEqual([done!.state, done!.askedBy], ['done', { kind: 'operator', id: maker }]);

    const reading = await ask('privacy.disclosure');
    await face.decideApproval(operator(one.tenantId, checker), {
      approvalId: reading.id,
      decision: 'approve',
      seal: reading.seal,
      reason: 'Ofício 12',
    });
    const [disclosure] = (await face.listDisclosures(one.own, {})).disclosures.filter((found) => found.subjectId === subjectId);
    await worked(one, disclosure!.id);
    const of = { exportId: disclosure!.id, format: 'json', from: 0 } as const;
    const text = textOf(await face.readDisclosure(operator(one.tenantId, maker), of));
    assert.match(text, /Ana Souza/);
    await assert.rejects(face.readExport(one.own, { ...of, subjectId }), code('PRIVACY_EXPORT_UNKNOWN'));
    one.clock.advance(7 * DAY_MS);
    await assert.rejects(face.readDisclosure(operator(one.tenantId, maker), of), code('PRIVACY_EXPORT_UNKNOWN'));
  });
});

describe('consent', () => {
  test('each word is kept with its text, time and place; the last one counts, and saying it again adds nothing', async () => {
    const one = house();
    const say = (given: boolean, version = 1) =>
      one.face.setConsent(one.own, { subjectId: one.subjectId, purpose: 'news', version, given, from: '203.0.113.9' });
    await assert.rejects(say(true, 2), code('PRIVACY_CONSENT_UNKNOWN'));
    assert.equal((await say(false)).at, null, 'what was never given is not taken back');
    assert.equal((await say(true)).given, true);
    one.clock.advance(1_000);
    const { at } = await say(true);
    assert.equal(at, new Date(one.clock.now() - 1_000).toISOString());
    await say(false);
    const page = await one.face.collectPersonalData(one.own, {
      subjectId: one.subjectId,
      accountIds: [],
      retained: false,
      cursor: null,
    });
    assert.deepEqual(
      page.rows.map((row) =>
        (({ given, version, from }) => ({ given, version, from }))(row as { given: boolean; version: number; from: string }),
      ),
      [
        { given: true, version: 1, from: '203.0.113.9' },
        { given: false, version: 1, from: '203.0.113.9' },
      ],
    );
    const rows = await database.admin<{ sealed: Buffer }>('select from_sealed as sealed from privacy.consents where subject_id = $1', [
      one.subjectId,
    ]);
    for (const { sealed } of rows) assert.ok(!sealed.toString('latin1').includes('203.0.113'));
  });
});
