import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import type { CallContext } from '#platform/context.ts';
import { newId } from '#platform/id.ts';
import { openWorld, pay, reaches, until, type World } from '../../../test/support/payments-world.ts';
import { type Difference, reconcile } from './reconcile.ts';

let world: World;
before(async () => {
  world = await openWorld({ config: { providerTimeoutMs: 1_000, leaseMs: 2_500 } });
});
after(() => world?.close());
afterEach(() => world?.sandboxCall('DELETE', '/admin/faults'));

const faults = (body: object) => world.sandboxCall('PUT', '/admin/faults', body);
const available = async ({ ctx, subjectId }: { ctx: CallContext; subjectId: string }) => {
  const { availableMinor, heldMinor } = await world.main.face.getBalance(ctx, { accountId: subjectId });
  return `${availableMinor}/${heldMinor}`;
};

/** What the provider did and what we wrote down, compared by the reconciliation itself. */
async function differences(): Promise<Difference[]> {
  return reconcile(world.main.db, world.fetchStatement, { fromMs: Date.now() - 600_000, toMs: Date.now() + 60_000 });
}

const executed = async (endToEndId: string) => {
  const { lines } = await world.sandboxCall<{ lines: { endToEndId: string; status: string; direction: string }[] }>(
    'GET',
    '/admin/statement',
  );
  return lines.filter((line) => line.endToEndId === endToEndId && line.direction === 'out' && line.status === 'settled').length;
};

test('a time-out after executing leaves unknown, and the provider’s word settles it, once', async () => {
  const ana = await world.person(10_000n);
  await faults({ timeoutAfterExecute: { count: 1 }, webhook: { never: true }, query: { error500: true } });
  const { id, endToEndId } = await pay(world.main.face, ana, 1_000n);
  const unknown = await reaches(world, ana, id, 'unknown');
  assert.equal(await available(ana), '9000/1000', 'unknown is not failed: the money stays held');
  assert.equal(unknown.settledAt, null);
  await faults({});
  const { steps } = await reaches(world, ana, id, 'settled');
  assert.equal(steps.find(({ name }) => name === 'send')?.status, 'unanswered', 'and it is said so for ever');
  assert.equal(await available(ana), '9000/0');
  assert.equal(await executed(endToEndId!), 1);
});

test('500s before executing: asked, not received, sent again under the same id until it is taken', async () => {
  const ana = await world.person(10_000n);
  await faults({ error500: { count: 2 } });
  const { id, endToEndId } = await pay(world.main.face, ana, 1_000n);
  await reaches(world, ana, id, 'settled');
  const { steps } = await world.main.face.getSteps(world.ctx(), { paymentId: id });
  const names = steps.map(({ step, outcome }) => `${step} ${outcome.result}`);
  assert.ok(names.includes('send unclear') && names.includes('query not-received'), names.join());
  assert.equal(await executed(endToEndId!), 1);
  assert.equal(await available(ana), '9000/0');
});

test('500 after executing is not a failure either', async () => {
  const ana = await world.person(10_000n);
  await faults({ error500AfterExecute: { count: 1 }, webhook: { never: true } });
  const { id, endToEndId } = await pay(world.main.face, ana, 1_000n);
  await reaches(world, ana, id, 'settled');
  assert.equal(await executed(endToEndId!), 1);
});

test('webhooks twice, out of order, before the answer, or never: each payment settles once', async () => {
  const ana = await world.person(100_000n);
  const kinds = [{ duplicate: true }, { reorder: true }, { beforeAnswer: true }, { never: true }, { duplicate: true, beforeAnswer: true }];
  let spent = 0n;
  for (const webhook of kinds) {
    await faults({ webhook });
    const payments = await Promise.all([1_000n, 1_001n, 1_002n].map((amount) => pay(world.main.face, ana, amount)));
    for (const { id, endToEndId } of payments) {
      await reaches(world, ana, id, 'settled');
      assert.equal(await executed(endToEndId!), 1, JSON.stringify(webhook));
    }
    spent += 3_003n;
  }
  assert.equal(await available(ana), `${100_000n - spent}/0`);
});

test('a rejection by the provider gives the money back; a rejection nobody confirms does not', async () => {
  const ana = await world.person(10_000n);
  const { id } = await pay(world.main.face, ana, 1_000n, 'rejeita@exemplo.com.br');
  const failed = await reaches(world, ana, id, 'failed');
  assert.equal(failed.reasons[0]!.code, 'PIX_AC03');
  assert.equal(await available(ana), '10000/0');

  await faults({ webhook: { delayMs: 800, never: false } });
  const other = await pay(world.main.face, ana, 2_000n, 'lento@exemplo.com.br');
  await reaches(world, ana, other.id, 'sent');
  const answer = await announce({ type: 'pix.rejected', data: { endToEndId: other.endToEndId!, amount: '20.00' } });
  assert.equal(answer, 204);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(await available(ana), '8000/2000', 'still held: asked, the provider says it is on its way');
  await reaches(world, ana, other.id, 'settled');
});

test('the provider is away: nothing is lost, and the payment goes on when it is back', async (t) => {
  const ana = await world.person(10_000n);
  const away = await world.openProcess({ providerUrl: 'http://127.0.0.1:9' });
  t.after(() => away.close());
  const { quoteId } = await world.main.face.decode(ana.ctx, { accountId: ana.subjectId, code: 'maria@exemplo.com.br' });
  const { payment } = await away.face.createPayment(
    { ...ana.ctx, idempotencyKey: newId() },
    { accountId: ana.subjectId, quoteId, amountMinor: '500' },
  );
  await reaches(world, ana, payment.id, 'settled');
  await assert.rejects(
    away.face.decode(ana.ctx, { accountId: ana.subjectId, code: 'maria@exemplo.com.br' }),
    (error: { code?: string }) => error.code === 'PIX_DIRECTORY_UNAVAILABLE',
  );
});

test('a forged, altered, stale or malformed webhook changes nothing', async () => {
  const ana = await world.person(10_000n);
  await faults({ webhook: { never: true } });
  const { id, endToEndId } = await pay(world.main.face, ana, 1_000n, 'lento@exemplo.com.br');
  await reaches(world, ana, id, 'sent');
  const event = { type: 'pix.settled', data: { endToEndId: endToEndId!, amount: '10.00' } };
  assert.equal(await announce(event, { secret: 'another' }), 401);
  assert.equal(await announce(event, { timestamp: Math.floor(Date.now() / 1000) - 301 }), 401);
  assert.equal(await announce(event, { alter: (body) => body.replace('10.00', '99.00') }), 401);
  assert.equal(await announce(event, { unsigned: true }), 401);
  assert.equal(await announce({ type: 'pix.settled', data: {} as never }), 400);
  assert.equal(await announce({ ...event, data: { ...event.data, amount: '99.00' } }), 204);
  assert.equal((await world.main.face.getPayment(world.ctx(), { paymentId: id })).status, 'sent');
  assert.equal(
    await announce({ type: 'pix.settled', data: { endToEndId: `E12345678202601010000${'a'.repeat(11)}`, amount: '1.00' } }),
    204,
  );
});

test('an arrival is credited once however often it is announced; one for nobody stays visible', async () => {
  const ana = await world.person();
  await faults({ webhook: { duplicate: true } });
  await world.sandboxCall('POST', '/admin/receive', { payeeKey: ana.account.pixKey, amount: '12.34' });
  await until(
    'the money',
    () => available(ana),
    (now) => now === '1234/0',
  );
  const { endToEndId } = await world.sandboxCall<{ endToEndId: string }>('POST', '/admin/receive', {
    payeeKey: 'maria@exemplo.com.br',
    amount: '5.00',
  });
  const found = await until(
    'the unmatched receipt',
    () => world.database.admin<{ status: string }>('select status from payments.receipts where end_to_end_id = $1', [endToEndId]),
    (rows) => rows[0]?.status === 'unmatched',
  );
  assert.equal(found.length, 1);
  // Announced with another amount than arrived: kept, not credited.
  const { endToEndId: other } = await (async () => {
    await faults({ webhook: { never: true } });
    return world.sandboxCall<{ endToEndId: string }>('POST', '/admin/receive', { payeeKey: ana.account.pixKey, amount: '7.00' });
  })();
  await announce({ type: 'pix.received', data: { endToEndId: other, amount: '70.00' } });
  await until(
    'the mismatch',
    () => world.database.admin<{ status: string }>('select status from payments.receipts where end_to_end_id = $1', [other]),
    (rows) => rows[0]?.status === 'mismatched',
  );
  assert.equal(await available(ana), '1234/0');
});

test('two processes drive everything at once: each payment has one effect', async (t) => {
  const ana = await world.person(1_000_000n);
  const second = await world.openProcess({ leaseMs: 1 });
  t.after(() => second.close());
  second.startWork();
  // Settled together: when one fails none is still at work while the second process closes.
  const asked = await Promise.allSettled(
    Array.from({ length: 40 }, async (_, at) => {
      const face = at % 2 ? second.face : world.main.face;
      return pay(face, ana, BigInt(1_000 + at), at % 5 === 0 ? 'rejeita@exemplo.com.br' : 'maria@exemplo.com.br');
    }),
  );
  const created = asked.map((one) => (one.status === 'fulfilled' ? one.value : assert.fail(one.reason as Error)));
  for (const [at, { id }] of created.entries()) await reaches(world, ana, id, at % 5 === 0 ? 'failed' : 'settled');
  const spent = created.reduce((sum, _, at) => (at % 5 === 0 ? sum : sum + BigInt(1_000 + at)), 0n);
  assert.equal(await available(ana), `${1_000_000n - spent}/0`);
});

test('in the end our books and the provider’s statement differ in nothing but what was planted', async () => {
  await until(
    'every payment over',
    async () => {
      const rows = await world.database.admin<{ count: string }>(
        'select count(*) from payments.payments where next_attempt_at is not null',
      );
      return Number(rows[0]!.count);
    },
    (open) => open === 0,
  );
  const found = await differences();
  assert.deepEqual(found.map(({ kind, ours }) => `${kind} ${ours}`).sort(), [
    'received-not-credited mismatched',
    'received-not-credited unmatched',
  ]);
  const trial = await world.main.ledger.trialBalance({ tenantId: world.tenantId, actor: { kind: 'system', id: 'test' } }, {});
  assert.deepEqual(
    trial.assets.map(({ differenceMinor }) => differenceMinor),
    ['0'],
  );
});

type Event = { type: string; data: { endToEndId: string; amount?: string } };

/** Posts an announcement as the provider (or somebody else) would. Answers the HTTP status. */
async function announce(
  event: Event,
  how: { secret?: string; timestamp?: number; unsigned?: boolean; alter?: (body: string) => string } = {},
): Promise<number> {
  const body = JSON.stringify({ id: newId(), at: new Date().toISOString(), ...event });
  const timestamp = String(how.timestamp ?? Math.floor(Date.now() / 1000));
  const signature = `v1=${createHmac('sha256', how.secret ?? world.secret)
    .update(`${timestamp}.${body}`)
    .digest('hex')}`;
  const answer = await fetch(`${world.main.url}/webhooks/pix/sandbox`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(how.unsigned ? {} : { 'x-sandbox-timestamp': timestamp, 'x-sandbox-signature': signature }),
    },
    body: how.alter ? how.alter(body) : body,
  });
  await answer.arrayBuffer();
  return answer.status;
}
