/** What two people decide about money: asked by one, approved by another, carried out once and in the commit of the approval. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ApprovalKind, createApprovals } from '#platform/approvals/approvals.ts';
import type { Approval } from '#platform/approvals/contract.ts';
import { systemClock } from '#platform/clock.ts';
import type { Actor } from '#platform/context.ts';
import { newId, parsePublicId } from '#platform/id.ts';
import { openWorld, pay, reaches, until, type World } from '../../../test/support/payments-world.ts';
import { PAYMENT_PREFIX } from './record.ts';

const ANA: Actor = { kind: 'operator', id: newId() };
const BIA: Actor = { kind: 'operator', id: newId() };
const CARLA: Actor = { kind: 'operator', id: newId() };
const ROBOT: Actor = { kind: 'service', id: 'robot' };
let world: World;

before(async () => {
  world = await openWorld({ config: { providerTimeoutMs: 700 } });
  for (const actor of [ANA, ROBOT])
    world.callers.set(actor.id, { tenantId: world.tenantId, actor, scopes: new Set(['payments:resolve', 'payments:review']) });
});
after(() => world?.close());

const as = (actor: Actor, tenantId = world.tenantId) => ({ tenantId, actor, idempotencyKey: newId() });
const rowOf = async (id: string) =>
  (
    await world.database.admin<{ state: string; decided_by: string | null; effects: number }>(
      `select a.state, a.decided_by, (select count(*)::int from payments.resolutions r where r.payment_id = $2) as effects
       from payments.approvals a where a.approval_id = $1`,
      [id, parsePublicId(PAYMENT_PREFIX, (await aboutOf(id))!)],
    )
  )[0]!;
const aboutOf = async (id: string) =>
  (await world.database.admin<{ about: string }>('select about from payments.approvals where approval_id = $1', [id]))[0]?.about;

async function disputed(): Promise<string> {
  const payer = await world.person(10_000n);
  await world.sandboxCall('PUT', '/admin/faults', { webhook: { never: true }, query: { amountOther: true } });
  const { id } = await pay(world.main.face, payer, 1_000n);
  await reaches(world, payer, id, 'disputed');
  await world.sandboxCall('DELETE', '/admin/faults');
  return id;
}
const ask = (paymentId: string, by = ANA, reason = 'consta no extrato'): Promise<Approval> =>
  world.main.face.askApproval(as(by), { asked: { kind: 'payments.resolve', paymentId, decision: 'executed' }, reason });
const decide = (one: Approval, by: Actor, decision: 'approve' | 'refuse' | 'withdraw' = 'approve', seal = one.seal) =>
  world.main.face.decideApproval(as(by), { approvalId: one.id, decision, seal, reason: 'conferido' });

test('one asks, another approves; both are on record, and the payment ends', async () => {
  const id = await disputed();
  const asked = await ask(id);
  await assert.rejects(ask(id, BIA), { code: 'PLATFORM_APPROVAL_PENDING' });
  await assert.rejects(decide(asked, ANA), { code: 'PLATFORM_APPROVAL_OWN' });
  await assert.rejects(decide(asked, ROBOT), { code: 'PLATFORM_APPROVAL_FOR_OPERATORS' });
  await assert.rejects(world.main.face.resolvePayment(as(BIA), { paymentId: id, decision: 'executed', reason: 'sozinha' }), {
    code: 'PAYMENTS_TAKES_TWO',
  });
  const done = await decide(asked, BIA);
  assert.equal(done.state, 'approved');
  const [kept] = await world.database.admin<Record<string, string>>(
    'select proposed_by, approved_by, reason from payments.resolutions where payment_id = $1',
    [parsePublicId(PAYMENT_PREFIX, id)],
  );
  assert.deepEqual({ ...kept }, { proposed_by: ANA.id, approved_by: BIA.id, reason: 'conferido' });
  const told = await until(
    'the events',
    () => world.database.admin<{ type: string }>('select type from bus.events where key = $1 order by position', [asked.id]),
    (rows) => rows.length === 2,
  );
  assert.deepEqual(
    told.map(({ type }) => type),
    ['payments.approval-asked.v1', 'payments.approval-decided.v1'],
  );
  await assert.rejects(decide(asked, CARLA), { code: 'PLATFORM_APPROVAL_OVER' });
});

test('of two who decide at once one does, and it happens once', async () => {
  const asked = await ask(await disputed());
  const both = await Promise.allSettled([decide(asked, BIA), decide(asked, CARLA, 'refuse'), decide(asked, BIA), decide(asked, CARLA)]);
  const done = both.filter((one) => one.status === 'fulfilled');
  assert.equal(done.length, 1);
  for (const one of both) if (one.status === 'rejected') assert.equal((one.reason as { code: string }).code, 'PLATFORM_APPROVAL_OVER');
  const { state, effects } = await rowOf(asked.id);
  assert.equal(effects, state === 'approved' ? 1 : 0);
});

test('another body than was read, and a row that was edited, are approved by nobody', async () => {
  const asked = await ask(await disputed());
  await assert.rejects(decide(asked, BIA, 'approve', newId().replaceAll('-', '')), { code: 'PLATFORM_APPROVAL_CHANGED' });
  await world.database.admin(`update payments.approvals set payload = payload || '{"decision": "not-executed"}' where approval_id = $1`, [
    asked.id,
  ]);
  await assert.rejects(decide(asked, BIA), { code: 'PLATFORM_APPROVAL_CHANGED' });
  const [edited] = (await world.main.face.listApprovals(as(BIA), { onlyPending: true })).approvals.filter(({ id }) => id === asked.id);
  assert.deepEqual(edited!.payload, { ...(asked.payload as object), decision: 'not-executed' });
  await assert.rejects(decide(edited!, BIA), { code: 'PLATFORM_APPROVAL_CHANGED' }, 'reading it again makes it no better');
  assert.equal((await rowOf(asked.id)).effects, 0);
});

test('what nobody decided in time is over, by the database’s clock, whoever comes first', async () => {
  const { db, bus, vault, module } = world.main;
  let effects = 0;
  const short: ApprovalKind<{ id: string }> = { about: ({ id }) => id, lastsMs: 200, execute: async () => ++effects };
  const kinds = { short } as unknown as Record<string, ApprovalKind>;
  const approvals = createApprovals({ db, bus, vault, clock: systemClock, module: 'payments', kinds });
  const { tenantId } = world;
  const askShort = (id = newId()) =>
    db.tx({ module: 'payments', tenants: [tenantId] }, (tx) =>
      approvals.ask(tx, { tenantId, kind: 'short', payload: { id }, reason: 'depressa', by: ANA }),
    );
  const stateOf = async ({ id }: Approval) =>
    (await world.database.admin<{ state: string }>('select state from payments.approvals where approval_id = $1', [id]))[0]!.state;
  const late = ({ id }: Approval) =>
    until(
      'the end of its time',
      () =>
        world.database.admin<{ late: boolean }>(
          'select expires_at < clock_timestamp() as late from payments.approvals where approval_id = $1',
          [id],
        ),
      ([row]) => row!.late,
    );
  const [byHand, byJob] = [await askShort(), await askShort()];
  await late(byHand);
  const approve = { approvalId: byHand.id, decision: 'approve', seal: byHand.seal, reason: 'tarde' } as const;
  await assert.rejects(approvals.decideApproval(as(BIA), approve), { code: 'PLATFORM_APPROVAL_EXPIRED' });
  assert.equal(await stateOf(byHand), 'expired', 'on record, though it was refused');
  await late(byJob);
  await module.jobs!.find(({ name }) => name === 'payments.late-approvals')!.run({ db } as never);
  assert.equal(await stateOf(byJob), 'expired');
  await assert.rejects(approvals.decideApproval(as(BIA), { ...approve, approvalId: byJob.id, seal: byJob.seal }), {
    code: 'PLATFORM_APPROVAL_OVER',
  });
  const first = await askShort();
  const again = () => askShort((first.payload as { id: string }).id);
  await late(first);
  assert.notEqual((await again()).id, first.id, 'what is over is in nobody’s way');
  assert.equal(await stateOf(first), 'expired');
  assert.equal(effects, 0);
});

test('whoever asked takes it back, and may ask again', async () => {
  const id = await disputed();
  const asked = await ask(id);
  await assert.rejects(decide(asked, BIA, 'withdraw'), { code: 'PLATFORM_APPROVAL_OWN' });
  assert.equal((await decide(asked, ANA, 'withdraw')).state, 'withdrawn');
  const again = await ask(id);
  assert.equal((await decide(again, BIA, 'refuse')).state, 'refused');
  assert.equal((await rowOf(again.id)).effects, 0);
});

test('a database that goes away in the middle of the effect leaves the request waiting and nothing done', async () => {
  const id = await disputed();
  const asked = await ask(id);
  await world.database.admin(`create function payments.die() returns trigger language plpgsql as $$
    begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$`);
  await world.database.admin('create trigger die before insert on payments.resolutions for each row execute function payments.die()');
  await assert.rejects(decide(asked, BIA));
  await world.database.admin('drop trigger die on payments.resolutions');
  await world.database.admin('drop function payments.die');
  assert.deepEqual({ ...(await rowOf(asked.id)) }, { state: 'pending', decided_by: null, effects: 0 });
  assert.equal((await decide(asked, BIA)).state, 'approved');
  assert.equal((await rowOf(asked.id)).effects, 1);
});

test('over the API a service asks (202), and a repetition asks once', async () => {
  const id = await disputed();
  const key = newId();
  const post = async () => {
    const answer = await fetch(`${world.main.url}/v1/payments/${id}/resolve`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${ROBOT.id}`, 'idempotency-key': key },
      body: JSON.stringify({ decision: 'not-executed', reason: 'o provedor devolveu' }),
    });
    return { status: answer.status, body: (await answer.json()) as Approval };
  };
  const first = await post();
  assert.deepEqual([first.status, first.body.state], [202, 'pending']);
  assert.deepEqual(await post(), first);
  assert.equal((await decide(first.body, ANA)).state, 'approved');
});

test('a review above the sum takes two; up to it one operator, and never a service', async () => {
  const payer = await world.person(1_000_000n);
  world.assessments.answer = () => 'review';
  const reviewed = async (amountMinor: bigint) => {
    const { id } = await pay(world.main.face, payer, amountMinor);
    await reaches(world, payer, id, 'in-review');
    return id;
  };
  const [small, large, denied] = [await reviewed(50_000n), await reviewed(150_000n), await reviewed(150_000n)];
  world.assessments.answer = () => 'approve';
  const review = (paymentId: string, by: Actor, decision: 'approve' | 'deny' = 'approve') =>
    world.main.face.reviewPayment(as(by), { paymentId, decision, reason: 'falei com o cliente' });
  const asked = await review(small, ROBOT);
  assert.equal(asked.status, 202);
  await decide(asked.body as Approval, BIA);
  await reaches(world, payer, small, 'settled');
  const two = await review(large, ANA);
  assert.equal(two.status, 202);
  await assert.rejects(decide(two.body as Approval, ANA), { code: 'PLATFORM_APPROVAL_OWN' });
  await decide(two.body as Approval, BIA);
  await reaches(world, payer, large, 'settled');
  assert.equal((await review(denied, ROBOT, 'deny')).status, 200);
  await reaches(world, payer, denied, 'declined');
});
