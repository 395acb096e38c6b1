/**
 * The kill test (PAY-1, PAY-3, LED-1): the process is killed with SIGKILL right before and right after every step of a payment that goes well, then
 * started again. The payment ends settled exactly once, the books balance, and the provider's own statement agrees.
 */
import { after, before, test } from 'node:test';
import { cpfFrom, type Person, until } from '../../../scripts/lib/person.ts';
import { type CrashStage, openCrashStage } from './crash-stage.ts';
import { assertBooksBalance, assertProviderAgrees, FULANO, fundedPerson, type Home, payAndWait } from './money-checks.ts';
import { STRAIGHT_POINTS } from './payment-points.ts';

const FUNDS = 10_000_000n;
let stage: CrashStage;
let person: Person;
let spent = 0n;

before(async () => {
  stage = await openCrashStage();
  person = await fundedPerson(stage.baseUrl, cpfFrom(520_000_001), FUNDS, stage.sandbox);
});
after(() => stage?.close());

for (const [index, point] of STRAIGHT_POINTS.entries()) {
  test(`killed at ${point}: the payment ends settled, once`, { timeout: 60_000 }, async () => {
    const amount = BigInt(1_000 + Number(spent % 97n) + index);
    await stage.dieAt(point, () => payAndWait(person, FULANO, amount, { retryWhileDown: true }).settled);
    spent += amount;
    await until(
      'the balance',
      () => person.get<Home>('/bff/v1/home'),
      ({ balance }) => balance.availableMinor === String(FUNDS - spent) && balance.heldMinor === '0',
    );
    await assertBooksBalance(stage.database);
    await assertProviderAgrees(stage.database, stage.sandbox);
  });
}
