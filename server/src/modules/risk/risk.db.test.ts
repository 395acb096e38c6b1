import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { PAYMENT_PROGRESSED, type PaymentProgressed } from '#payments/events';
import { createPostgresBus } from '#platform/bus/postgres.ts';
import { systemClock } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import { localFace } from '#platform/face/call.ts';
import { newId } from '#platform/id.ts';
import { createLogger } from '#platform/log.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import type { Vault } from '#platform/vault/vault.ts';
import { createSandbox, type Sandbox } from '../../../../sandbox/src/app.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import type { Question } from './contract.ts';
import { historySubscription } from './handlers.ts';
import { createRisk, type RiskConfig, riskContract } from './index.ts';

const log = createLogger({ level: 'fatal' });
const folder = mkdtempSync(path.join(tmpdir(), 'lastro-risk-'));
const tenantId = newId();
const ctx: CallContext = { tenantId, actor: { kind: 'system', id: 'payments' } };
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
let database: TestDatabase;
let sandbox: Sandbox;
let url: string;
let risk: ReturnType<typeof open>;

function open(config: Partial<RiskConfig> = {}) {
  const bus = createPostgresBus({ db: database.db, log, clock: systemClock });
  const deps = { db: database.db, bus, clock: systemClock, log, metrics: createMetrics(), vault: undefined as unknown as Vault };
  const module = createRisk({
    ...deps,
    config: {
      blocklistUrl: `${url}/blocklist/check`,
      blocklistApiKey: 'test-key',
      blocklistTimeoutMs: 1_000,
      blocklistKeepMs: 0,
      ...config,
    },
  });
  return { face: localFace(riskContract, module.face!.impl, { checked: true }), close: () => module.close!() };
}

before(async () => {
  database = await openTestDatabase(sourcesOf('risk'));
  sandbox = createSandbox({ dataDir: folder, apiKey: 'test-key', webhookSecret: 'x' });
  url = await sandbox.listen();
  risk = open();
});
after(async () => {
  await risk?.close();
  await sandbox?.close();
  await database?.close();
  rmSync(folder, { recursive: true, force: true });
});
const faults = async (body: object | null) => {
  await fetch(`${url}/admin/faults`, {
    method: body ? 'PUT' : 'DELETE',
    headers: { authorization: 'Bearer test-key', ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
};
afterEach(() => faults(null));

const question = (more: Partial<Question> = {}): Question => ({
  paymentId: `pay_${newId()}`,
  subjectId: newId(),
  accountId: newId(),
  amountMinor: '5000',
  currency: 'BRL',
  method: 'pix',
  payeeHash: sha256('payee'),
  payeeKeyHash: sha256('maria@exemplo.com.br'),
  payeeTaxIdHash: null,
  createdAt: '2026-11-20T15:00:00.000Z',
  channel: 'app',
  sessionAgeMs: null,
  ...more,
});

test('an ordinary payment is approved; the decision is stored with all it rests on, and asked again it is the same', async () => {
  const asked = question();
  const first = await risk.face.assess(ctx, asked);
  assert.deepEqual([first.decision, first.degraded, first.reasons.map(({ code }) => code)], ['approve', false, ['RISK_NEW_PAYEE']]);
  const again = await Promise.all([1, 2, 3].map(() => risk.face.assess(ctx, { ...asked, amountMinor: '99999999' })));
  for (const one of again) assert.deepEqual(one, first);
  const stored = await risk.face.getDecision(ctx, { decisionId: first.decisionId });
  assert.equal(stored.inputs.amountMinor, '5000');
  assert.equal(stored.inputs.isBlockListed, false);
  assert.ok(stored.timing.blockList! > 0);
  await assert.rejects(risk.face.getDecision({ ...ctx, tenantId: newId() }, { decisionId: first.decisionId }), /RISK_DECISION_NOT_FOUND/);
});

test('two questions about one payment at the same moment get one decision and one event', async () => {
  const asked = question();
  const answers = await Promise.all(Array.from({ length: 20 }, () => risk.face.assess(ctx, asked)));
  assert.equal(new Set(answers.map(({ decisionId }) => decisionId)).size, 1);
  const events = await database.admin('select 1 from risk.outbox_events where key = $1', [asked.paymentId]);
  assert.equal(events.length, 1);
});

test('a payee on the block list is denied; what the list said is kept', async () => {
  const answer = await risk.face.assess(ctx, question({ payeeKeyHash: sha256('golpe@exemplo.com.br') }));
  assert.equal(answer.decision, 'deny');
  const stored = await risk.face.getDecision(ctx, { decisionId: answer.decisionId });
  assert.equal(stored.inputs.blockListReason, 'FRAUD_REPORTED');
});

test('block list slow: answered in time, degraded, naming what was missing; a large amount goes to a person', async () => {
  await faults({ blocklist: { latencyMs: 3_000 } });
  const began = performance.now();
  const [small, large] = await Promise.all([risk.face.assess(ctx, question()), risk.face.assess(ctx, question({ amountMinor: '50000' }))]);
  assert.ok(performance.now() - began < 2_000);
  assert.deepEqual([small.decision, small.degraded], ['approve', true]);
  assert.deepEqual([large.decision, large.degraded], ['review', true]);
  assert.ok(large.reasons.some(({ code }) => code === 'RISK_UNANSWERED_IS_BLOCK_LISTED'));
  const stored = await risk.face.getDecision(ctx, { decisionId: large.decisionId });
  assert.deepEqual(stored.missing, ['isBlockListed']);
  assert.equal(stored.inputs.isBlockListed, null);
});

test('block list failing or away: the breaker opens and decisions stay quick; it comes back', async () => {
  const own = open();
  await faults({ blocklist: { error500: true } });
  for (let i = 0; i < 40; i++) assert.equal((await own.face.assess(ctx, question())).degraded, true);
  const answer = await own.face.assess(ctx, question());
  const stored = await own.face.getDecision(ctx, { decisionId: answer.decisionId });
  assert.equal(stored.inputs.blockListFault, 'BREAKER_OPEN');
  await own.close();
  const nowhere = open({ blocklistUrl: 'http://127.0.0.1:9/check' });
  assert.equal((await nowhere.face.assess(ctx, question({ amountMinor: '50000' }))).decision, 'review');
  await nowhere.close();
  await faults(null);
  assert.equal((await risk.face.assess(ctx, question())).degraded, false);
});

test('block list lying: its word is what it is, and stays on record as evidence', async () => {
  await faults({ blocklist: { lie: true } });
  const denied = await risk.face.assess(ctx, question());
  assert.equal(denied.decision, 'deny');
  const passed = await risk.face.assess(ctx, question({ payeeKeyHash: sha256('golpe@exemplo.com.br') }));
  assert.equal(passed.decision, 'approve');
  const stored = await risk.face.getDecision(ctx, { decisionId: passed.decisionId });
  assert.equal(stored.inputs.isBlockListed, false);
});

test('history from events makes payees known and amounts usual; a replay counts nothing twice', async () => {
  const asked = question();
  const settled = (at: number): PaymentProgressed => ({
    paymentId: `pay_${String(at).padStart(26, '0')}`,
    subjectId: asked.subjectId,
    direction: 'out',
    method: 'pix',
    status: 'settled',
    previousStatus: 'sent',
    amountMinor: '9000',
    currency: 'BRL',
    payeeHash: asked.payeeHash,
    endToEndId: null,
    at: new Date().toISOString(),
  });
  const events = [1, 2, 3].map((at) => ({
    id: newId(),
    type: PAYMENT_PROGRESSED,
    tenantId,
    key: String(at),
    actor: ctx.actor,
    time: new Date().toISOString(),
    data: settled(at),
    position: BigInt(at),
    source: '/lastro/payments',
  }));
  for (let replay = 0; replay < 2; replay++) {
    await database.db.tx({ module: 'risk', tenants: [tenantId] }, (tx) => historySubscription.handle(tx, events));
  }
  const known = await risk.face.assess(ctx, asked);
  assert.deepEqual(known.reasons, []);
  const stored = await risk.face.getDecision(ctx, { decisionId: known.decisionId });
  assert.deepEqual([stored.inputs.settledCount, stored.inputs.largestSettledMinor, stored.inputs.isNewPayee], [3, '9000', false]);
  const unusual = await risk.face.assess(ctx, question({ subjectId: asked.subjectId, amountMinor: '60000' }));
  assert.deepEqual(
    unusual.reasons.map(({ code }) => code),
    ['RISK_ABOVE_USUAL'],
  );
});

test('velocity: the twentieth payment of ten minutes asks for a person; another tenant counts for nothing', async () => {
  const { subjectId } = question();
  for (let i = 0; i < 20; i++)
    assert.equal((await risk.face.assess(ctx, question({ subjectId, amountMinor: '10000' }))).decision, 'approve');
  const answer = await risk.face.assess(ctx, question({ subjectId, amountMinor: '10000' }));
  assert.deepEqual([answer.decision, answer.reasons.map(({ code }) => code)], ['review', ['RISK_MANY_PAYMENTS', 'RISK_NEW_PAYEE']]);
  const elsewhere = await risk.face.assess({ ...ctx, tenantId: newId() }, question({ subjectId, amountMinor: '10000' }));
  assert.equal(elsewhere.decision, 'approve');
});

test('decisions are only ever added', async () => {
  for (const sql of ['update risk.decisions set score = 0', 'delete from risk.decisions']) {
    await assert.rejects(
      database.db.tx({ module: 'risk', tenants: [tenantId] }, (tx) => tx.execute(sql)),
      /permission denied/,
    );
  }
});
