/**
 * The kill test off the straight path: a payee of ours, a time-out after the provider executed, a rejection, what people end. Killed with SIGKILL right before and right after every step there; each ends as if nothing had happened, once.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before } from 'node:test';
import { cpfFrom, type Person, until } from '../../../scripts/lib/person.ts';
import { DEMO_CLIENT_ID, DEMO_CLIENT_SECRET } from '../../src/modules/identity/seed.ts';
import { SIDE_CRASH_POINTS } from '../../src/modules/payments/crash-points.ts';
import { type CrashStage, openCrashStage } from './crash-stage.ts';
import { killAtEachPoint, type Situation } from './kill-points.ts';
import {
  assertBooksBalance,
  assertProviderAgrees,
  FULANO,
  fundedPerson,
  type Home,
  payAndWait,
  type Statement,
  whileDown,
} from './money-checks.ts';

const FUNDS = 10_000_000n;
const REJECTED_KEY = 'rejeita@exemplo.com.br';
/** The sandbox answers payments to this key with another amount. */
const ODD_KEY = 'disputa@exemplo.com.br';
let stage: CrashStage;
let payer: Person;
let payee: Person;
let amount = 1_000n;

before(async () => {
  stage = await openCrashStage();
  payer = await fundedPerson(stage.baseUrl, cpfFrom(520_100_001), FUNDS, stage.sandbox);
  payee = await fundedPerson(stage.baseUrl, cpfFrom(520_100_002), FUNDS, stage.sandbox);
});
after(() => stage?.close());

const home = (person: Person) => person.get<Home>('/bff/v1/home');
const pay = (code: string, end?: 'failed') => payAndWait(payer, code, amount, { retryWhileDown: true, ...(end ? { end } : {}) }).settled;

async function changes(person: Person, before: Home, byMinor: bigint): Promise<void> {
  const wanted = String(BigInt(before.balance.availableMinor) + byMinor);
  await until(
    `a balance of ${wanted}`,
    () => home(person),
    ({ balance }) => balance.availableMinor === wanted && balance.heldMinor === '0',
  );
}

/** A payee whose account is here: one transfer, and nothing goes to the provider. */
async function onUs(point: string): Promise<void> {
  const [from, to] = [await home(payer), await home(payee)];
  const outgoing = await sentOut();
  await stage.dieAt(point, () => pay(to.account.pixKey));
  await changes(payer, from, -amount);
  await changes(payee, to, amount);
  assert.equal(await sentOut(), outgoing, 'no bank was asked');
}

/** The provider executes, its answer is lost, it announces nothing: only asking tells. */
async function answerLost(point: string): Promise<void> {
  const from = await home(payer);
  await stage.sandbox.call('PUT', '/admin/faults', { timeoutAfterExecute: { count: 1 }, webhook: { never: true } });
  await stage.dieAt(point, () => pay(FULANO));
  await changes(payer, from, -amount);
}

async function rejection(point: string): Promise<void> {
  const from = await home(payer);
  await stage.dieAt(point, () => pay(REJECTED_KEY, 'failed'));
  await changes(payer, from, 0n);
}

async function sentOut(): Promise<number> {
  const { lines } = await stage.sandbox.call<Statement>('GET', '/admin/statement');
  return lines.filter((line) => line.direction === 'out').length;
}

/** The provider has something else under our id. A person looks, and ends it: what was decided is carried out, once. */
async function disputed(point: string): Promise<void> {
  const from = await home(payer);
  await stage.sandbox.call('PUT', '/admin/faults', { only: { [ODD_KEY]: { finalInPost: true, answer: { amountOther: true } } } });
  const isDecision = point.startsWith('commit:resolved');
  const payAndDispute = () => payAndWait(payer, ODD_KEY, amount, { retryWhileDown: true, end: 'disputed' }).settled;
  const { id } = isDecision ? await payAndDispute() : await stage.dieAt(point, payAndDispute);
  await stage.sandbox.call('DELETE', '/admin/faults');
  const key = randomUUID();
  const decide = () => whileDown(() => resolve(id, 'executed', key), true);
  await (isDecision ? stage.dieAt(point, decide) : decide());
  await changes(payer, from, -amount);
  const kept = await stage.database.admin('select from payments.resolutions where proposed_by = $1 and reason = $2', [DEMO_CLIENT_ID, id]);
  assert.equal(kept.length, 1, 'the decision is kept, once');
}

/** Executed, and nobody tells until the time is up; then the provider tells, and the payment ends as if nothing had happened. */
async function stuck(point: string): Promise<void> {
  const from = await home(payer);
  await stage.sandbox.call('PUT', '/admin/faults', { timeoutAfterExecute: true, webhook: { never: true }, query: { error500: true } });
  const { id } = await stage.dieAt(point, async () => {
    const seen = payAndWait(payer, FULANO, amount, { retryWhileDown: true, end: 'stuck' });
    await until(
      'an unknown payment',
      () => stage.database.admin("update payments.payments set must_end_by = now() where status in ('sent', 'unknown') returning id"),
      (rows) => rows.length > 0,
      30_000,
    );
    return seen.settled;
  });
  await stage.sandbox.call('DELETE', '/admin/faults');
  await whileDown(() => post(`/v1/payments/${id}/retry`, { reason: 'o provedor voltou' }, randomUUID()), true);
  await changes(payer, from, -amount);
}

const resolve = (id: string, decision: string, key: string) => post(`/v1/payments/${id}/resolve`, { decision, reason: id }, key);

/** As an operator's client would. */
async function post(target: string, body: object, key: string): Promise<unknown> {
  const token = await serviceToken('payments:resolve');
  const answer = await fetch(`${stage.baseUrl}${target}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  assert.ok(answer.ok, text);
  return JSON.parse(text);
}

async function serviceToken(scope: string): Promise<string> {
  const basic = Buffer.from(`${DEMO_CLIENT_ID}:${DEMO_CLIENT_SECRET}`).toString('base64');
  const grant = await fetch(`${stage.baseUrl}/oidc/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
  });
  return ((await grant.json()) as { access_token: string }).access_token;
}

const SITUATIONS: Situation[] = [
  [/^transfer:/, onUs],
  [/^(query|commit:unknown):/, answerLost],
  [/^(commit:rejected|release|commit:failed):/, rejection],
  [/^commit:(disputed|resolved):/, disputed],
  [/^commit:stuck:/, stuck],
];

killAtEachPoint({
  points: SIDE_CRASH_POINTS,
  situations: SITUATIONS.map(([points, situation]) => [
    points,
    async (point) => {
      amount += 7n;
      try {
        await situation(point);
      } finally {
        await stage.sandbox.call('DELETE', '/admin/faults');
      }
    },
  ]),
  async check() {
    // The money is where it belongs a moment before our own row says so.
    const following = () => stage.database.admin(`select from payments.payments where status in ('confirmed', 'rejected')`);
    await until('our rows to follow', following, (rows) => rows.length === 0);
    await assertBooksBalance(stage.database);
    await assertProviderAgrees(stage.database, stage.sandbox);
  },
});
