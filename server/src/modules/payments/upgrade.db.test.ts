/** Payments that the version before left under way go on after the upgrade, and may be begun by it while both versions are alive. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { newId, parsePublicId } from '#platform/id.ts';
import { FULANO, openWorld, pay, reaches, until, type World } from '../../../test/support/payments-world.ts';
import { makeEndToEndId } from './domain/end-to-end-id.ts';
import { PAYMENT_MACHINE } from './drive/machine.ts';
import { PAYMENT_PREFIX } from './record.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world?.close());

class Stopped extends Error {}
type Payer = Awaited<ReturnType<World['person']>>;

/** A payment whose process stops for good after a move, and keeps its lease. */
async function leftAfter(move: string, ana: Payer, reviewMs = 60_000): Promise<string> {
  let isDead = false;
  const dying = await world.openProcess({ leaseMs: 3_600_000, reviewMs }, (point) => {
    isDead ||= point === `${PAYMENT_MACHINE}/${move}:after`;
    if (isDead) throw new Stopped(point);
  });
  const { id } = await pay(dying.face, ana, 1_000n, FULANO);
  const status = move.split('>')[1]!;
  await until(
    `${move} to be left`,
    () =>
      world.database.admin<{ status: string }>('select status from payments.payments where id = $1', [parsePublicId(PAYMENT_PREFIX, id)]),
    ([row]) => row?.status === status,
  );
  return id;
}

/** The tables as they were before the migration, with what stands in them. */
const intoTheFormBefore = `
  drop index payments.payments_turns;
  alter table payments.payments drop column definition_version;
  alter table payments.steps drop column actor_kind, drop column actor_id, drop column reason;`;
const MIGRATION = readFileSync(path.join(import.meta.dirname, 'migrations/0019_payments-machine.sql'), 'utf8');

test('payments in every state of the way, written in the form of the version before, end as if nothing had happened', async () => {
  const ana = await world.person(100_000n);
  const left = [];
  // Told by nobody, what was sent stays so until it is asked about.
  await world.sandboxCall('PUT', '/admin/faults', { webhook: { never: true } });
  for (const move of ['>created', 'created>assessed', 'assessed>held', 'held>sent']) left.push(await leftAfter(move, ana));
  world.assessments.answer = () => 'review';
  const reviewed = await leftAfter('created>in-review', ana, 3_000);
  world.assessments.answer = () => 'approve';

  await world.sandboxCall('DELETE', '/admin/faults');
  await world.database.admin(intoTheFormBefore);
  const columns = () =>
    world.database.admin(`select from information_schema.columns where table_schema = 'payments' and column_name in ('definition_version', 'actor_id')
      and table_name in ('payments', 'steps') and (table_name = 'steps' or column_name <> 'actor_id')`);
  assert.equal((await columns()).length, 0, 'this is the form before');
  // As the version before keeps a person's words.
  await world.database.admin(
    `insert into payments.steps (tenant_id, payment_id, step, attempt, started_at, duration_ms, input, outcome, status_before, status_after)
     values ($1, $2, 'retry', 1, now(), 0, '{"by": "operator", "reason": "de novo"}', '{"result": "due"}', 'created', 'created')`,
    [world.tenantId, parsePublicId(PAYMENT_PREFIX, left[0]!)],
  );
  await world.database.admin(MIGRATION);
  assert.equal((await columns()).length, 2);
  await world.database.admin('update payments.payments set lease_until = now() where lease_until is not null');

  for (const id of left) await reaches(world, ana, id, 'settled');
  await reaches(world, ana, reviewed, 'declined');
  const { availableMinor, heldMinor } = await world.main.face.getBalance(ana.ctx, { accountId: ana.subjectId });
  assert.deepEqual([availableMinor, heldMinor], ['96000', '0']);
  const { steps } = await world.main.face.getSteps(world.ctx(), { paymentId: left[0]! });
  assert.deepEqual(steps.find(({ step }) => step === 'retry')?.input, { by: 'operator', reason: 'de novo' });
});

test('a payment that a process of the version before begins meanwhile is taken to its end', async () => {
  const ana = await world.person(10_000n);
  const { id: known } = await pay(world.main.face, ana, 1_000n);
  await reaches(world, ana, known, 'settled');
  const [id, quoteId] = [newId(), newId()];
  // Its statement, word by word.
  await world.database.admin(
    `insert into payments.payments (tenant_id, id, status, route, subject_id, account_id, quote_id, amount_minor, end_to_end_id,
       payee_sealed, payee_hash, payee_account_id, payee_subject_id, description_sealed, channel, actor_kind, actor_id, traceparent,
       created_at, updated_at, next_attempt_at, lease_owner, lease_until, must_end_by)
     select tenant_id, $2, 'created', route, subject_id, account_id, $3, amount_minor, $4,
       payee_sealed, payee_hash, payee_account_id, payee_subject_id, description_sealed, channel, actor_kind, actor_id, traceparent,
       now(), now(), now(), 'the version before', now() + interval '100 ms', now() + interval '12 hours'
     from payments.payments where id = $1`,
    [parsePublicId(PAYMENT_PREFIX, known), id, quoteId, makeEndToEndId('12345678', Date.now(), id)],
  );
  await until(
    'its end',
    () => world.database.admin<{ status: string }>('select status from payments.payments where id = $1', [id]),
    ([row]) => row?.status === 'settled',
  );
});
