/** What a provider may say that is not so, late, twice or contrary: money is never given away for it. Each test is a kind, not a case. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import type { Approval } from '#platform/approvals/contract.ts';
import type { CallContext } from '#platform/context.ts';
import { newId, parsePublicId } from '#platform/id.ts';
import { openWorld, pay, reaches, until, type World } from '../../../test/support/payments-world.ts';
import { commandId } from './record.ts';

let world: World;
before(async () => {
  world = await openWorld({ config: { providerTimeoutMs: 700, providerQueueMs: 300, leaseMs: 2_500 } });
  world.callers.set('operator', { tenantId: world.tenantId, actor: OPERATOR, scopes: new Set(['payments:resolve', 'payments:read']) });
});
after(() => world?.close());
afterEach(() => world?.sandboxCall('DELETE', '/admin/faults'));

const OPERATOR = { kind: 'service' as const, id: 'operator' };
const APPROVER = { kind: 'operator' as const, id: newId() };
type Who = { ctx: CallContext; subjectId: string };
const faults = (body: object) => world.sandboxCall('PUT', '/admin/faults', body);
const money = async ({ ctx, subjectId }: Who) => {
  const { availableMinor, heldMinor } = await world.main.face.getBalance(ctx, { accountId: subjectId });
  return `${availableMinor}/${heldMinor}`;
};
const stepsOf = async ({ ctx, subjectId }: Who, paymentId: string) =>
  (await world.main.face.getSteps(ctx, { paymentId, accountId: subjectId })).steps.map(({ step, outcome }) => `${step}:${outcome.result}`);
const rowOf = async (id: string) => {
  const rows = await world.database.admin<Record<string, unknown>>(
    'select p.*, p.end_to_end_id as e2e from payments.payments p order by created_at desc',
  );
  const { endToEndId } = await world.main.face.getPayment(world.ctx(), { paymentId: id });
  return rows.find((row) => row.e2e === endToEndId)!;
};
const executed = async (endToEndId: string | null) => {
  const { lines } = await world.sandboxCall<{ lines: { endToEndId: string; status: string; direction: string }[] }>(
    'GET',
    '/admin/statement',
  );
  return lines.filter((line) => line.endToEndId === endToEndId && line.direction === 'out' && line.status === 'settled').length;
};
async function resolve(id: string, decision: string, reason = 'conferido no extrato do provedor') {
  const answer = await fetch(`${world.main.url}/v1/payments/${id}/resolve`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer operator', 'idempotency-key': newId() },
    body: JSON.stringify({ decision, reason }),
  });
  const body = (await answer.json()) as { code?: string; status?: string } & Pick<Approval, 'id' | 'seal'>;
  if (answer.status === 202) await world.approve(body, APPROVER, reason);
  return { status: answer.status, body };
}
async function announce(type: string, endToEndId: string, amount?: string): Promise<void> {
  const body = JSON.stringify({ id: newId(), type, at: new Date().toISOString(), data: { endToEndId, ...(amount ? { amount } : {}) } });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = `v1=${createHmac('sha256', world.secret).update(`${timestamp}.${body}`).digest('hex')}`;
  const headers = { 'content-type': 'application/json', 'x-sandbox-timestamp': timestamp, 'x-sandbox-signature': signature };
  assert.equal((await fetch(`${world.main.url}/webhooks/pix/sandbox`, { method: 'POST', headers, body })).status, 204);
}

for (const duplicate of ['duplicate422', 'duplicate409', 'answer.unknownCode'] as const) {
  test(`executed without an answer, queries that lag, and the second send answered by ${duplicate}: never given back, settled once`, async () => {
    const ana = await world.person(10_000n);
    const odd = duplicate === 'answer.unknownCode' ? { answer: { unknownCode: true } } : { [duplicate]: true };
    await faults({ timeoutAfterExecute: { count: 1 }, webhook: { never: true }, query: { notFoundMs: 6_000 }, ...odd });
    const { id, endToEndId } = await pay(world.main.face, ana, 1_000n);
    await until(
      'a second send',
      () => stepsOf(ana, id),
      (steps) => steps.filter((step) => step.startsWith('send')).length >= 2,
    );
    assert.equal(await money(ana), '9000/1000');
    await reaches(world, ana, id, 'settled');
    const steps = await stepsOf(ana, id);
    assert.ok(!steps.some((step) => step.startsWith('release')), steps.join(' '));
    assert.equal(await executed(endToEndId), 1);
    assert.equal(await money(ana), '9000/0');
  });
}

test('an announcement and a query that tell no amount, or another: nothing is settled at an amount nobody told', async () => {
  const ana = await world.person(10_000n);
  await faults({ webhook: { amountOther: true }, query: { amountMissing: true } });
  const { id } = await pay(world.main.face, ana, 1_000n);
  await until(
    'the question',
    () => stepsOf(ana, id),
    (steps) => steps.includes('query:settled'),
  );
  assert.ok((await stepsOf(ana, id)).includes('confirmation:amount-differs'), 'what was announced is kept');
  assert.notEqual((await world.main.face.getPayment(world.ctx(), { paymentId: id })).status, 'settled');
  assert.equal(await money(ana), '9000/1000');
  await faults({});
  await reaches(world, ana, id, 'settled');
});

test('another amount under our id: disputed, the money stays held, a person ends it, and who and why are kept', async () => {
  const ana = await world.person(10_000n);
  await faults({ webhook: { never: true }, query: { amountOther: true } });
  const { id } = await pay(world.main.face, ana, 1_000n);
  const disputed = await reaches(world, ana, id, 'disputed');
  assert.deepEqual(disputed.reasons, [], 'a person is not told that it failed');
  await faults({});
  await new Promise((done) => setTimeout(done, 1_500));
  assert.equal((await world.main.face.getPayment(world.ctx(), { paymentId: id })).status, 'disputed', 'nothing goes on by itself');
  assert.equal(await money(ana), '9000/1000');
  const ended = await resolve(id, 'executed');
  assert.equal(ended.status, 202, JSON.stringify(ended.body));
  await reaches(world, ana, id, 'settled');
  assert.equal(await money(ana), '9000/0');
  assert.equal((await resolve(id, 'executed')).body.code, 'PAYMENTS_NOT_FOR_PEOPLE');
  const [kept] = await world.database.admin(
    'select decision, reason, status_before, trouble, proposed_by, approved_by, applied_at is not null as applied from payments.resolutions',
  );
  assert.deepEqual(kept, {
    decision: 'executed',
    reason: 'conferido no extrato do provedor',
    status_before: 'disputed',
    trouble: 'AMOUNT_DIFFERS',
    proposed_by: 'operator',
    approved_by: APPROVER.id,
    applied: true,
  });
});

test('a final answer to the order itself is used at once, with its own id and amount; with others it is not', async () => {
  const ana = await world.person(10_000n);
  await faults({ finalInPost: true, webhook: { never: true }, query: { error500: true } });
  const { id } = await pay(world.main.face, ana, 1_000n);
  await reaches(world, ana, id, 'settled');
  assert.ok(!(await stepsOf(ana, id)).some((step) => step.startsWith('query')), 'nobody had to ask');
  const rejected = await pay(world.main.face, ana, 1_001n, 'rejeita@exemplo.com.br');
  await reaches(world, ana, rejected.id, 'failed');
  await faults({ finalInPost: true, webhook: { never: true }, answer: { ownIdOther: true } });
  const other = await pay(world.main.face, ana, 1_002n);
  await until(
    'the answer',
    () => stepsOf(ana, other.id),
    (steps) => steps.includes('send:unclear'),
  );
  await reaches(world, ana, other.id, 'settled');
});

test('settled, then rejected: the payment is disputed, and what a person decides moves the money back once', async () => {
  const ana = await world.person(10_000n);
  await faults({ settledThenRejected: true, turnAfterMs: 700 });
  const { id } = await pay(world.main.face, ana, 1_000n);
  await reaches(world, ana, id, 'settled');
  await reaches(world, ana, id, 'disputed');
  assert.equal(await money(ana), '9000/0', 'nothing moved by itself');
  const { steps } = await world.main.face.getSteps(world.ctx(), { paymentId: id });
  assert.ok(
    steps.some(({ outcome }) => outcome.verdict === 'contradiction' && outcome.finding === 'NOT_EXECUTED_AFTER_ALL'),
    JSON.stringify(steps.at(-1)),
  );
  assert.equal((await resolve(id, 'not-executed')).status, 202);
  const failed = await reaches(world, ana, id, 'failed');
  assert.equal(failed.reasons[0]?.code, 'PAYMENTS_RESOLVED_NOT_EXECUTED');
  assert.equal(await money(ana), '10000/0');
});

test('rejected, then settled: disputed although the money went back; posted another way, once, and owed if it is spent', async () => {
  const [ana, rui] = [await world.person(1_000n), await world.person(1_000n)];
  await faults({ rejectedThenSettled: true, turnAfterMs: 700 });
  const both = await Promise.all([pay(world.main.face, ana, 1_000n), pay(world.main.face, rui, 1_000n)]);
  await Promise.all(both.map(({ id }, at) => reaches(world, [ana, rui][at]!, id, 'failed')));
  await Promise.all(both.map(({ id }, at) => reaches(world, [ana, rui][at]!, id, 'disputed')));
  assert.equal(await money(ana), '1000/0');
  await faults({});
  const spent = await pay(world.main.face, rui, 900n);
  await reaches(world, rui, spent.id, 'settled');
  for (const { id } of both) assert.equal((await resolve(id, 'executed')).status, 202);
  await Promise.all(both.map(({ id }, at) => reaches(world, [ana, rui][at]!, id, 'settled')));
  assert.equal(await money(ana), '0/0');
  assert.equal(await money(rui), '100/0', 'what is not there cannot be taken');
  const ledger = await world.main.ledger.listAccounts(world.ctx(), { code: 'pix-receivable' });
  assert.deepEqual(
    ledger.accounts.map(({ postedMinor }) => postedMinor),
    // A claim is on the debit side; money taken from it stands as less than nothing until the payer pays.
    ledger.accounts.map(() => '1000'),
  );
  assert.equal((await rowOf(both[1]!.id)).post_by, 'receivable');
});

test('a signed confirmation between a rejection and the release stops the release', async () => {
  const ana = await world.person(10_000n);
  await faults({ rejectedThenSettled: true, turnAfterMs: 600 });
  world.outages.ledger = false;
  const { id, endToEndId } = await pay(world.main.face, ana, 1_000n);
  await until(
    'the hold',
    () => money(ana),
    (now) => now === '9000/1000',
  );
  world.outages.ledger = true;
  await reaches(world, ana, id, 'disputed');
  world.outages.ledger = false;
  await new Promise((done) => setTimeout(done, 1_000));
  assert.equal(await money(ana), '9000/1000', 'not released');
  assert.equal(await executed(endToEndId), 1);
  assert.equal((await resolve(id, 'executed')).status, 202);
  await reaches(world, ana, id, 'settled');
  assert.equal(await money(ana), '9000/0');
});

test('texts that poison: whoever shares the batch commits at once, and the poisoned payments end, too', async () => {
  const ana = await world.person(100_000n);
  await faults({
    rejectKeys: ['rejeita@exemplo.com.br'],
    query: { reasonNul: { probability: 0.5 }, reasonSurrogate: { probability: 0.5 } },
    webhook: { reasonNul: true },
  });
  const payments = await Promise.all(
    Array.from({ length: 30 }, (_, at) =>
      pay(world.main.face, ana, BigInt(100 + at), at % 2 ? 'rejeita@exemplo.com.br' : 'maria@exemplo.com.br'),
    ),
  );
  for (const [at, { id }] of payments.entries()) {
    const ended = await reaches(world, ana, id, at % 2 ? 'failed' : 'settled');
    if (at % 2) assert.match(ended.reasons[0]!.code, /^PIX_(AC03|UNNAMED)$/);
  }
});

test('a settlement is dated as the provider settled, not as we heard of it', async () => {
  const ana = await world.person(10_000n);
  await faults({ webhook: { never: true }, query: { error500: true } });
  const { id } = await pay(world.main.face, ana, 1_000n);
  await new Promise((done) => setTimeout(done, 2_500));
  await faults({});
  const settled = await reaches(world, ana, id, 'settled');
  const ids = [commandId(parsePublicId('pay', id), 'post')];
  const { transfers } = await world.main.ledger.getTransfers(world.ctx(), { ids });
  const settle = transfers[0]!;
  assert.equal(new Date(settle.effectiveAt).getTime(), Date.parse(settled.settledAt!));
  assert.ok(Date.parse(settle.recordedAt) - Date.parse(settle.effectiveAt) > 1_500, 'recorded later than it took effect');
});

test('a rejection announced for a payment in review, signed as it is, does not end the review', async () => {
  const ana = await world.person(10_000n);
  world.assessments.answer = () => 'review';
  const { id, endToEndId } = await pay(world.main.face, ana, 1_000n);
  await reaches(world, ana, id, 'in-review');
  world.assessments.answer = () => 'approve';
  await announce('pix.rejected', endToEndId!, '10.00');
  await until(
    'the question',
    () => stepsOf(ana, id),
    (steps) => steps.some((step) => step.startsWith('query')),
  );
  assert.equal((await world.main.face.getPayment(world.ctx(), { paymentId: id })).status, 'in-review');
  const [row] = await world.database.admin<{ waits: boolean }>(
    'select next_attempt_at = review_until as waits from payments.payments where end_to_end_id = $1',
    [endToEndId],
  );
  assert.equal(row!.waits, true, 'and it ends when it was to end');
});

test('in the end: debits equal credits, and clearing is what the provider says but for what people gave back', async () => {
  const trial = await world.main.ledger.trialBalance({ tenantId: world.tenantId, actor: { kind: 'system', id: 'test' } }, {});
  assert.deepEqual(
    trial.assets.map(({ differenceMinor }) => differenceMinor),
    ['0'],
  );
});
