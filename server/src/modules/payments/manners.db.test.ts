/**
 * One contract towards any provider, however it behaves: whatever manners it has, each payment ends settled, failed with the money back,
 * or listed as stuck or disputed with its reason, and the books are the provider's own statement.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultsOfOne } from '../../../../sandbox/src/fault-schema.ts';
import { readBooks } from '../../../test/simulation/storm/books.ts';
import { CALM, type Manner, PAYMENT_MANNERS, switchesFor, together } from '../../../test/simulation/storm/manners.ts';
import { reckon } from '../../../test/simulation/storm/reckon.ts';
import { diceTest } from '../../../test/support/dice.ts';
import { openWorld, pay, until, type World } from '../../../test/support/payments-world.ts';
import { reconcile } from './reconcile.ts';

const PAIRS = 60;
/** How long a payment may last in this world. */
const MUST_END_MS = 15_000;
const LIMIT_MS = 60_000;
const OPEN = ['created', 'assessed', 'held', 'sent', 'unknown', 'confirmed', 'rejected'];

let world: World;
let only: Record<string, FaultsOfOne> = {};
before(async () => {
  world = await openWorld({
    config: {
      // One person reads all the codes.
      lookupsPerPerson: 1_000,
      providerTimeoutMs: 800,
      leaseMs: 2_000,
      mustEndWithinMs: MUST_END_MS,
      capabilities: { notFoundFinalAfterMs: 2_000, statementLagMs: 1_000 },
    },
  });
});
after(() => world?.close());

type Tried = Pick<Manner, 'ends' | 'lateEnds'> & { manner: string; endToEndId: string };

/** Pays once for each, all at the same time, and waits until all have ended, one way or another. */
async function payUnder(manners: readonly Manner[], keyOf: (at: number) => string): Promise<Tried[]> {
  only = { ...only, ...Object.fromEntries(manners.map(({ faults }, at) => [keyOf(at), switchesFor(keyOf(at), faults)])) };
  await world.sandboxCall('PUT', '/admin/faults', { only });
  const payer = await world.person(BigInt(manners.length) * 10_000n);
  const tried: Tried[] = [];
  for (const [at, { name, ...right }] of manners.entries()) {
    const { endToEndId } = await pay(world.main.face, payer, BigInt(1_000 + at), keyOf(at));
    tried.push({ manner: name, ...right, endToEndId: endToEndId! });
  }
  await until(
    'the end of every payment',
    () =>
      world.database.admin<{ end_to_end_id: string; status: string }>(
        'select end_to_end_id, status from payments.payments where status = any ($1)',
        [OPEN],
      ),
    (open) => open.length === 0,
    LIMIT_MS,
  ).catch(() => undefined);
  // What is announced late, again, or after all, is heard.
  await sleep(5_000);
  return tried;
}

async function check(tried: readonly Tried[], isExact: boolean): Promise<void> {
  const books = await readBooks(world.database, { call: (method, path) => world.sandboxCall(method, path) });
  // What no announcement ever told of is found by reconciliation, or by nobody.
  const period = { fromMs: Date.now() - 600_000, toMs: Date.now() + 60_000 };
  const found = await reconcile(world.main.db, async () => books.lines, period);
  const differences = found.map(({ kind, endToEndId, amountMinor }) => ({ kind, end_to_end_id: endToEndId, amount_minor: amountMinor }));
  const { breaches, payments } = reckon({ ...books, differences: [...books.differences, ...differences] });
  const names = new Map(tried.map(({ endToEndId, manner }) => [endToEndId, manner]));
  const wrong = breaches.map((text) => text.replace(/[ED]\d{8}\w{23}/, (id) => `«${names.get(id) ?? '?'}» ${id}`));
  if (isExact) {
    const late = await findLate();
    for (const { endToEndId, manner, ends: usual, lateEnds = [] } of tried) {
      const end = payments.get(endToEndId)!;
      const ends: readonly string[] = late.has(endToEndId) ? [...usual, ...lateEnds] : usual;
      if (!ends.includes(end)) wrong.push(`«${manner}» ended ${end}, not ${ends.join(' or ')}`);
    }
  }
  assert.deepEqual(wrong, []);
}

/** Payments that ended when their time was up; such a one has failed only where the provider's statement was read and has nothing of it. */
async function findLate(): Promise<Set<string>> {
  const rows = await world.database.admin<{ id: string }>(
    `select end_to_end_id as id from payments.payments p where must_end_by <= status_since and (status <> 'failed' or exists (
       select from payments.steps s where s.payment_id = p.id and s.outcome->>'statement' = 'absent'))`,
  );
  return new Set(rows.map(({ id }) => id));
}

test('each manner by itself ends as it should, and the books are the statement', { timeout: 150_000 }, async () => {
  const tried = await payUnder([CALM, ...PAYMENT_MANNERS], (at) => `modo-${at}@exemplo.com.br`);
  await check(tried, true);
});

diceTest('two manners at once, by chance', { timeout: 150_000 }, async (dice) => {
  const pairs = Array.from({ length: PAIRS }, (): Manner => {
    const [one, other] = [dice.pick(PAYMENT_MANNERS), dice.pick(PAYMENT_MANNERS)];
    return { name: `${one.name} + ${other.name}`, faults: together(one.faults, other.faults), ends: [] };
  });
  await check(await payUnder(pairs, (at) => `par-${dice.seed}-${at}@exemplo.com.br`), false);
});

test('its sender dies while the order is out, it is announced, and no answer can be believed: listed, and not asked about for ever', {
  timeout: 120_000,
}, async (t) => {
  const key = 'orfao@exemplo.com.br';
  only = { ...only, [key]: { query: { amountNumber: true } } };
  await world.sandboxCall('PUT', '/admin/faults', { only });
  const payer = await world.person(10_000n);
  let isDead = false;
  const dying = await world.openProcess({}, (name) => {
    if (!isDead && name !== 'payments.payment/send:after') return;
    isDead = true;
    throw new Error(`stopped at ${name}`);
  });
  t.after(() => dying.close());
  await pay(dying.face, payer, 1_234n, key).catch(() => undefined);
  const found = await until(
    'its end',
    () => world.database.admin<{ status: string }>('select status from payments.payments where amount_minor = 1234'),
    ([row]) => row !== undefined && !OPEN.includes(row.status),
    LIMIT_MS,
  );
  assert.equal(found[0]!.status, 'stuck');
  await check([], false);
});
