/**
 * The kill test of what people decide: reviews, payments that are stuck or disputed, and the ways there. Killed with SIGKILL right before
 * and right after every step; each ends as if nothing had happened, once, and each decision is kept, once.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before } from 'node:test';
import { cpfFrom, type Person, until } from '../../../scripts/lib/person.ts';
import { DEMO_CLIENT_ID } from '../../src/modules/identity/seed.ts';
import { type CrashStage, openCrashStage } from './crash-stage.ts';
import { killAtEachPoint, type Situation } from './kill-points.ts';
import { assertBooksBalance, assertProviderAgrees, FULANO, fundedPerson, type Home, payAndWait, whileDown } from './money-checks.ts';
import { decide } from './operator.ts';
import { PEOPLE_POINTS, unreachedFor } from './payment-points.ts';

const FUNDS = 10_000_000n;
/** The sandbox answers of payments to this key with another amount. */
const ODD_KEY = 'disputa@exemplo.com.br';
/** From here on a payment to somebody new is looked at by a person. */
const LARGE = 300_000n;
let stage: CrashStage;
let payer: Person;
let amount = 1_000n;

before(async () => {
  stage = await openCrashStage();
  payer = await fundedPerson(stage.baseUrl, cpfFrom(520_300_001), FUNDS, stage.sandbox);
});
after(() => stage?.close());

type End = 'failed' | 'settled' | 'disputed' | 'stuck' | 'declined' | 'in-review';
const home = (person: Person) => whileDown(() => person.get<Home>('/bff/v1/home'), true);
const faults = (what: object) => stage.sandbox.call('PUT', '/admin/faults', what);
const pay = (code: string, end: End, minor = amount) => payAndWait(payer, code, minor, { retryWhileDown: true, end }).settled;
const resolve = (id: string, decision: 'executed' | 'not-executed') =>
  decide(stage, { id, route: 'resolve', scope: 'payments:resolve', body: { decision, reason: id } });
const becomes = (id: string, end: End) =>
  until(
    `the payment ${end}`,
    () => whileDown(() => payer.get<{ status: string }>(`/bff/v1/payments/${id}`), true),
    ({ status }) => status === end,
    40_000,
  );

async function changes(before: Home, byMinor: bigint): Promise<void> {
  const wanted = String(BigInt(before.balance.availableMinor) + byMinor);
  await until(
    `a balance of ${wanted}`,
    () => home(payer),
    ({ balance }) => balance.availableMinor === wanted && balance.heldMinor === '0',
  );
}

async function isKept(id: string): Promise<void> {
  const kept = await stage.database.admin('select from payments.resolutions where proposed_by = $1 and reason = $2', [DEMO_CLIENT_ID, id]);
  assert.equal(kept.length, 1, 'the decision is kept, once');
}

/** Dies on the way before people, or when they decide. */
const struckAt = <T>(point: string, isHere: boolean, act: () => Promise<T>): Promise<T> => (isHere ? stage.dieAt(point, act) : act());

/** The provider has something else under our id. A person looks, and ends it. */
const disputed =
  (odd: object) =>
  async (point: string): Promise<void> => {
    const from = await home(payer);
    const isDecision = point.includes('/disputed>');
    await faults({ only: { [ODD_KEY]: odd } });
    const { id } = await struckAt(point, !isDecision, () => pay(ODD_KEY, 'disputed'));
    await stage.sandbox.call('DELETE', '/admin/faults');
    await struckAt(point, isDecision, () => resolve(id, 'executed'));
    await changes(from, -amount);
    await isKept(id);
  };

/** It had ended, and then the provider says the contrary: a person takes its word. */
const turned =
  (odd: object, first: End, last: 'executed' | 'not-executed') =>
  async (point: string): Promise<void> => {
    const from = await home(payer);
    const isDecision = point.includes('/disputed>');
    await faults({ only: { [ODD_KEY]: { ...odd, turnAfterMs: 1_500 } } });
    const turn = async () => {
      const { id } = await pay(ODD_KEY, first);
      await becomes(id, 'disputed');
      return id;
    };
    const id = await struckAt(point, !isDecision, turn);
    await struckAt(point, isDecision, () => resolve(id, last));
    await changes(from, last === 'executed' ? -amount : 0n);
    await isKept(id);
  };

/** Nobody tells what became of it until its time is up. Then the provider tells, or a person does. */
const stuck =
  (odd: object, end: 'told' | 'not-executed') =>
  async (point: string): Promise<void> => {
    const from = await home(payer);
    const isEnd = point.includes('/stuck>');
    await faults({ ...odd, webhook: { never: true }, query: { error500: true } });
    const { id } = await struckAt(point, !isEnd, async () => {
      const seen = pay(FULANO, 'stuck');
      await until(
        'an unknown payment',
        () => stage.database.admin("update payments.payments set must_end_by = now() where status in ('sent', 'unknown') returning id"),
        (rows) => rows.length > 0,
        30_000,
      );
      return seen;
    });
    await stage.sandbox.call('DELETE', '/admin/faults');
    const retry = { id, route: 'retry', scope: 'payments:resolve', body: { reason: 'o provedor voltou' } } as const;
    await struckAt(point, isEnd, async () => {
      await (end === 'told' ? decide(stage, retry) : resolve(id, 'not-executed'));
      await becomes(id, end === 'told' ? 'settled' : 'failed');
    });
    await changes(from, end === 'told' ? -amount : 0n);
    if (end !== 'told') await isKept(id);
  };

/** A large amount for somebody new: a person looks before anything is held. */
async function review(point: string): Promise<void> {
  const from = await home(payer);
  const isDecision = point.includes('/in-review>');
  const isDenied = point.includes('>declined');
  const newcomer = `novo.${randomUUID().slice(0, 8)}@exemplo.com.br`;
  const { id } = await struckAt(point, !isDecision, () => pay(newcomer, 'in-review', LARGE));
  const body = { decision: isDenied ? 'deny' : 'approve', reason: 'conferido com o cliente' };
  await struckAt(point, isDecision, async () => {
    await decide(stage, { id, route: 'review', scope: 'payments:review', body });
    await becomes(id, isDenied ? 'declined' : 'settled');
  });
  await changes(from, isDenied ? 0n : -LARGE);
}

const ONCE = { count: 1 } as const;
const SITUATIONS: Situation[] = [
  [/\/(held>disputed|disputed>confirmed):/, disputed({ finalInPost: true, answer: { amountOther: true } })],
  [/\/sent>disputed:/, disputed({ query: { amountOther: true } })],
  [/\/unknown>disputed:/, disputed({ timeoutAfterExecute: ONCE, webhook: { never: true }, query: { amountOther: true } })],
  [/\/(settled>disputed|disputed>rejected):/, turned({ settledThenRejected: true }, 'settled', 'not-executed')],
  [/\/failed>disputed:/, turned({ rejectedThenSettled: true }, 'failed', 'executed')],
  [/\/(unknown>stuck|stuck>confirmed):/, stuck({ timeoutAfterExecute: true }, 'told')],
  [/\/sent>stuck:/, stuck({}, 'told')],
  [/\/stuck>rejected:/, stuck({ timeoutBeforeExecute: true }, 'not-executed')],
  [/\/(created>in-review|in-review>assessed|in-review>declined):/, review],
];

killAtEachPoint({
  points: PEOPLE_POINTS,
  situations: SITUATIONS,
  prepare: () => {
    amount += 7n;
  },
  clear: () => stage.clearFaults(),
  unreached: {
    ...unreachedFor(
      'the provider of this stage says nothing of what it was never sent; announced.db.test.ts does in its name',
      ...['created', 'in-review', 'assessed', 'declined'].map((state) => `${state}>disputed`),
    ),
    ...unreachedFor(
      'two words of the provider within the moment of one booking: payment-model.test.ts has every order of them',
      ...['confirmed>disputed', 'rejected>disputed', 'look'],
    ),
    ...unreachedFor(
      'a ledger that refuses every way; faults.db.test.ts and payment-model.test.ts lead there',
      ...['confirmed>stuck', 'rejected>stuck', 'stuck>disputed'],
    ),
  },
  async check() {
    // The money is where it belongs a moment before our own row says so.
    const following = () => stage.database.admin(`select from payments.payments where status in ('confirmed', 'rejected')`);
    await until('our rows to follow', following, (rows) => rows.length === 0);
    await assertBooksBalance(stage.database);
    await assertProviderAgrees(stage.database, stage.sandbox);
  },
});
