/**
 * The kill test off the straight path: a payee of ours, a time-out after the provider executed, a rejection, money coming in, an account
 * being opened. Killed with SIGKILL right before and right after every step there; each ends as if nothing had happened, once.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cpfFrom, type Person, until } from '../../../scripts/lib/person.ts';
import { SIDE_CRASH_POINTS } from '../../src/modules/payments/crash-points.ts';
import { type CrashStage, openCrashStage } from './crash-stage.ts';
import {
  assertBooksBalance,
  assertProviderAgrees,
  decimal,
  FULANO,
  fundedPerson,
  type Home,
  payAndWait,
  type Statement,
  whileDown,
} from './money-checks.ts';

const FUNDS = 10_000_000n;
const REJECTED_KEY = 'rejeita@exemplo.com.br';
let stage: CrashStage;
let payer: Person;
let payee: Person;
let newcomers = 0;
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

async function moneyIn(point: string): Promise<void> {
  const to = await home(payee);
  const receipt = { payeeKey: to.account.pixKey, amount: decimal(amount) };
  await stage.dieAt(point, async () => {
    await stage.sandbox.call('POST', '/admin/receive', receipt);
    await whileDown(() => changes(payee, to, amount), true);
  });
}

/** A newcomer's account opens, once: its key is known, and what is sent to it arrives. */
async function opening(point: string): Promise<void> {
  const person = await stage.dieAt(point, () => {
    newcomers += 1;
    return fundedPerson(stage.baseUrl, cpfFrom(520_200_000 + newcomers), amount, stage.sandbox);
  });
  assert.equal((await home(person)).balance.availableMinor, String(amount));
}

async function sentOut(): Promise<number> {
  const { lines } = await stage.sandbox.call<Statement>('GET', '/admin/statement');
  return lines.filter((line) => line.direction === 'out').length;
}

const SITUATIONS: [RegExp, (point: string) => Promise<void>][] = [
  [/^transfer:/, onUs],
  [/^(query|commit:unknown):/, answerLost],
  [/^(commit:rejected|release|commit:failed):/, rejection],
  [/^(ask-receipt|commit:matched|credit|commit:credited):/, moneyIn],
  [/^(open-ledger-account|register-key|commit:open):/, opening],
];

for (const point of SIDE_CRASH_POINTS) {
  test(`killed at ${point}: the end is the same, once`, { timeout: 60_000 }, async () => {
    amount += 7n;
    const situation = SITUATIONS.find(([points]) => points.test(point))?.[1];
    assert.ok(situation, `no situation leads to ${point}`);
    try {
      await situation(point);
    } finally {
      await stage.sandbox.call('DELETE', '/admin/faults');
    }
    await assertBooksBalance(stage.database);
    await assertProviderAgrees(stage.database, stage.sandbox);
  });
}
