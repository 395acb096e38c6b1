/**
 * What a payment costs by itself: made from a code already read and taken to its end, with the ledger, the provider's sandbox and the
 * module in one process and nobody asking meanwhile. Processor time beside the rate: it hardly depends on what else the machine does.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { newId, parsePublicId } from '#platform/id.ts';
import { FULANO, openWorld } from '../support/payments-world.ts';
import { createProcessorClock } from './processor-time.ts';

const PEOPLE = 20;
const PAYMENTS = 400;
const IN_FLIGHT = 64;
const ROUNDS = 4;
const WATCH_MS = 25;

// As an installation has it, where the tests' world is in a hurry.
const world = await openWorld({
  config: {
    leaseMs: 10_000,
    recoveryIntervalMs: 2_000,
    pace: { firstQueryMs: 3_000, retryBaseMs: 250, retryMaxMs: 30_000 },
    providerTimeoutMs: 10_000,
    providerQueueMs: 10_000,
  },
});
const clock = await createProcessorClock(world.database);
const people: Awaited<ReturnType<typeof world.person>>[] = [];
for (let at = 0; at < PEOPLE; at++) people.push(await world.person(100_000_000n));

/** Payments that have not ended yet, and who waits for each: one look for all of them. */
const waiting = new Map<string, () => void>();
let isOver = false;
async function watch(): Promise<void> {
  while (!isOver) {
    const rows = await world.database.admin<{ id: string }>(
      `select id from payments.payments where id = any($1::uuid[]) and status = 'settled'`,
      [[...waiting.keys()]],
    );
    for (const { id } of rows) {
      waiting.get(id)?.();
      waiting.delete(id);
    }
    await sleep(WATCH_MS);
  }
}

async function readWal(): Promise<number> {
  const [row] = await world.database.admin<{ bytes: string }>(`select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::text as bytes`);
  return Number(row!.bytes);
}

async function measure(): Promise<string> {
  const orders: { payer: (typeof people)[number]; quoteId: string }[] = [];
  for (let at = 0; at < PAYMENTS; at++) {
    const payer = people[at % PEOPLE]!;
    const { quoteId } = await world.main.face.decode(payer.ctx, { accountId: payer.subjectId, code: FULANO });
    orders.push({ payer, quoteId });
  }
  const eachMs: number[] = [];
  const [walFrom, from, began] = [await readWal(), clock.read(), performance.now()];
  const pay = async (): Promise<void> => {
    for (let order = orders.pop(); order; order = orders.pop()) {
      const { payer, quoteId } = order;
      const startedAt = performance.now();
      const input = { accountId: payer.subjectId, quoteId, amountMinor: '101' };
      const { payment } = await world.main.face.createPayment({ ...payer.ctx, idempotencyKey: newId() }, input);
      await new Promise<void>((resolve) => waiting.set(parsePublicId('pay', payment.id), resolve));
      eachMs.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, pay));
  const [wallMs, to, walTo] = [performance.now() - began, clock.read(), await readWal()];
  eachMs.sort((a, b) => a - b);
  const each = (part: 'node' | 'postgres'): string => ((to[part] - from[part]) / 1_000 / PAYMENTS).toFixed(2);
  const at = (share: number): string => eachMs[Math.floor(PAYMENTS * share)]!.toFixed(0);
  const rate = ((PAYMENTS / wallMs) * 1_000).toFixed(0).padStart(4);
  const wal = ((walTo - walFrom) / 1_024 / PAYMENTS).toFixed(1);
  return `${rate} /s; p50 ${at(0.5)} ms, p95 ${at(0.95)} ms; Node ${each('node')} ms, Postgres ${each('postgres')} ms of processor time and ${wal} kB of WAL each`;
}

console.log(`\nPayments alone, ${IN_FLIGHT} in flight, ${PAYMENTS} a round; the first warms up`);
const watching = watch();
for (let round = 0; round <= ROUNDS; round++) console.log(`  round ${round}  ${await measure()}`);
isOver = true;
await watching;
await world.close();
