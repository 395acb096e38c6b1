/** An announcement that no answer confirms: it is asked about, and keeps no payment from its end, nor is it asked about for ever. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, afterEach, before, type TestContext, test } from 'node:test';
import { newId } from '#platform/id.ts';
import { openWorld, pay, reaches, until, type World } from '../../../test/support/payments-world.ts';

const MUST_END_MS = 4_000;
let world: World;
before(async () => {
  world = await openWorld({
    config: {
      leaseMs: 1_000,
      mustEndWithinMs: MUST_END_MS,
      pace: { firstQueryMs: 200, retryBaseMs: 10, retryMaxMs: 200, stuckQueryMs: 100 },
    },
  });
});
after(() => world?.close());
afterEach(() => world?.sandboxCall('DELETE', '/admin/faults'));

type Person = Awaited<ReturnType<World['person']>>;
type Row = { status: string; news: number; trouble: string | null; money: string };
const rowOf = async (endToEndId: string): Promise<Row> =>
  (
    await world.database.admin<Row>('select status, news, trouble, money from payments.payments where end_to_end_id = $1', [endToEndId])
  )[0]!;
const stepsOf = async ({ ctx, subjectId }: Person, paymentId: string) =>
  (await world.main.face.getSteps(ctx, { paymentId, accountId: subjectId })).steps;

async function announce(type: string, endToEndId: string, amount?: string): Promise<void> {
  const body = JSON.stringify({ id: newId(), type, at: new Date().toISOString(), data: { endToEndId, ...(amount ? { amount } : {}) } });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = `v1=${createHmac('sha256', world.secret).update(`${timestamp}.${body}`).digest('hex')}`;
  const headers = { 'content-type': 'application/json', 'x-sandbox-timestamp': timestamp, 'x-sandbox-signature': signature };
  assert.equal((await fetch(`${world.main.url}/webhooks/pix/sandbox`, { method: 'POST', headers, body })).status, 204);
}

/** A payment whose driver dies at this point, and that nobody takes up before `goOn`. */
async function payUpTo(t: TestContext, point: string, faults: object) {
  const person = await world.person(10_000n);
  await world.sandboxCall('PUT', '/admin/faults', faults);
  const recovery = world.main.module.workers!.find(({ name }) => name === 'payments.payment')!;
  await recovery.stop();
  t.after(() => recovery.start());
  let isDead = false;
  const dying = await world.openProcess({}, (name) => {
    isDead ||= name === point;
    if (isDead) throw new Error(`stopped at ${name}`);
  });
  t.after(() => dying.close());
  const { id, endToEndId } = await pay(dying.face, person, 1_000n);
  await until(
    point,
    async () => isDead,
    (dead) => dead,
  );
  return { person, id, endToEndId: endToEndId!, goOn: () => recovery.start() };
}

test('announced before anything was sent: it goes on all the same, and what was announced is for people in the end', async (t) => {
  const { person, id, endToEndId, goOn } = await payUpTo(t, 'payments.payment/assess:before', { query: { unknownCode: true } });
  assert.equal((await rowOf(endToEndId)).status, 'created');
  await announce('pix.settled', endToEndId);
  goOn();
  await reaches(world, person, id, 'stuck');
  assert.equal((await rowOf(endToEndId)).money, 'held', 'nothing was given back of what is said to be settled');
  const steps = (await stepsOf(person, id)).map(({ step }) => step);
  assert.ok(steps.includes('assess') && steps.includes('hold'), steps.join(' '));
});

test('the announcement of what is known already keeps no settlement from the books, whatever the provider answers', async (t) => {
  const faults = { finalInPost: true, query: { unknownCode: true }, webhook: { never: true } };
  const { person, id, endToEndId, goOn } = await payUpTo(t, 'payments.payment/post:before', faults);
  assert.equal((await rowOf(endToEndId)).status, 'confirmed');
  // As when it comes before the answer to the order is written down.
  await announce('pix.settled', endToEndId);
  await world.database.admin('update payments.payments set news = 1 where end_to_end_id = $1', [endToEndId]);
  goOn();
  await reaches(world, person, id, 'settled');
  assert.equal((await rowOf(endToEndId)).news, 0);
});

test('the contrary, announced and never confirmed: no money moves, and when its time is up people decide', async (t) => {
  const faults = { finalInPost: true, query: { unknownCode: true }, webhook: { never: true } };
  const { person, id, endToEndId, goOn } = await payUpTo(t, 'payments.payment/post:before', faults);
  await announce('pix.rejected', endToEndId);
  goOn();
  await reaches(world, person, id, 'disputed');
  const row = await rowOf(endToEndId);
  assert.deepEqual([row.trouble, row.money, row.news], ['ANNOUNCED_OTHERWISE', 'held', 0]);
});

test('the contrary about a payment that has ended: asked about less and less often, then no more; a later word is heard', async () => {
  const person = await world.person(10_000n);
  const { id, endToEndId } = await pay(world.main.face, person, 1_000n);
  await reaches(world, person, id, 'settled');
  await world.sandboxCall('PUT', '/admin/faults', { query: { unknownCode: true } });
  const before = (await stepsOf(person, id)).length;
  await announce('pix.rejected', endToEndId!);
  await until(
    'the end of asking',
    () => rowOf(endToEndId!),
    ({ news }) => news === 0,
  );
  const asked = (await stepsOf(person, id)).slice(before).filter(({ step }) => step === 'query');
  assert.equal(asked.length, 20);
  assert.equal(asked.at(-1)!.outcome.isGivenUp, true);
  assert.equal((await rowOf(endToEndId!)).status, 'settled');
  await world.sandboxCall('DELETE', '/admin/faults');
  await announce('pix.rejected', endToEndId!);
  const answered = await until(
    'an answer',
    () => stepsOf(person, id),
    (steps) => steps.at(-1)!.outcome.result === 'settled',
  );
  assert.equal(answered.filter(({ step }) => step === 'query').length >= 21, true);
  assert.equal((await rowOf(endToEndId!)).news, 0);
});

test('two who ask about the same announcement hear it once: the next one is not taken for heard', async () => {
  const person = await world.person(10_000n);
  const { id, endToEndId } = await pay(world.main.face, person, 1_000n);
  await reaches(world, person, id, 'settled');
  const asked = async () => (await stepsOf(person, id)).filter(({ step }) => step === 'query').length;
  await world.sandboxCall('PUT', '/admin/faults', { query: { latencyMs: 700 } });
  await announce('pix.rejected', endToEndId!);
  await until(
    'a question',
    () =>
      world.database.admin<{ lease_owner: string | null }>('select lease_owner from payments.payments where end_to_end_id = $1', [
        endToEndId,
      ]),
    ([row]) => row!.lease_owner !== null,
  );
  // As when a lease ends while its holder still acts.
  await world.database.admin('update payments.payments set lease_until = now(), next_attempt_at = now() where end_to_end_id = $1', [
    endToEndId,
  ]);
  // Long enough for both questions and their answers.
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  assert.equal((await rowOf(endToEndId!)).news, 0);
  const count = await asked();
  await announce('pix.rejected', endToEndId!);
  await until('the next question', asked, (now) => now > count);
});

test('announced as it ended, but with another amount: the provider is asked; with the same one it is not', async () => {
  const person = await world.person(10_000n);
  const { id, endToEndId } = await pay(world.main.face, person, 1_000n);
  await reaches(world, person, id, 'settled');
  const told = async () => (await stepsOf(person, id)).map(({ step, outcome }) => `${step}:${outcome.result}`);
  const before = (await told()).length;
  await announce('pix.settled', endToEndId!, '10.00');
  assert.deepEqual((await told()).slice(before), ['confirmation:announced']);
  assert.equal((await rowOf(endToEndId!)).news, 0);
  await announce('pix.settled', endToEndId!, '99.00');
  const steps = await until('the question', told, (all) => all.length >= before + 3);
  assert.deepEqual(steps.slice(before), ['confirmation:announced', 'confirmation:amount-differs', 'query:settled']);
  assert.deepEqual(await rowOf(endToEndId!), { status: 'settled', news: 0, trouble: null, money: 'posted' });
});
