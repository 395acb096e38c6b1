/**
 * The kill test off the straight path: a payee of ours, a time-out, a rejection, an order that got lost. Killed with SIGKILL right before
 * and right after every step there; each ends as if nothing had happened, once.
 */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { cpfFrom, type Person, until } from '../../../scripts/lib/person.ts';
import { type CrashStage, openCrashStage } from './crash-stage.ts';
import { killAtEachPoint, type Situation } from './kill-points.ts';
import { assertBooksBalance, assertProviderAgrees, FULANO, fundedPerson, type Home, payAndWait, type Statement } from './money-checks.ts';
import { SIDE_POINTS } from './payment-points.ts';

const FUNDS = 10_000_000n;
const REJECTED_KEY = 'rejeita@exemplo.com.br';
/** Accepted at once, settled late. */
const SLOW_KEY = 'lento@exemplo.com.br';
/** Stands on the block list. */
const LISTED_KEY = 'golpe@exemplo.com.br';
let stage: CrashStage;
let payer: Person;
let payee: Person;
let poor: Person;
let amount = 1_000n;

before(async () => {
  stage = await openCrashStage();
  payer = await fundedPerson(stage.baseUrl, cpfFrom(520_100_001), FUNDS, stage.sandbox);
  payee = await fundedPerson(stage.baseUrl, cpfFrom(520_100_002), FUNDS, stage.sandbox);
  poor = await fundedPerson(stage.baseUrl, cpfFrom(520_100_003), 100n, stage.sandbox);
});
after(() => stage?.close());

type End = 'failed' | 'declined';
const home = (person: Person) => person.get<Home>('/bff/v1/home');
const faults = (what: object) => stage.sandbox.call('PUT', '/admin/faults', what);
const pay = (code: string, end?: End, person = payer) =>
  payAndWait(person, code, amount, { retryWhileDown: true, ...(end ? { end } : {}) }).settled;

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

async function sentOut(): Promise<number> {
  const { lines } = await stage.sandbox.call<Statement>('GET', '/admin/statement');
  return lines.filter((line) => line.direction === 'out').length;
}

/** The money is gone, once. */
const executed =
  (odd: object, code = FULANO) =>
  async (point: string): Promise<void> => {
    const from = await home(payer);
    await faults(odd);
    await stage.dieAt(point, () => pay(code));
    await changes(payer, from, -amount);
  };

/** The money is where it was. */
const notExecuted =
  (end: End, odd: object, code = FULANO, who = () => payer) =>
  async (point: string): Promise<void> => {
    const from = await home(who());
    await faults(odd);
    await stage.dieAt(point, () => pay(code, end, who()));
    await changes(who(), from, 0n);
  };

const ONCE = { count: 1 } as const;
const SITUATIONS: Situation[] = [
  [/\/(transfer|assessed>settled):/, onUs],
  // The provider executes, its answer is lost, it announces nothing: only asking tells.
  [/\/(query|held>unknown|unknown>confirmed):/, executed({ timeoutAfterExecute: ONCE, webhook: { never: true } })],
  // The same, and it has not executed when it is asked.
  [/\/unknown>sent:/, executed({ timeoutAfterExecute: ONCE }, SLOW_KEY)],
  // The order got lost on the way, or was taken and forgotten: it goes out once more, under the same id.
  [/\/unknown>held:/, executed({ timeoutBeforeExecute: ONCE })],
  [/\/sent>held:/, executed({ forget: ONCE })],
  [/\/held>confirmed:/, executed({ finalInPost: true })],
  [/\/(sent>rejected|release|rejected>failed):/, notExecuted('failed', {}, REJECTED_KEY)],
  [/\/held>rejected:/, notExecuted('failed', { finalInPost: true }, REJECTED_KEY)],
  [/\/unknown>rejected:/, notExecuted('failed', { timeoutAfterExecute: ONCE, webhook: { never: true } }, REJECTED_KEY)],
  [/\/created>declined:/, notExecuted('declined', {}, LISTED_KEY)],
  [/\/assessed>declined:/, notExecuted('declined', {}, FULANO, () => poor)],
];

killAtEachPoint({
  points: SIDE_POINTS,
  situations: SITUATIONS,
  prepare: () => {
    amount += 7n;
  },
  clear: () => stage.clearFaults(),
  async check() {
    // The money is where it belongs a moment before our own row says so.
    const following = () => stage.database.admin(`select from payments.payments where status in ('confirmed', 'rejected')`);
    await until('our rows to follow', following, (rows) => rows.length === 0);
    await assertBooksBalance(stage.database);
    await assertProviderAgrees(stage.database, stage.sandbox);
  },
});
