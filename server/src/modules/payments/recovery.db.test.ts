import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newId } from '#platform/id.ts';
import { both, SIDE_POINTS, STRAIGHT_POINTS } from '../../../test/simulation/payment-points.ts';
import { FULANO, openWorld, reaches, until, type World } from '../../../test/support/payments-world.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world?.close());

/** Stops a process at a point for good, as far as payments can tell: what runs there never goes on, what comes later never starts. */
class Stopped extends Error {}

const paid = async (key: string, crashAt: string, code = FULANO, amount = 1_000n) => {
  const ana = await world.person(10_000n);
  let isDead = false;
  const passed = new Set<string>();
  const dying = await world.openProcess({}, (name) => {
    passed.add(name);
    if (isDead || name === crashAt) {
      isDead = true;
      throw new Stopped(name);
    }
  });
  const { quoteId } = await world.main.face.decode(ana.ctx, { accountId: ana.subjectId, code });
  const input = { accountId: ana.subjectId, quoteId, amountMinor: amount.toString() };
  const ctx = { ...ana.ctx, idempotencyKey: key };
  await dying.face.createPayment(ctx, input).catch(() => undefined);
  // As a client would after losing the connection: the same request again, to whoever is alive.
  const { payment } = await world.main.face.createPayment(ctx, input);
  return { ana, payment, dying, passed };
};

for (const point of STRAIGHT_POINTS) {
  test(`left at ${point}, another process ends it, once`, async (t) => {
    const { ana, payment, dying } = await paid(newId(), point);
    t.after(() => dying.close());
    const settled = await reaches(world, ana, payment.id, 'settled');
    const balance = await world.main.face.getBalance(ana.ctx, { accountId: ana.subjectId });
    assert.deepEqual([balance.availableMinor, balance.heldMinor], ['9000', '0']);
    const { lines } = await world.sandboxCall<{ lines: { endToEndId: string; status: string }[] }>('GET', '/admin/statement');
    assert.equal(lines.filter((line) => line.endToEndId === settled.endToEndId).length, 1);
  });
}

test('left while a rejection is being given back, another process gives it back, once', async (t) => {
  for (const point of both('sent>rejected', 'release', 'rejected>failed').slice(1, -1)) {
    assert.ok(SIDE_POINTS.includes(point));
    const { ana, payment, dying } = await paid(newId(), point, 'rejeita@exemplo.com.br');
    t.after(() => dying.close());
    await reaches(world, ana, payment.id, 'failed');
    const balance = await world.main.face.getBalance(ana.ctx, { accountId: ana.subjectId });
    assert.deepEqual([balance.availableMinor, balance.heldMinor], ['10000', '0'], point);
  }
});

test('a review that nobody decides ends by itself; one that is approved goes on; steps tell who decided', async (t) => {
  const ana = await world.person(10_000n);
  world.assessments.answer = () => 'review';
  const hasty = await world.openProcess({ reviewMs: 150 });
  t.after(() => hasty.close());
  const { quoteId } = await world.main.face.decode(ana.ctx, { accountId: ana.subjectId, code: FULANO });
  const { payment } = await hasty.face.createPayment(
    { ...ana.ctx, idempotencyKey: newId() },
    { accountId: ana.subjectId, quoteId, amountMinor: '500' },
  );
  const declined = await reaches(world, ana, payment.id, 'declined');
  assert.deepEqual(
    declined.reasons.map(({ code }) => code),
    ['RISK_TEST', 'PAYMENTS_REVIEW_EXPIRED'],
  );

  const again = await world.main.face.decode(ana.ctx, { accountId: ana.subjectId, code: FULANO });
  const other = await world.main.face.createPayment(
    { ...ana.ctx, idempotencyKey: newId() },
    { accountId: ana.subjectId, quoteId: again.quoteId, amountMinor: '500' },
  );
  await reaches(world, ana, other.payment.id, 'in-review');
  const analyst = { tenantId: world.tenantId, actor: { kind: 'operator' as const, id: 'analyst' }, scopes: new Set(['payments:review']) };
  world.callers.set('analyst-token', analyst);
  const key = newId();
  const decide = async (decision: string, idempotencyKey = key) => {
    const answer = await fetch(`${world.main.url}/v1/payments/${other.payment.id}/review`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer analyst-token', 'idempotency-key': idempotencyKey },
      body: JSON.stringify({ decision, reason: 'conferido com o cliente' }),
    });
    return { status: answer.status, body: (await answer.json()) as { code?: string; status?: unknown } };
  };
  const first = await decide('approve');
  assert.equal(first.status, 200);
  assert.deepEqual(await decide('approve'), first);
  assert.equal((await decide('deny')).body.code, 'PLATFORM_IDEMPOTENCY_CONFLICT');
  assert.equal((await decide('deny', newId())).body.code, 'PAYMENTS_NOT_IN_REVIEW');
  await reaches(world, ana, other.payment.id, 'settled');
  const { steps } = await world.main.face.getSteps(world.ctx(), { paymentId: other.payment.id });
  assert.deepEqual(steps.find(({ step }) => step === 'review')?.input, { by: 'analyst', reason: 'conferido com o cliente' });
  world.assessments.answer = () => 'approve';
});

test('events: one a public status, in order, with ids and hashes only', async () => {
  const ana = await world.person(10_000n);
  const { quoteId } = await world.main.face.decode(ana.ctx, { accountId: ana.subjectId, code: FULANO });
  const { payment } = await world.main.face.createPayment(
    { ...ana.ctx, idempotencyKey: newId() },
    { accountId: ana.subjectId, quoteId, amountMinor: '500', description: 'Segredo do Fulano' },
  );
  await reaches(world, ana, payment.id, 'settled');
  const logged = await until(
    'the events',
    () => world.database.admin<{ data: { status: string } }>('select data from bus.events where key = $1 order by position', [payment.id]),
    (rows) => rows.at(-1)?.data.status === 'settled',
  );
  assert.deepEqual(
    logged.map(({ data }) => data.status).filter((status) => status !== 'unknown'),
    ['processing', 'sent', 'settled'],
  );
  assert.doesNotMatch(JSON.stringify(logged), /Fulano|Segredo|52998224725|123e4567/);
  // Nor do any of our tables show a name, a document, a key or a description in the clear.
  for (const table of ['payments', 'steps', 'quotes', 'accounts', 'receipts', 'provider_events', 'idempotency_keys', 'outbox']) {
    const rows = await world.database.admin<{ row: string }>(`select t::text as row from payments.${table} t`);
    const text = rows.map(({ row }) => row).join('\n');
    assert.doesNotMatch(text, /Fulano|Segredo|Ana de Souza|52998224725|123e4567-e12b/, table);
  }
});
