/** One storm: people pay and are paid while the provider behaves as badly as it can and processes die; then quiet, and the reckoning. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openDifferencesDesk } from '../../../src/modules/payments/desk-differences.ts';
import { DEFAULT_PACE } from '../../../src/modules/payments/domain/next-action.ts';
import { NOT_FOUND_TIMES } from '../../../src/modules/payments/drive/provider-actions.ts';
import { paymentName } from '../../../src/modules/payments/record.ts';
import { createPostgresBus } from '../../../src/platform/bus/postgres.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { createDb } from '../../../src/platform/db/db.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { type Dice, takeDice } from '../../support/dice.ts';
import { assertLedgerBalances } from '../money-checks.ts';
import { ANNOUNCED_TRIES, type Books, type Line, readBooks, readMark } from './books.ts';
import { gatherEvidence } from './evidence.ts';
import { CALM } from './manners.ts';
import { gather } from './people.ts';
import { makePlan, type Plan, type Size, weather } from './plan.ts';
import { reckon } from './reckon.ts';
import { countEnds, renderTable } from './report.ts';
import { Stage, type Victim } from './stage.ts';
import { type Sent, Traffic } from './traffic.ts';

export type StormOptions = {
  seed: number;
  size: Size;
  folder: string;
  /** How many orders are answered, on average, from one death to the next. */
  calm: number;
  /** How long a payment may last: what has not ended by then fails, or is stuck. */
  mustEndMs: number;
  /** How long after the storm the time of what has not ended is declared over; without it each payment has the whole of its time. */
  timeUpAfterMs?: number;
  say: (line: string) => void;
  /** Ends it early: what it started is stopped, and nothing is judged. */
  signal?: AbortSignal;
};
/** `evidence`: all that was written down about whatever a breach names. */
export type StormResult = { breaches: string[]; tables: string; evidence: string };

const LEASE_MS = 500;
/** Of one call to the provider, and as much again before its turn comes. */
const PROVIDER_TIMEOUT_MS = 1_000;
/**
 * What a payment may take when its time is up, by its own pace: it is in the longest pause just then, and asks until "not found" is believed; before each of these it may ask about an
 * announcement first; and whoever had it was killed.
 */
const AFTER_TIME_MS = LEASE_MS + 2 * (1 + NOT_FOUND_TIMES) * (DEFAULT_PACE.retryMaxMs + 2 * PROVIDER_TIMEOUT_MS);
const MOST_COMPARISONS = 12;
const VICTIMS: readonly Victim[] = [
  'server',
  'server',
  'server',
  'worker',
  'worker',
  'worker',
  'provider',
  'provider',
  'postgres',
  'postgres',
];
/** A few may reach the end of their time while everything is down. */
const UNSETTLED_CALM_SHARE = 0.01;
const UNDER_WAY = ['created', 'assessed', 'held', 'sent', 'unknown', 'confirmed', 'rejected'];
const ARRIVING = ['announced', 'matched', 'returning', 'set-aside', 'return-unknown', 'sent-back'];

export async function storm(options: StormOptions): Promise<StormResult> {
  const { seed, size, folder, say } = options;
  const dice = takeDice(seed);
  const plan = makePlan(dice, size);
  const startedMs = Date.now();
  const stage = await Stage.open(folder, {
    PAYMENTS_MUST_END_WITHIN_MS: String(options.mustEndMs),
    PAYMENTS_LEASE_MS: String(LEASE_MS),
    PIX_PROVIDER_TIMEOUT_MS: String(PROVIDER_TIMEOUT_MS),
  });
  try {
    say(`seed ${seed}: ${size.payments} payments and ${size.arrivals} arrivals of ${size.people} people`);
    const { payers, closedKeys } = await gather(stage, size.people);
    say('the people are there; the storm begins');
    await stage.setFaults({ ...weather(seed), only: plan.only });
    const traffic = new Traffic(stage, plan, payers, closedKeys, say);
    const parts = [misfortune(dice, stage, traffic, options), traffic.flow(), tell(traffic, plan, say)] as const;
    const [fallen] = await Promise.race([Promise.all(parts), whenAborted(options.signal)]).catch(async (error: unknown) => {
      traffic.stop();
      // Whoever is being started again at this moment is there before all are stopped.
      await Promise.allSettled(parts);
      throw error;
    });
    await stage.setFaults({ only: plan.only });
    say('quiet');
    await wait(stage, options);
    const { books, faults } = await compareAndRead(stage, startedMs - 60_000);
    return await judge(stage, { plan, sent: traffic.sent, fallen: [...fallen, ...faults], books }, say);
  } finally {
    await stage.close();
  }
}

/** Rejects when the signal comes. */
const whenAborted = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));

/** Kills by chance, now and then two at once, and sees to it that nobody falls who was not killed. */
async function misfortune(dice: Dice, stage: Stage, traffic: Traffic, { calm, say }: StormOptions): Promise<string[]> {
  // Dice of its own: how long things take does not change what is sent.
  const own = takeDice(dice.seed ^ 0x5eed);
  const fallen: string[] = [];
  let next = own.whole(Math.floor(calm / 2), calm + Math.floor(calm / 2));
  while (!traffic.isOver) {
    await sleep(50);
    if (traffic.answered < next) continue;
    next = traffic.answered + own.whole(Math.floor(calm / 2), calm + Math.floor(calm / 2));
    const victims = [...new Set([own.pick(VICTIMS), ...(own.roll() < 0.25 ? [own.pick(VICTIMS)] : [])])];
    say(`after ${traffic.answered} payments: killing ${victims.join(' and ')}`);
    await sleep(own.whole(0, 200));
    fallen.push(...(await stage.revive()));
    await Promise.all(victims.map((victim) => stage.kill(victim)));
  }
  return fallen;
}

async function tell(traffic: Traffic, plan: Plan, say: StormOptions['say']): Promise<void> {
  for (let rounds = 1; !traffic.isOver; rounds++) {
    await sleep(500);
    if (rounds % 40 === 0)
      say(`${traffic.answered} of ${plan.orders.length} payments answered, ${traffic.sent.arrivals.size} arrivals sent`);
  }
}

/** Until nothing is under way any more, or whatever a payment may take is over. */
async function wait(stage: Stage, { mustEndMs, timeUpAfterMs = mustEndMs, say, signal }: StormOptions): Promise<void> {
  const timeUp = Date.now() + timeUpAfterMs;
  const end = timeUp + AFTER_TIME_MS;
  for (let rounds = 1; ; rounds++) {
    signal?.throwIfAborted();
    if (timeUpAfterMs < mustEndMs && Date.now() > timeUp) await callTime(stage);
    const [open] = await stage.database.admin<{ payments: string; arrivals: string }>(
      `select (select count(*) from payments.payments where status = any ($1)) as payments,
         (select count(*) from payments.receipts where status = any ($2) and not (status = 'announced' and attempt >= $3)) as arrivals`,
      [UNDER_WAY, ARRIVING, ANNOUNCED_TRIES],
    );
    const unheard = await countUnheard(stage);
    if (open!.payments === '0' && open!.arrivals === '0' && unheard === 0) return;
    if (rounds % 20 === 0) say(`not ended yet: ${open!.payments} payments, ${open!.arrivals} arrivals, ${unheard} unheard of`);
    if (Date.now() > end) return say(`still under way: ${open!.payments} payments, ${open!.arrivals} arrivals, ${unheard} unheard of`);
    await sleep(1_000);
  }
}

/** The time of what is still under way is up now, and whoever pauses for long is asked at once. */
async function callTime(stage: Stage): Promise<void> {
  await stage.database.admin(
    `update payments.payments set must_end_by = now(), next_attempt_at = least(next_attempt_at, now() + interval '1 s')
     where status = any ($1) and must_end_by > now()`,
    [UNDER_WAY],
  );
}

/** Arrivals at the provider of which nothing is known here. */
async function countUnheard(stage: Stage): Promise<number> {
  const { lines } = await stage.call<{ lines: Line[] }>('GET', '/admin/statement');
  const known = await stage.database.admin<{ id: string }>('select end_to_end_id as id from payments.receipts');
  const heard = new Set(known.map(({ id }) => id));
  return lines.filter((line) => line.status === 'received' && !heard.has(line.endToEndId)).length;
}

/** `fallen`: what has gone wrong already. */
type Happened = { plan: Plan; sent: Sent; fallen: string[]; books: Books };

async function judge(stage: Stage, { plan, sent, fallen, books }: Happened, say: StormOptions['say']): Promise<StormResult> {
  const reckoning = reckon(books);
  const refused = [...Map.groupBy(sent.refused, (text) => text)].map(([text, all]) => `refused ${all.length} times: ${text}`);
  const breaches = [...fallen, ...refused, ...reckoning.breaches];
  await assertLedgerBalances(stage.database).catch((error: Error) => breaches.push(error.message));
  const endToEndIds = new Map(books.payments.map((row) => [paymentName(row.id), row.end_to_end_id]));
  if (endToEndIds.size !== sent.payments.size)
    breaches.push(`${sent.payments.size} payments were acknowledged, and there are ${endToEndIds.size}`);
  if (sent.payments.size + sent.refused.length !== plan.orders.length) breaches.push('not every order was answered');
  breaches.push(...judgeCalm(sent, reckoning.payments, endToEndIds, say));
  const figures = countEnds(sent, reckoning, endToEndIds);
  const killed = Object.entries(stage.killed).map(([who, times]) => `${who} ${times}`);
  say(`killed: ${killed.join(', ')}`);
  say(`payments: ${totals(reckoning.payments)}`);
  say(`arrivals: ${totals(reckoning.arrivals)}`);
  const tables = `${renderTable('payments', figures.payments)}\n\n${renderTable('arrivals', figures.arrivals)}`;
  const manners = new Map([...sent.arrivals].map(([id, arrival]) => [id, arrival.manners]));
  for (const [id, order] of sent.payments) manners.set(endToEndIds.get(id) ?? id, order.manners);
  return { breaches, tables, evidence: await gatherEvidence(stage.database, books, breaches, manners) };
}

/** Has the running platform compare its books with the statement, as `npm run admin -- reconcile` does: what differs is listed then. */
async function haveItCompared(stage: Stage, fromMs: number): Promise<string[]> {
  const log = createLogger({ level: 'fatal' });
  const db = createDb({ url: stage.database.appUrl, poolSize: 2, log });
  const bus = createPostgresBus({ db, log, clock: systemClock });
  try {
    const { fault } = await openDifferencesDesk({ db, bus, clock: systemClock }).reconcile({ fromMs, toMs: Date.now() });
    return fault === null ? [] : [`the books could not be compared with the statement: ${fault}`];
  } finally {
    await bus.close();
    await db.close();
  }
}

/** List and books of one moment. What the comparison finds is asked about again, and may end by that; then it is compared anew. */
async function compareAndRead(stage: Stage, fromMs: number): Promise<{ books: Books; faults: string[] }> {
  for (let round = 1; ; round++) {
    const mark = await readMark(stage.database);
    const faults = await haveItCompared(stage, fromMs);
    const books = await readBooks(stage.database, stage);
    if (round === MOST_COMPARISONS || (await readMark(stage.database)) === mark) return { books, faults };
    await sleep(5_000);
  }
}

/** Being listed is no way out: where nothing goes wrong at the provider, payments settle, whatever is killed. */
function judgeCalm(
  sent: Sent,
  ends: ReadonlyMap<string, string>,
  endToEndIds: ReadonlyMap<string, string>,
  say: StormOptions['say'],
): string[] {
  const calm = [...sent.payments].filter(([, { manners }]) => manners === CALM.name);
  const others = calm.filter(([id]) => ends.get(endToEndIds.get(id) ?? '') !== 'settled').length;
  say(`of ${calm.length} payments with which nothing went wrong ${others} did not settle`);
  return others > calm.length * UNSETTLED_CALM_SHARE
    ? [`${others} of ${calm.length} payments with which nothing went wrong did not settle`]
    : [];
}

function totals(ends: ReadonlyMap<string, string>): string {
  const counts = Map.groupBy(ends.values(), (end) => end);
  return [...counts]
    .sort()
    .map(([end, all]) => `${all.length} ${end}`)
    .join(', ');
}
