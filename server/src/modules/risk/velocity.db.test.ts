/** What counts as spending, and what comes at once. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { PAYMENT_PROGRESSED, type PaymentProgressed } from '#payments/events';
import { createPostgresBus } from '#platform/bus/postgres.ts';
import { systemClock } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import { localFace } from '#platform/face/call.ts';
import { newId } from '#platform/id.ts';
import { createLogger } from '#platform/log.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import type { Vault } from '#platform/vault/vault.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import type { Question } from './contract.ts';
import { historySubscription } from './handlers.ts';
import { createRisk, riskContract } from './index.ts';

const log = createLogger({ level: 'fatal' });
const tenantId = newId();
const ctx: CallContext = { tenantId, actor: { kind: 'system', id: 'payments' } };
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

let database: TestDatabase;
let list: Server;
/** What the block list answers to a hash of a key. */
const answers = new Map<string, string>();
let processes: ReturnType<typeof open>[];

function open() {
  const db = database.openAnother();
  const bus = createPostgresBus({ db, log, clock: systemClock });
  const deps = { db, bus, clock: systemClock, log, metrics: createMetrics(), vault: undefined as unknown as Vault };
  const blocklistUrl = `http://127.0.0.1:${(list.address() as AddressInfo).port}/check`;
  const module = createRisk({ ...deps, config: { blocklistUrl, blocklistApiKey: 'x', blocklistTimeoutMs: 1_000 } });
  const close = async () => {
    await module.close!();
    await bus.close();
    await db.close();
  };
  return { face: localFace(riskContract, module.face!.impl, { checked: true }), close };
}

before(async () => {
  database = await openTestDatabase(sourcesOf('risk'));
  list = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const { keyHash } = JSON.parse(text) as { keyHash?: string };
    response.setHeader('content-type', 'application/json').end(answers.get(keyHash ?? '') ?? '{"listed":false}');
  });
  await new Promise<void>((resolve) => list.listen(0, '127.0.0.1', resolve));
  processes = [open(), open()];
});
after(async () => {
  for (const one of processes ?? []) await one.close();
  list?.closeAllConnections();
  list?.close();
  await database?.close();
});

const question = (more: Partial<Question> = {}): Question => ({
  paymentId: `pay_${newId()}`,
  subjectId: newId(),
  accountId: newId(),
  amountMinor: '5000',
  currency: 'BRL',
  method: 'pix',
  payeeHash: sha256('payee'),
  payeeKeyHash: sha256('key'),
  payeeTaxIdHash: null,
  createdAt: '2026-11-20T15:00:00.000Z',
  channel: 'app',
  sessionAgeMs: null,
  ...more,
});
const assess = (asked: Question, at = 0) => processes[at]!.face.assess(ctx, asked);
const inputsOf = async (decisionId: string) => (await processes[0]!.face.getDecision(ctx, { decisionId })).inputs;

async function becomes(asked: Question, status: PaymentProgressed['status']): Promise<void> {
  const { paymentId, subjectId, amountMinor, payeeHash } = asked;
  const at = new Date().toISOString();
  const data: PaymentProgressed = {
    paymentId: paymentId as string,
    subjectId,
    direction: 'out',
    method: 'pix',
    status,
    previousStatus: null,
    amountMinor,
    currency: 'BRL',
    payeeHash,
    endToEndId: null,
    at,
  };
  const event = {
    id: newId(),
    type: PAYMENT_PROGRESSED,
    tenantId,
    key: paymentId,
    actor: ctx.actor,
    time: at,
    data,
    position: 1n,
    source: '/x',
  };
  await database.db.tx({ module: 'risk', tenants: [tenantId] }, (tx) => historySubscription.handle(tx, [event]));
}

for (const end of ['declined', 'failed'] as const) {
  test(`what was asked about and ${end} is an attempt, and no spending`, async () => {
    const { subjectId } = question();
    for (let i = 0; i < 3; i++) {
      const large = question({ subjectId, amountMinor: '900000' });
      await assess(large, i % 2);
      await becomes(large, end);
    }
    const huge = question({ subjectId, amountMinor: '999999999999' });
    assert.equal((await assess(huge)).decision, 'deny');
    await becomes(huge, end);
    const small = await assess(question({ subjectId, amountMinor: '1000' }));
    assert.deepEqual([small.decision, small.reasons.map(({ code }) => code)], ['approve', ['RISK_NEW_PAYEE']]);
    const seen = await inputsOf(small.decisionId);
    assert.deepEqual(
      [seen.sumLastDayMinor, seen.paymentsLast10Minutes, seen.attemptsLast10Minutes, seen.failedLastHour],
      ['1000', 0, 4, 4],
    );
  });
}

test('what is under way or in review counts until it has ended; what settles counts, also when it was told to have failed before', async () => {
  const { subjectId } = question();
  const [waiting, settled, revived] = [1, 2, 3].map(() => question({ subjectId, amountMinor: '600000' }));
  for (const one of [waiting!, settled!, revived!]) await assess(one);
  await becomes(settled!, 'settled');
  await becomes(revived!, 'failed');
  await becomes(revived!, 'settled');
  const next = await assess(question({ subjectId, amountMinor: '200001' }));
  assert.ok(next.reasons.some(({ code }) => code === 'RISK_LARGE_SUM'));
  assert.equal((await inputsOf(next.decisionId)).sumLastDayMinor, '2000001');
  await becomes(waiting!, 'declined');
  const later = await assess(question({ subjectId, amountMinor: '1000' }));
  assert.equal((await inputsOf(later.decisionId)).sumLastDayMinor, '1401001', 'the one in review still may be paid');
});

test('failed ones do not feed the count of many payments; twenty that may be paid do', async () => {
  const { subjectId } = question();
  for (let i = 0; i < 20; i++) {
    const asked = question({ subjectId, amountMinor: '10000' });
    await assess(asked);
    await becomes(asked, 'failed');
  }
  assert.equal((await assess(question({ subjectId, amountMinor: '10000' }))).decision, 'approve');
});

for (const [count, amountMinor, mostApproved] of [
  [20, '290000', 6],
  [12, '999999', 0],
  [40, '290000', 6],
] as const) {
  test(`${count} of ${amountMinor} at once, in two processes, pass no further than one by one: ${mostApproved}`, async () => {
    const { subjectId } = question();
    const other = question();
    const [mixed, ...all] = await Promise.all([
      assess(other),
      ...Array.from({ length: count }, (_, at) => assess(question({ subjectId, amountMinor }), at % 2)),
    ]);
    assert.equal(all.filter(({ decision }) => decision === 'approve').length, mostApproved);
    assert.equal(mixed!.decision, 'approve', 'another person in the same batch is not touched');
    const sums = await database.admin<{ sum: string }>(
      `select inputs->>'sumLastDayMinor' as sum from risk.decisions where subject_id = $1 and outcome <> 'deny' order by id`,
      [subjectId],
    );
    const expected = sums.map((_, at) => BigInt(amountMinor) * BigInt(at + 1));
    assert.deepEqual(
      sums.map(({ sum }) => BigInt(sum)).sort((a, b) => Number(a - b)),
      expected,
      'each saw all before it that may be paid, once',
    );
  });
}

test('the same payment asked about many times at once counts once', async () => {
  const { subjectId } = question();
  const one = question({ subjectId, amountMinor: '100000' });
  const all = await Promise.all(Array.from({ length: 30 }, (_, at) => assess(one, at % 2)));
  assert.equal(new Set(all.map(({ decisionId }) => decisionId)).size, 1);
  const next = await assess(question({ subjectId, amountMinor: '1' }));
  assert.equal((await inputsOf(next.decisionId)).sumLastDayMinor, '100001');
});

test('whatever the block list writes beside its word, the word counts and nobody else in the batch is harmed', async () => {
  const odd = ['"x\\u0000"', '"\\ud800"', `"${'a'.repeat(5_000)}"`, '7', '{"a":[1]}', 'null', '"fraude \\u202e"', '""'];
  const asked = odd.map((reason, at) => {
    answers.set(sha256(`odd${at}`), `{"listed":true,"reason":${reason}}`);
    return question({ payeeKeyHash: sha256(`odd${at}`) });
  });
  const calm = Array.from({ length: 5 }, () => question());
  const decided = await Promise.all([...asked, ...calm].map((one) => assess(one)));
  assert.deepEqual(
    decided.map(({ decision }) => decision),
    [...asked.map(() => 'deny'), ...calm.map(() => 'approve')],
  );
  answers.set(sha256('named'), '{"listed":true,"reason":"FRAUD_REPORTED"}');
  const named = await assess(question({ payeeKeyHash: sha256('named') }));
  const reasons = await Promise.all(
    [...decided.slice(0, odd.length), named].map(async ({ decisionId }) => (await inputsOf(decisionId)).blockListReason),
  );
  assert.deepEqual(reasons, ['UNNAMED', 'UNNAMED', 'UNNAMED', 'UNNAMED', 'UNNAMED', null, 'UNNAMED', 'UNNAMED', 'FRAUD_REPORTED']);
});
