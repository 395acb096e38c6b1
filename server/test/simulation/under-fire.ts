/** Payments that go on while processes die: what was acknowledged is remembered, and must end settled, once. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type Person, until } from '../../../scripts/lib/person.ts';
import type { Dice } from '../support/dice.ts';
import type { SandboxProcess } from '../support/running-platform.ts';
import type { TestDatabase } from '../support/test-database.ts';
import { assertBooksBalance, assertProviderAgrees, FULANO, type Home, whileDown } from './money-checks.ts';

type Payment = { id: string; status: string; amountMinor: string };
export type Payer = { person: Person; fundsMinor: bigint; spentMinor: bigint };
/** A payment that was answered with 201. */
export type Acknowledged = { id: string; payer: Payer; amountMinor: bigint };

const PAYEES = [FULANO, 'maria@exemplo.com.br', '+5511987654321'];

export const payerOf = (person: Person, fundsMinor: bigint): Payer => ({ person, fundsMinor, spentMinor: 0n });

/**
 * Sends `count` payments of various people, `atOnce` at a time, each request repeated with its own key for as long as nobody answers.
 * `hear` is called at every acknowledgement.
 */
export async function payMany(
  dice: Dice,
  payers: readonly Payer[],
  { count, atOnce }: { count: number; atOnce: number },
  hear: (one: Acknowledged) => void,
): Promise<void> {
  // Small amounts, so that nobody has to look at them first.
  const orders = Array.from({ length: count }, () => ({
    payer: dice.pick(payers),
    amountMinor: BigInt(dice.whole(100, 4_000)),
    code: dice.pick(PAYEES),
  }));
  const sender = async (): Promise<void> => {
    for (let order = orders.pop(); order; order = orders.pop()) {
      const { payer, amountMinor, code } = order;
      const keys = [randomUUID(), randomUUID()] as const;
      const { person } = payer;
      const quote = await whileDown(() => person.post<{ quoteId: string }>(200, '/bff/v1/pix/decode', { code }, keys[0]), true);
      const body = { quoteId: quote.quoteId, amountMinor: String(amountMinor) };
      const { id } = await whileDown(() => person.post<Payment>(201, '/bff/v1/payments', body, keys[1]), true);
      payer.spentMinor += amountMinor;
      hear({ id, payer, amountMinor });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, sender));
}

/** Waits until no payment is under way any more. */
export async function allEnded(database: Pick<TestDatabase, 'admin'>, limitMs = 30_000): Promise<void> {
  await until(
    'the end of all payments',
    () =>
      database.admin<{ id: string; status: string }>(
        `select id, status from payments.payments where status not in ('settled', 'failed', 'declined', 'in-review')`,
      ),
    (open) => open.length === 0,
    limitMs,
  );
}

/** Every acknowledged payment is there, settled and no other; books, provider and balances say the same. */
export async function assertAllSettledOnce(
  parts: { database: Pick<TestDatabase, 'admin'>; sandbox: SandboxProcess },
  payers: readonly Payer[],
  acknowledged: readonly Acknowledged[],
): Promise<void> {
  assert.equal(new Set(acknowledged.map(({ id }) => id)).size, acknowledged.length, 'each key made a payment of its own');
  const [rows] = await parts.database.admin<{ count: string; settled: string }>(
    `select count(*)::text as count, count(*) filter (where status = 'settled')::text as settled from payments.payments`,
  );
  assert.deepEqual(
    rows,
    { count: String(acknowledged.length), settled: String(acknowledged.length) },
    'none lost, none twice, all settled',
  );
  await assertBooksBalance(parts.database);
  await assertProviderAgrees(parts.database, parts.sandbox);
  for (const { id, payer, amountMinor } of acknowledged) {
    const payment = await payer.person.get<Payment>(`/bff/v1/payments/${id}`);
    assert.deepEqual([payment.status, payment.amountMinor], ['settled', String(amountMinor)], id);
  }
  for (const { person, fundsMinor, spentMinor } of payers) {
    const { balance } = await person.get<Home>('/bff/v1/home');
    assert.deepEqual([balance.availableMinor, balance.heldMinor], [String(fundsMinor - spentMinor), '0']);
  }
}
