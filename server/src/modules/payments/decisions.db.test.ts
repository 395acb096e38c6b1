/** A person's decision and a step of the machine at the same moment: the step is written first, and the decision counts all the same. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { newId, parsePublicId } from '#platform/id.ts';
import { openWorld, pay, reaches, until, type World } from '../../../test/support/payments-world.ts';
import { homeTenantOf } from './deps.ts';
import { PAYMENT_PREFIX, receiptName } from './record.ts';

let world: World;
before(async () => {
  world = await openWorld({ config: { providerTimeoutMs: 700 } });
  const actor = { kind: 'operator' as const, id: 'operator' };
  world.callers.set('operator', { tenantId: world.tenantId, actor, scopes: new Set(['payments:review']) });
});
after(() => world?.close());

/** Somebody else writes a step of this row and has not committed yet; once `act` waits for that, it is committed. */
async function whileAStepIsWritten<T>(table: 'payments' | 'receipts', id: string, act: () => Promise<T>): Promise<T> {
  const other = new pg.Client(world.database.adminUrl);
  await other.connect();
  try {
    await other.query('begin');
    const { rowCount } = await other.query(`update payments.${table} set version = version + 1, updated_at = now() where id = $1`, [id]);
    assert.equal(rowCount, 1);
    const done = act();
    done.catch(() => undefined);
    await until(
      'the decision waiting for the row',
      () =>
        world.database.admin<{ n: number }>(
          "select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        ),
      ([row]) => row!.n > 0,
    );
    await other.query('commit');
    return await done;
  } finally {
    await other.end();
  }
}

async function review(paymentId: string, decision: string): Promise<string> {
  const answer = await fetch(`${world.main.url}/v1/payments/${paymentId}/review`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer operator', 'idempotency-key': newId() },
    body: JSON.stringify({ decision, reason: 'conferido com o cliente' }),
  });
  return `${answer.status} ${await answer.text()}`;
}

test('the end of a disputed payment', async () => {
  const ana = await world.person(10_000n);
  await world.sandboxCall('PUT', '/admin/faults', { webhook: { never: true }, query: { amountOther: true } });
  const { id } = await pay(world.main.face, ana, 1_000n);
  await reaches(world, ana, id, 'disputed');
  await world.sandboxCall('DELETE', '/admin/faults');
  const ctx = { tenantId: world.tenantId, actor: { kind: 'service', id: 'admin:test' }, idempotencyKey: newId() } as const;
  await whileAStepIsWritten('payments', parsePublicId(PAYMENT_PREFIX, id), () =>
    world.main.face.resolvePayment(ctx, { paymentId: id, decision: 'executed', reason: 'conferido com o cliente' }),
  );
  await reaches(world, ana, id, 'settled');
});

test('the end of a review', async () => {
  const ana = await world.person(10_000n);
  world.assessments.answer = () => 'review';
  const { id } = await pay(world.main.face, ana, 1_000n);
  await reaches(world, ana, id, 'in-review');
  world.assessments.answer = () => 'approve';
  const answer = await whileAStepIsWritten('payments', parsePublicId(PAYMENT_PREFIX, id), () => review(id, 'approve'));
  assert.match(answer, /^200 /);
  await reaches(world, ana, id, 'settled');
});

test('whose an arrival is', async () => {
  const tenantId = homeTenantOf({});
  const owner = await world.person(0n, 'Rui Barbosa', tenantId);
  const sent = { payeeKey: `ninguem.${newId()}@exemplo.com.br`, amount: '7.00' };
  const { endToEndId } = await world.sandboxCall<{ endToEndId: string }>('POST', '/admin/receive', sent);
  const statusOf = () =>
    world.database.admin<{ id: string; status: string }>('select id, status from payments.receipts where end_to_end_id = $1', [endToEndId]);
  const [row] = await until('an arrival that is nobody’s', statusOf, ([one]) => one?.status === 'unmatched');
  const decided = await whileAStepIsWritten('receipts', row!.id, () =>
    world.main.face.decideReceipt(
      { tenantId, actor: { kind: 'service', id: 'operator' }, idempotencyKey: newId() },
      { receiptId: receiptName(row!.id), decision: 'match', accountId: owner.subjectId, reason: 'conferido com o cliente' },
    ),
  );
  assert.equal(decided.status, 200);
  await until('the credit', statusOf, ([one]) => one?.status === 'credited');
});
