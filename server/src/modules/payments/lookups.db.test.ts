import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AppError } from '#platform/errors.ts';
import { newId } from '#platform/id.ts';
import { FULANO, openWorld, pay, reaches, until, type World } from '../../../test/support/payments-world.ts';

const MISSING = 'naoexiste@exemplo.com.br';
let world: World;
before(async () => {
  world = await openWorld({ config: { lookupsPerPerson: 100 } });
});
after(() => world?.close());

type Person = Awaited<ReturnType<World['person']>>;
type Process = Pick<World['main'], 'face'>;
const lookUp = async (person: Pick<Person, 'ctx' | 'subjectId'>, code: string, at: Process = world.main): Promise<string> => {
  try {
    await at.face.decode(person.ctx, { accountId: person.subjectId, code });
    return 'found';
  } catch (error) {
    return (error as { code: string }).code;
  }
};
const someone = (tenantId = world.tenantId) => {
  const subjectId = newId();
  return { subjectId, ctx: { tenantId, actor: { kind: 'person', id: subjectId } as const } };
};
/** Tokens in hand. */
async function tokensOf({ subjectId }: { subjectId: string }): Promise<number> {
  const [row] = await world.database.admin<{ tokens: number }>(
    `select (100 - extract(epoch from greatest(full_at - now(), interval '0')) / 30)::float8 as tokens from payments.lookups where subject_id = '${subjectId}'`,
  );
  return Math.round(row?.tokens ?? 100);
}
const wait = ({ subjectId }: { subjectId: string }, minutes: number) =>
  world.database.admin(`update payments.lookups set full_at = full_at - interval '${minutes} minutes' where subject_id = '${subjectId}'`);

test('a look-up that finds costs one, one that finds nothing twenty, one nobody answered nothing', async () => {
  const ana = someone();
  assert.equal(await lookUp(ana, FULANO), 'found');
  assert.equal(await tokensOf(ana), 99);
  assert.equal(await lookUp(ana, MISSING), 'PIX_KEY_NOT_FOUND');
  assert.equal(await tokensOf(ana), 79);
  await world.sandboxCall('PUT', '/admin/faults', { dict: { error500: { probability: 1 } } });
  assert.equal(await lookUp(ana, FULANO), 'PIX_DIRECTORY_UNAVAILABLE');
  await world.sandboxCall('PUT', '/admin/faults', {});
  assert.equal(await tokensOf(ana), 79);
});

test('many at once over several processes learn no more than one after the other, and a restart forgets nothing', async () => {
  const second = await world.openProcess();
  const [scanner, neighbour] = [someone(), someone()];
  const answers = await Promise.all(Array.from({ length: 60 }, (_, at) => lookUp(scanner, MISSING, at % 2 ? second : world.main)));
  assert.equal(answers.filter((answer) => answer === 'PIX_KEY_NOT_FOUND').length, 5);
  assert.equal(answers.filter((answer) => answer === 'PIX_LOOKUPS_EXHAUSTED').length, 55);
  await second.close();
  const restarted = await world.openProcess();
  assert.equal(await lookUp(scanner, FULANO, restarted), 'PIX_LOOKUPS_EXHAUSTED');
  assert.equal(await lookUp(neighbour, FULANO, restarted), 'found');
  assert.equal(await lookUp({ ...scanner, ctx: { ...scanner.ctx, tenantId: newId() } }, FULANO, restarted), 'found');
  await restarted.close();
});

test('a refusal says how long to wait: two come back a minute, and never more than a hundred', async () => {
  const ana = someone();
  for (let miss = 0; miss < 5; miss++) await lookUp(ana, MISSING);
  const refused = await world.main.face.decode(ana.ctx, { accountId: ana.subjectId, code: FULANO }).then(
    () => assert.fail('it is to be refused'),
    (error: AppError) => error.data,
  );
  assert.equal(refused.status, 429);
  const waitSeconds = refused.retryAfterSeconds!;
  assert.ok(waitSeconds > 25 && waitSeconds <= 30, String(waitSeconds));
  await wait(ana, 1);
  assert.equal(await tokensOf(ana), 2);
  assert.equal(await lookUp(ana, MISSING), 'PIX_KEY_NOT_FOUND');
  // What the miss cost beyond the two is owed.
  await wait(ana, 9);
  assert.equal(await lookUp(ana, FULANO), 'PIX_LOOKUPS_EXHAUSTED');
  await wait(ana, 1_000);
  assert.equal(await lookUp(ana, FULANO), 'found');
  assert.equal(await tokensOf(ana), 99);
});

test('an empty bucket keeps no payment from going on whose code was read, and the payment gives one look-up back', async () => {
  const ana = await world.person(10_000n);
  const { quoteId } = await world.main.face.decode(ana.ctx, { accountId: ana.subjectId, code: FULANO });
  for (let miss = 0; miss < 5; miss++) await lookUp(ana, MISSING);
  assert.equal(await lookUp(ana, FULANO), 'PIX_LOOKUPS_EXHAUSTED');
  const { payment } = await world.main.face.createPayment(
    { ...ana.ctx, idempotencyKey: newId() },
    { accountId: ana.subjectId, quoteId, amountMinor: '100' },
  );
  await reaches(world, ana, payment.id, 'settled');
  // It was one token in debt: 99, less five times 20.
  await until(
    'one given back',
    () => tokensOf(ana),
    (tokens) => tokens === 0,
  );
});

test('a payment that is refused for want of money gives nothing back', async () => {
  const rui = await world.person(100n);
  const payment = await pay(world.main.face, rui, 5_000n);
  await reaches(world, rui, payment.id, 'declined');
  const settled = await pay(world.main.face, rui, 100n);
  await reaches(world, rui, settled.id, 'settled');
  await until(
    'one of two given back',
    () => tokensOf(rui),
    (tokens) => tokens === 99,
  );
});
