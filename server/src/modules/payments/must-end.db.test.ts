/** What has to end, ends: by itself where it is certain that nothing went out, by people where it is not. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, test } from 'node:test';
import type { Approval } from '#platform/approvals/contract.ts';
import type { CallContext } from '#platform/context.ts';
import { systemContext } from '#platform/context.ts';
import { newId, parsePublicId } from '#platform/id.ts';
import { FULANO, openWorld, pay, reaches, until, type World } from '../../../test/support/payments-world.ts';
import { commandId } from './record.ts';

let world: World;
before(async () => {
  world = await openWorld({
    config: {
      providerTimeoutMs: 500,
      providerQueueMs: 200,
      leaseMs: 1_000,
      mustEndWithinMs: 3_000,
      pace: { firstQueryMs: 300, retryBaseMs: 40, retryMaxMs: 400, stuckQueryMs: 60_000 },
    },
  });
  const actor = { kind: 'service' as const, id: 'operator' };
  world.callers.set('operator', { tenantId: world.tenantId, actor, scopes: new Set(['payments:resolve']) });
  world.callers.set('reader', { tenantId: world.tenantId, actor, scopes: new Set(['payments:read']) });
});
after(() => world?.close());
afterEach(() => world?.sandboxCall('DELETE', '/admin/faults'));

type Who = { ctx: CallContext; subjectId: string };
const faults = (body: object) => world.sandboxCall('PUT', '/admin/faults', body);
const money = async ({ ctx, subjectId }: Who) => {
  const { availableMinor, heldMinor } = await world.main.face.getBalance(ctx, { accountId: subjectId });
  return `${availableMinor}/${heldMinor}`;
};
const stepsOf = async ({ ctx, subjectId }: Who, paymentId: string) =>
  (await world.main.face.getSteps(ctx, { paymentId, accountId: subjectId })).steps.map(({ step, outcome }) => `${step}:${outcome.result}`);
async function operator(method: 'GET' | 'POST', target: string, body?: unknown, token = 'operator') {
  const answer = await fetch(`${world.main.url}${target}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      'idempotency-key': newId(),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return {
    status: answer.status,
    body: (await answer.json()) as { code?: string; status?: string; payments?: { id: string }[]; next?: string | null },
  };
}

for (const [name, odd] of [
  ['malformed for ever', { error400: true }],
  ['turned away for ever', { error401: true, retryAfterS: 0 }],
  ['forbidden for ever', { error403: true, retryAfterS: 0 }],
  ['taken, and forgotten', { forget: true }],
] as const) {
  test(`an order that is ${name}: the money is back when the time is up, and nothing was executed`, async () => {
    const ana = await world.person(10_000n);
    await faults({ ...odd, webhook: { never: true } });
    const { id, endToEndId } = await pay(world.main.face, ana, 1_000n);
    const failed = await reaches(world, ana, id, 'failed');
    assert.equal(failed.reasons[0]!.code, 'PAYMENTS_TIME_IS_UP');
    assert.equal(await money(ana), '10000/0');
    const { lines } = await world.sandboxCall<{ lines: { endToEndId: string }[] }>('GET', '/admin/statement');
    assert.ok(!lines.some((line) => line.endToEndId === endToEndId));
  });
}

test('perhaps executed, and nobody tells: stuck, listed, no longer asked about; a retry asks, and the answer ends it', async () => {
  const ana = await world.person(10_000n);
  await faults({ timeoutAfterExecute: true, webhook: { never: true }, query: { error500: true } });
  const { id } = await pay(world.main.face, ana, 1_000n);
  await reaches(world, ana, id, 'stuck');
  assert.equal(await money(ana), '9000/1000', 'perhaps is not no');
  const before = (await stepsOf(ana, id)).length;
  await new Promise((done) => setTimeout(done, 1_500));
  assert.equal((await stepsOf(ana, id)).length, before, 'nobody hammers it');

  const listed = await operator('GET', '/v1/payments?status=stuck&limit=100');
  assert.ok(
    listed.body.payments!.some((one) => one.id === id),
    JSON.stringify(listed.body),
  );
  assert.equal((await operator('GET', '/v1/payments?status=stuck', undefined, 'reader')).status, 403);
  await faults({});
  assert.equal((await operator('POST', `/v1/payments/${id}/retry`, { reason: 'o provedor voltou' })).status, 200);
  await reaches(world, ana, id, 'settled');
  assert.ok((await stepsOf(ana, id)).includes('retry:due'));
  assert.equal((await operator('POST', `/v1/payments/${id}/retry`, { reason: 'outra vez' })).body.code, 'PAYMENTS_NOTHING_DUE');
});

test('a list of what is stuck comes in pages, the oldest first, each once', async () => {
  const ana = await world.person(10_000n);
  await faults({ timeoutAfterExecute: true, webhook: { never: true }, query: { error500: true } });
  const payments = await Promise.all([100n, 101n, 102n, 103n, 104n].map((amount) => pay(world.main.face, ana, amount)));
  for (const { id } of payments) await reaches(world, ana, id, 'stuck');
  const seen: { id: string; since: string }[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await operator('GET', `/v1/payments?status=stuck&limit=2${cursor ? `&cursor=${cursor}` : ''}`);
    assert.equal(page.status, 200, JSON.stringify(page.body));
    seen.push(...(page.body.payments as { id: string; since: string }[]));
    cursor = page.body.next ?? null;
  }
  assert.equal(new Set(seen.map(({ id }) => id)).size, seen.length);
  for (const { id } of payments) assert.ok(seen.some((one) => one.id === id));
  assert.deepEqual(
    seen.map(({ since }) => since),
    seen.map(({ since }) => since).toSorted(),
  );
  await faults({});
  for (const { id } of payments) {
    const asked = await operator('POST', `/v1/payments/${id}/resolve`, { decision: 'not-executed', reason: 'fim do teste' });
    await world.approve(asked.body as unknown as Approval, { kind: 'operator', id: newId() }, 'conferido');
  }
  for (const { id } of payments) await reaches(world, ana, id, 'failed');
  assert.equal(await money(ana), '10000/0');
});

test('the payer’s data were erased before the order went out: it cannot go, and the money is back', async (t) => {
  const ana = await world.person(10_000n);
  const away = await world.openProcess({ providerUrl: 'http://127.0.0.1:9' });
  t.after(() => away.close());
  await faults({ error403: true, retryAfterS: 0 });
  const { quoteId } = await world.main.face.decode(ana.ctx, { accountId: ana.subjectId, code: FULANO });
  const { payment } = await away.face.createPayment(
    { ...ana.ctx, idempotencyKey: newId() },
    { accountId: ana.subjectId, quoteId, amountMinor: '500' },
  );
  await until(
    'the hold',
    () => money(ana),
    (now) => now === '9500/500',
  );
  await world.main.vault.destroy(world.tenantId, ana.subjectId);
  const failed = await reaches(world, ana, payment.id, 'failed');
  assert.equal(failed.reasons[0]!.code, 'PAYMENTS_ORDER_LOST');
  assert.equal(await money(ana), '10000/0');
});

test('a hold that somebody released before the confirmation: posted another way, and noted', async () => {
  const ana = await world.person(1_000n);
  await faults({ webhook: { never: true }, query: { error500: true } });
  const { id } = await pay(world.main.face, ana, 600n);
  await reaches(world, ana, id, 'sent');
  const holdId = commandId(parsePublicId('pay', id), 'hold');
  const { results } = await world.main.ledger.submit(systemContext(world.tenantId, 'payments'), {
    commands: [{ id: newId(), kind: 'release', holdId }],
  });
  assert.equal(results[0]!.outcome, 'done');
  assert.equal(await money(ana), '1000/0');
  await faults({});
  await reaches(world, ana, id, 'settled');
  assert.equal(await money(ana), '400/0');
  const { steps } = await world.main.face.getSteps(world.ctx(), { paymentId: id });
  assert.ok(steps.some(({ outcome }) => outcome.finding === 'LEDGER_HOLD_ALREADY_RELEASED'));
  const { lines } = await world.main.face.getStatement(ana.ctx, { accountId: ana.subjectId, limit: 5 });
  assert.deepEqual(
    [lines[0]!.kind, lines[0]!.paymentId, lines[0]!.amountMinor],
    ['pix-out', id, '600'],
    'the statement knows it as the payment',
  );
});

test('a process whose clock is a day ahead ends no review, sends nothing again, gives nothing up', async (t) => {
  const ana = await world.person(10_000n);
  world.assessments.answer = () => 'review';
  const { id } = await pay(world.main.face, ana, 1_000n);
  await reaches(world, ana, id, 'in-review');
  world.assessments.answer = () => 'approve';
  const ahead = await world.openProcess({}, undefined, { now: () => Date.now() + 86_400_000 });
  t.after(() => ahead.close());
  ahead.startWork();
  await new Promise((done) => setTimeout(done, 800));
  assert.equal((await world.main.face.getPayment(world.ctx(), { paymentId: id })).status, 'in-review');
});

test('a slow provider: the lease is kept while the order is under way, so that nobody else sends it', async (t) => {
  const sends: string[] = [];
  const slow = createServer((request, reply) => {
    if (request.method === 'POST' && request.url === '/spi/payments') {
      sends.push('send');
      setTimeout(() => reply.writeHead(503).end(), 1_600);
    } else reply.writeHead(404, { 'content-type': 'application/json' }).end('{"code":"NOT_FOUND"}');
  });
  await new Promise<void>((done) => slow.listen(0, '127.0.0.1', done));
  t.after(() => {
    slow.closeAllConnections();
    slow.close();
  });
  const providerUrl = `http://127.0.0.1:${(slow.address() as AddressInfo).port}`;
  const patient = { providerUrl, providerTimeoutMs: 2_500, leaseMs: 300, mustEndWithinMs: 60_000 };
  // The world's own process must not take it: its tenant's payment stays leased all along, or else it would send it to the sandbox.
  const ana = await world.person(10_000n);
  const one = await world.openProcess(patient);
  t.after(() => one.close());
  const { quoteId } = await world.main.face.decode(ana.ctx, { accountId: ana.subjectId, code: FULANO });
  const { payment } = await one.face.createPayment(
    { ...ana.ctx, idempotencyKey: newId() },
    { accountId: ana.subjectId, quoteId, amountMinor: '500' },
  );
  await until(
    'the send',
    async () => sends.length,
    (count) => count === 1,
  );
  for (let look = 0; look < 10; look++) {
    await new Promise((done) => setTimeout(done, 120));
    const [row] = await world.database.admin<{ kept: boolean; status: string }>(
      'select lease_until > now() as kept, status from payments.payments where id = $1',
      [parsePublicId('pay', payment.id)],
    );
    assert.deepEqual(row, { kept: true, status: 'held' });
  }
  await reaches(world, ana, payment.id, 'settled');
});

test('a provider that hangs: new payments over it are refused instead of holding money for a queue; on us goes on', async (t) => {
  const hanging = createServer(() => undefined);
  await new Promise<void>((done) => hanging.listen(0, '127.0.0.1', done));
  t.after(() => {
    hanging.closeAllConnections();
    hanging.close();
  });
  const [ana, rui] = [await world.person(100_000n), await world.person()];
  const slow = await world.openProcess({
    providerUrl: `http://127.0.0.1:${(hanging.address() as AddressInfo).port}`,
    providerTimeoutMs: 20_000,
    providerQueueMs: 1_000,
    mustEndWithinMs: 60_000,
  });
  t.after(() => slow.close());
  // On a busy machine the directory may be slow to answer, too; reading again is harmless.
  const quote = (code: string): Promise<string> =>
    until(
      'a quote',
      () =>
        world.main.face.decode(ana.ctx, { accountId: ana.subjectId, code }).then(
          ({ quoteId }) => quoteId,
          () => '',
        ),
      (quoteId) => quoteId !== '',
    );
  const create = async (quoteId: string) =>
    slow.face.createPayment({ ...ana.ctx, idempotencyKey: newId() }, { accountId: ana.subjectId, quoteId, amountMinor: '10' });
  const quotes = await Promise.all(Array.from({ length: 70 }, () => quote(FULANO)));
  await Promise.all(quotes.map(create));
  // Those beyond the turns there are are told after their time in the queue; the others still hang.
  await until(
    'a refusal',
    async () =>
      create(await quote(FULANO)).then(
        () => 'made',
        (error: { code?: string }) => error.code,
      ),
    (code) => code === 'PAYMENTS_PROVIDER_BUSY',
    12_000,
  );
  await create(await quote(rui.account.pixKey!));
});

test('left while the books are being repaired, another process repairs them, once', async (t) => {
  for (const point of ['post:before', 'post:after', 'confirmed>settled:before']) {
    const ana = await world.person(1_000n);
    let isRepairing = false;
    let isDead = false;
    const dying = await world.openProcess({}, (name) => {
      if (isDead || (isRepairing && name === `payments.payment/${point}`)) {
        isDead = true;
        throw new Error(`left at ${name}`);
      }
    });
    t.after(() => dying.close());
    await faults({ webhook: { never: true }, query: { error500: true } });
    const { quoteId } = await world.main.face.decode(ana.ctx, { accountId: ana.subjectId, code: FULANO });
    const { payment } = await dying.face.createPayment(
      { ...ana.ctx, idempotencyKey: newId() },
      { accountId: ana.subjectId, quoteId, amountMinor: '600' },
    );
    await reaches(world, ana, payment.id, 'sent');
    const holdId = commandId(parsePublicId('pay', payment.id), 'hold');
    await world.main.ledger.submit(systemContext(world.tenantId, 'payments'), { commands: [{ id: newId(), kind: 'release', holdId }] });
    isRepairing = true;
    dying.startWork();
    await faults({});
    await reaches(world, ana, payment.id, 'settled');
    assert.equal(await money(ana), '400/0', point);
    // What is dead opens no accounts either.
    await dying.close();
  }
});

test('ages and numbers of what is not over are there to be watched', async () => {
  const ana = await world.person(10_000n);
  await faults({ timeoutAfterExecute: true, webhook: { never: true }, query: { error500: true } });
  const { id } = await pay(world.main.face, ana, 1_000n);
  await reaches(world, ana, id, 'stuck');
  const text = await world.main.metrics.registry.metrics();
  assert.match(text, /lastro_machine_oldest_seconds\{machine="payments.payment",state="stuck"\} [0-9.]+/);
  assert.match(text, /lastro_machine_open\{machine="payments.payment",state="stuck"\} [1-9]/);
  assert.match(text, /lastro_payment_findings_total\{code="PAYMENTS_TIME_IS_UP"\} [1-9]/);
});
