/** The engine of arrivals, with a provider that answers as the test wants: slow ones, parts that come back, clocks that are wrong. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { systemClock } from '#platform/clock.ts';
import { newId } from '#platform/id.ts';
import { createLogger } from '#platform/log.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { openWorld, pay, reaches, until, type World } from '../../../../test/support/payments-world.ts';
import { repeatJob } from '../../../../test/support/repeat-job.ts';
import { DEFAULT_CONNECTION } from '../connections/names.ts';
import type { PaymentsConfig, PaymentsDeps } from '../deps.ts';
import { parseDecimalAmount } from '../domain/amount.ts';
import { createMeasures } from '../measure.ts';
import type { Arrival, Movement, Rail } from '../rails/port.ts';
import { insertReceipts } from '../store/receipts.ts';
import { createArrivalJobs } from './arrival-jobs.ts';
import { createReceiver } from './receive.ts';

type Person = Awaited<ReturnType<World['person']>>;

let world: World;
/** Whose money came in before this file's own receivers took over. */
const funded: Person[] = [];
before(async () => {
  world = await openWorld();
  for (let i = 0; i < 3; i++) funded.push(await world.person(5_000n));
  // This file brings receivers of its own.
  for (const worker of world.main.module.workers!) if (/arrival/.test(worker.name)) await worker.stop();
});
after(() => world?.close());

const PAYER = { name: 'Rui', taxId: '52998224725', ispb: '00000000' };
let sequence = 0;
function pixId(kind: 'E' | 'D' = 'E'): string {
  sequence += 1;
  return `${kind}99999999202611301200${String(sequence).padStart(11, '0')}`;
}

function depsWith(config: Partial<PaymentsConfig> = {}, more: Partial<PaymentsDeps> = {}): PaymentsDeps {
  const { db, bus, vault, ledger } = world.main;
  const base = {
    providerUrl: '',
    providerApiKey: '',
    webhookSecret: '',
    providerTimeoutMs: 500,
    ispb: '12345678',
    leaseMs: 600,
    sandbox: true,
  };
  const platform = { db, bus, vault, ledger, clock: systemClock, log: createLogger({ level: 'fatal' }), metrics: createMetrics() };
  return { ...platform, config: { ...base, recoveryIntervalMs: 20, ...config }, ...more } as PaymentsDeps;
}

/** A receiver in front of a provider that answers as told; `asked` counts its questions. */
function receiverOf(answer: (endToEndId: string) => Promise<Arrival>, config: Partial<PaymentsConfig> = {}) {
  const asked = new Map<string, number>();
  const rail = {
    async queryReceipt(endToEndId: string) {
      asked.set(endToEndId, (asked.get(endToEndId) ?? 0) + 1);
      return { kind: 'found', value: await answer(endToEndId) };
    },
  } as unknown as Rail;
  const deps = depsWith(config);
  const { worker } = createReceiver(deps, { of: async () => rail }, createMeasures(deps.metrics, systemClock));
  return { worker, asked };
}

const arrivalFor = (endToEndId: string, { account }: Person, amount = '1.00'): Arrival => ({
  endToEndId,
  amount,
  payeeKey: account.pixKey!,
  payer: PAYER,
  receivedAt: new Date().toISOString(),
});
const announce = (endToEndIds: readonly string[], amountOf: (id: string) => string = () => '1.00') =>
  world.main.db.tx({ module: 'payments', system: true }, (tx) =>
    insertReceipts(
      tx,
      endToEndIds.map((endToEndId) => ({
        id: newId(),
        tenantId: world.tenantId,
        endToEndId,
        announcedMinor: parseDecimalAmount(amountOf(endToEndId)),
        foundBy: 'announcement' as const,
        connection: DEFAULT_CONNECTION,
      })),
    ),
  );
const statusOf = async (endToEndId: string) =>
  (await world.database.admin<{ status: string }>('select status from payments.receipts where end_to_end_id = $1', [endToEndId]))[0]
    ?.status;
const comesTo = (endToEndId: string, status: string) =>
  until(
    `${endToEndId} ${status}`,
    () => statusOf(endToEndId),
    (found) => found === status,
  );

test('one question that hangs stalls no other arrival, here or announced later, and nobody else begins it meanwhile', async (t) => {
  const ana = await world.person();
  const [hanging, ...others] = Array.from({ length: 12 }, () => pixId());
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const answer = async (endToEndId: string) => {
    if (endToEndId === hanging) await held;
    return arrivalFor(endToEndId, ana);
  };
  const [one, two] = [receiverOf(answer), receiverOf(answer)];
  one.worker.start();
  t.after(() => {
    letGo();
    return Promise.all([one.worker.stop(), two.worker.stop()]);
  });
  await announce([hanging!]);
  await until(
    'the question',
    async () => one.asked.get(hanging!),
    (count) => count === 1,
  );
  two.worker.start();
  await announce(others);
  const from = Date.now();
  for (const endToEndId of others) await comesTo(endToEndId, 'credited');
  // Four times the lease: without its renewal the other would have asked, too.
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, 2_400 - (Date.now() - from))));
  assert.deepEqual([one.asked.get(hanging!), two.asked.get(hanging!) ?? 0], [1, 0]);
  assert.equal(await statusOf(hanging!), 'announced');
  letGo();
  await comesTo(hanging!, 'credited');
});

test('many at once share their commits', async (t) => {
  const ana = await world.person();
  const ids = Array.from({ length: 150 }, () => pixId());
  const { worker } = receiverOf(async (endToEndId) => arrivalFor(endToEndId, ana));
  t.after(() => worker.stop());
  const commits = async () =>
    Number(
      (
        await world.database.admin<{ n: string }>(
          'select pg_stat_get_db_xact_commit(oid) as n from pg_database where datname = current_database()',
        )
      )[0]!.n,
    );
  await announce(ids);
  const before = await commits();
  worker.start();
  await until(
    'all credited',
    () =>
      world.database.admin<{ n: number }>(
        `select count(*)::int as n from payments.receipts where end_to_end_id = any($1) and status = 'credited'`,
        [ids],
      ),
    ([row]) => row!.n === ids.length,
  );
  const made = (await commits()) - before;
  assert.ok(
    made < 3 * ids.length,
    `${made} transactions for ${ids.length} arrivals, everything of the world counted; one by one they were 5 each`,
  );
  const { balances } = await world.main.ledger.getBalances(ana.ctx, { accountIds: [ana.account.ledgerAccountId!] });
  assert.equal(balances[0]!.postedMinor, '15000');
});

for (const [paid, parts, credited] of [
  [1_500n, ['9.00', '9.00'], '9.00'],
  [1_000n, ['4.00', '4.00', '4.00', '0.01'], null],
  [1_000n, ['10.00', '0.01'], null],
] as const) {
  test(`parts ${parts.join(' + ')} of a payment of ${paid} come back at once: never more than was paid`, async (t) => {
    const ana = funded.pop()!;
    const payment = await pay(world.main.face, ana, paid);
    await reaches(world, ana, payment.id, 'settled');
    const [row] = await world.database.admin<{ id: string }>(
      'select end_to_end_id as id from payments.payments where id = (select max(id::text)::uuid from payments.payments where subject_id = $1)',
      [ana.subjectId],
    );
    const amounts = new Map(parts.map((amount) => [pixId('D'), amount]));
    const answer = async (endToEndId: string): Promise<Arrival> => ({
      endToEndId,
      amount: amounts.get(endToEndId)!,
      returnOf: row!.id,
      payer: PAYER,
      receivedAt: new Date().toISOString(),
    });
    const receivers = [receiverOf(answer), receiverOf(answer)];
    t.after(() => Promise.all(receivers.map(({ worker }) => worker.stop())));
    await announce([...amounts.keys()], (id) => amounts.get(id)!);
    for (const { worker } of receivers) worker.start();
    const ended = await until(
      'each to stand or be credited',
      () =>
        world.database.admin<{ status: string; minor: bigint }>(
          'select status, amount_minor as minor from payments.receipts where end_to_end_id = any($1)',
          [[...amounts.keys()]],
        ),
      (rows) => rows.every(({ status }) => status === 'credited' || status === 'unmatched'),
    );
    const back = ended.filter(({ status }) => status === 'credited').reduce((sum, { minor }) => sum + BigInt(minor), 0n);
    assert.ok(back <= paid, `${back} came back of ${paid}`);
    assert.ok(
      ended.some(({ status }) => status === 'unmatched'),
      'what is too much stands still, for people',
    );
    if (credited) assert.equal(back, BigInt(credited.replace('.', '')));
    const { balances } = await world.main.ledger.getBalances(ana.ctx, { accountIds: [ana.account.ledgerAccountId!] });
    assert.equal(BigInt(balances[0]!.postedMinor), 5_000n - paid + back);
  });
}

test('what the provider writes beside the amount spoils no commit: texts that no database keeps, dates that cannot be', async (t) => {
  const ana = await world.person();
  const odd: Partial<Arrival>[] = [
    { txid: 'x\u0000' },
    { txid: '\ud800' },
    { receivedAt: '+099999-01-01T00:00:00Z' },
    { receivedAt: '1900-01-01T00:00:00Z' },
    { payer: { ...PAYER, name: 'a\u0000\ud800' } },
    { receivedAt: new Date(Date.now() + 60_000).toISOString() },
  ];
  const bad = new Map(odd.map((more) => [pixId(), more]));
  const good = Array.from({ length: 5 }, () => pixId());
  const { worker } = receiverOf(async (endToEndId) => ({ ...arrivalFor(endToEndId, ana), ...bad.get(endToEndId) }));
  t.after(() => worker.stop());
  await announce([...bad.keys(), ...good]);
  worker.start();
  for (const endToEndId of [...good, ...bad.keys()]) await comesTo(endToEndId, 'credited');
});

test('a clock that is wrong, ours or theirs, passes over nothing', async () => {
  const DAY = 86_400_000;
  const read = async (connection: string, clockAheadMs: number, lines: Movement[], asOf: () => string | undefined) => {
    const deps = depsWith({ connection }, { clock: { now: () => Date.now() + clockAheadMs } });
    const rail = {
      capabilities: { statement: { order: 'oldest-first' } },
      async statementPage({ from, to, cursor }: { from: string; to: string; cursor?: string }) {
        const told = lines.filter(({ at }) => at >= from && at < to && at < (asOf() ?? '9'));
        const start = Number(cursor ?? 0);
        const end = asOf();
        return {
          kind: 'found',
          value: {
            lines: told.slice(start, start + 2),
            nextCursor: start + 2 < told.length ? String(start + 2) : null,
            ...(end ? { asOf: end } : {}),
          },
        };
      },
    } as unknown as Rail;
    const jobs = createArrivalJobs(deps, {
      rails: { list: async () => [{ name: connection, state: 'active', forTenant: null, rail }] },
      owner: newId(),
      measures: createMeasures(deps.metrics, deps.clock),
      receiver: { begun: () => undefined, wake: () => undefined },
    });
    const readings = jobs.map((job) => repeatJob(job, deps, 20));
    for (const reading of readings) reading.start();
    return { stop: () => Promise.all(readings.map((reading) => reading.stop())) };
  };
  const line = (at: number): Movement => ({
    endToEndId: pixId(),
    direction: 'in',
    amount: '1.00',
    status: 'received',
    at: new Date(at).toISOString(),
  });
  for (const aheadMs of [0, 400 * DAY, -400 * DAY, 2 * 3_600_000]) {
    for (const theirs of ['right', 'none', 'ahead'] as const) {
      const lines = [line(Date.now() - 5 * 60_000), line(Date.now() - 4 * 60_000), line(Date.now() - 3 * 60_000)];
      const poll = await read(`clock ${aheadMs} ${theirs}`, aheadMs, lines, () =>
        theirs === 'none' ? undefined : new Date(Date.now() + (theirs === 'ahead' ? 90 * DAY : 0)).toISOString(),
      );
      const known = async () => Promise.all(lines.map(({ endToEndId }) => statusOf(endToEndId)));
      const allKnown = (found: (string | undefined)[]) => found.every((status) => status === 'announced');
      try {
        // A clock of ours that is ahead by more than a statement's period may begin too late; only then, and only at its very first run.
        if (aheadMs < 31 * DAY) await until('the first lines', known, allKnown);
        else await new Promise((resolve) => setTimeout(resolve, 200));
        lines.push(line(Date.now()));
        await new Promise((resolve) => setTimeout(resolve, 100));
        lines.push(line(Date.now()));
        // One that comes in between later, before what has been read already.
        lines.splice(2, 0, line(Date.now() - 3_600_000));
        lines.sort((a, b) => (a.at < b.at ? -1 : 1));
        await until(`ours ${aheadMs}, theirs ${theirs}`, known, allKnown, 8_000);
      } finally {
        await poll.stop();
      }
    }
  }
});
