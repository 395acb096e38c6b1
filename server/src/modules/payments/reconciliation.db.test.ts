/** Planted differences are found, classified, kept once with their life, and close themselves when they are gone. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { systemClock } from '#platform/clock.ts';
import { newId } from '#platform/id.ts';
import { startJobs } from '#platform/jobs/runner.ts';
import { createLogger } from '#platform/log.ts';
import { openWorld, pay, reaches, until, type World } from '../../../test/support/payments-world.ts';
import { openDifferencesDesk } from './desk-differences.ts';

type Person = Awaited<ReturnType<World['person']>>;
type Row = { id: string; class: string; kind: string; status: string; closed_by: string | null; times: number };

let world: World;
let ana: Person;
before(async () => {
  world = await openWorld({
    config: { reconcileGraceMs: 0, reconcileDays: false },
    jobs: ['reconciliation'],
  });
  ana = await world.person(100_000n);
});
after(() => world?.close());
afterEach(() => world?.sandboxCall('DELETE', '/admin/faults'));

const admin = <T>(sql: string, params: unknown[] = []) => world.database.admin<T & object>(sql, params as never);
const rowsOf = (endToEndId: string) =>
  // A test of this file has another connection to the same provider, and what is found there has its name.
  admin<Row>(`select * from payments.differences where end_to_end_id = $1 and connection = 'pix' order by kind`, [endToEndId]) as Promise<
    Row[]
  >;
const kindsOf = async (endToEndId: string, status = 'found') =>
  (await rowsOf(endToEndId))
    .filter((row) => row.status === status)
    .map((row) => `${row.class} ${row.kind}`)
    .sort();
const comesTo = (endToEndId: string, kinds: string[], status = 'found') =>
  until(
    kinds.join(),
    () => kindsOf(endToEndId, status),
    (found) => found.join() === kinds.join(),
  );
const actsOf = (endToEndId: string) =>
  admin<{ status: string; actor_id: string; reason: string | null }>(
    `select a.status, a.actor_id, a.reason from payments.difference_acts a join payments.differences d on d.id = a.difference_id
     where d.end_to_end_id = $1 order by a.seq`,
    [endToEndId],
  ) as Promise<{ status: string; actor_id: string; reason: string | null }[]>;

/** Waits for runs that begin from now on, reach their end and meet no fault. */
async function wholeRuns(wanted: number): Promise<void> {
  const [now] = (await admin('select now()::text as at')) as { at: string }[];
  await until(
    `${wanted} whole runs`,
    () => admin('select 1 from payments.reconciliation_runs where begun_at > $1 and ended_at is not null and fault is null', [now!.at]),
    (runs) => runs.length >= wanted,
  );
}

/**
 * Runs follow each other with no grace, so one may have met the payment on its way: executed there, confirmed here.
 * What such a run found is forgotten, once a run that began after the end has ended: a test sees its own differences only.
 */
async function endedPayment(status: 'settled' | 'failed', amount: bigint, key?: string): Promise<string> {
  const { id } = await pay(world.main.face, ana, amount, key);
  const endToEndId = (await reaches(world, ana, id, status)).endToEndId!;
  await wholeRuns(1);
  await admin('delete from payments.difference_acts a using payments.differences d where a.difference_id = d.id and d.end_to_end_id = $1', [
    endToEndId,
  ]);
  await admin('delete from payments.differences where end_to_end_id = $1', [endToEndId]);
  return endToEndId;
}
const settledPayment = () => endedPayment('settled', 700n);

test('books and statement that agree make no difference', async () => {
  const endToEndId = await settledPayment();
  await wholeRuns(2);
  assert.deepEqual(await rowsOf(endToEndId), []);
});

const PLANTED: [name: string, sql: string, back: string, kinds: string[]][] = [
  ['ended here otherwise', `status = 'failed'`, `status = 'settled'`, ['contradiction executed-but-ended']],
  ['another amount', 'amount_minor = 701', 'amount_minor = 700', ['amount-differs amount-differs', 'missing-in-ledger not-on-clearing']],
  [
    'another date',
    `settled_at = settled_at - interval '1 hour'`,
    `settled_at = settled_at + interval '1 hour'`,
    ['date-differs date-differs'],
  ],
];
for (const [name, plant, back, kinds] of PLANTED) {
  test(`a payment executed there, and here ${name}: one row, however often it is found; closed when it is gone`, async () => {
    const endToEndId = await settledPayment();
    await admin(`update payments.payments set ${plant} where end_to_end_id = $1`, [endToEndId]);
    await comesTo(endToEndId, kinds);
    await until(
      'it to be found again',
      () => rowsOf(endToEndId),
      (rows) => rows.every(({ times }) => times >= 3),
    );
    assert.equal((await rowsOf(endToEndId)).length, kinds.length);
    await admin(`update payments.payments set ${back} where end_to_end_id = $1`, [endToEndId]);
    await comesTo(endToEndId, kinds, 'closed');
    assert.deepEqual([...new Set((await actsOf(endToEndId)).map(({ status }) => status))], ['found', 'closed']);
    await admin(`update payments.payments set ${plant} where end_to_end_id = $1`, [endToEndId]);
    await comesTo(endToEndId, kinds);
    assert.equal((await rowsOf(endToEndId)).length, kinds.length, 'what comes back is the same row');
    await admin(`update payments.payments set ${back} where end_to_end_id = $1`, [endToEndId]);
    await comesTo(endToEndId, kinds, 'closed');
  });
}

test('what is only here: settled or credited without the provider', async () => {
  const endToEndId = await endedPayment('failed', 900n, 'rejeita@exemplo.com.br');
  await admin(`update payments.payments set status = 'settled', settled_at = now() where end_to_end_id = $1`, [endToEndId]);
  await comesTo(endToEndId, ['missing-in-ledger not-on-clearing', 'missing-there settled-not-executed']);
  await admin(`update payments.payments set status = 'failed', settled_at = null where end_to_end_id = $1`, [endToEndId]);
  await comesTo(endToEndId, ['missing-in-ledger not-on-clearing', 'missing-there settled-not-executed'], 'closed');
  const made = `E99999999202611301200${'b'.repeat(11)}`;
  await admin(
    `insert into payments.receipts (id, tenant_id, end_to_end_id, status, amount_minor, received_at, created_at, updated_at)
     values ($1, $2, $3, 'credited', 5, now(), now(), now())`,
    [newId(), world.tenantId, made],
  );
  await comesTo(made, ['missing-in-ledger not-on-clearing', 'missing-there credited-not-received']);
  await admin('delete from payments.receipts where end_to_end_id = $1', [made]);
  await comesTo(made, ['missing-in-ledger not-on-clearing', 'missing-there credited-not-received'], 'closed');
});

test('what is only there: found, and gone once the arrival is brought in', async (t) => {
  await world.sandboxCall('PUT', '/admin/faults', { webhook: { never: true } });
  const { endToEndId } = await world.sandboxCall<{ endToEndId: string }>('POST', '/admin/receive', {
    payeeKey: ana.account.pixKey,
    amount: '3.33',
  });
  await comesTo(endToEndId, ['missing-here unknown-in']);
  const reading = world.main.repeat('arrivals');
  reading.start();
  t.after(() => reading.stop());
  await comesTo(endToEndId, ['missing-here unknown-in'], 'closed');
});

test('a person explains, compensates, closes: who and why are kept, and a word that closed it stands though it is still found', async () => {
  const desk = openDifferencesDesk({ ...world.main, clock: systemClock });
  const { endToEndId } = await world.sandboxCall<{ endToEndId: string }>('POST', '/admin/receive', {
    payeeKey: 'ninguem@exemplo.com.br',
    amount: '4.44',
  });
  await comesTo(endToEndId, ['status-differs received-not-credited']);
  // A run may have met it on its way; the next tells how it stands.
  const listed = await until(
    'the difference as it stands',
    async () => (await desk.differences()).find((one) => one.endToEndId === endToEndId),
    (one) => one?.ours === 'unmatched',
  );
  assert(listed);
  assert.deepEqual([listed.class, listed.theirs, listed.amount], ['status-differs', 'received', '444']);
  await assert.rejects(desk.decide(listed.id, 'explained', ' '), /why/);
  await desk.decide(listed.id, 'explained', 'Chave de outro banco');
  await desk.decide(listed.id, 'closed', 'Aceito pela tesouraria');
  await assert.rejects(desk.decide(listed.id, 'compensated', 'tarde demais'), /over already/);
  const { times } = (await rowsOf(endToEndId))[0]!;
  await until(
    'it to be found again',
    () => rowsOf(endToEndId),
    ([row]) => row!.times >= times + 2,
  );
  const [row] = await rowsOf(endToEndId);
  assert.deepEqual([row!.status, row!.closed_by], ['closed', 'person']);
  assert.deepEqual(
    (await actsOf(endToEndId)).map(({ status, reason }) => [status, reason]),
    [
      ['found', null],
      ['explained', 'Chave de outro banco'],
      ['closed', 'Aceito pela tesouraria'],
    ],
  );
  assert.ok((await actsOf(endToEndId))[1]!.actor_id.startsWith('admin:'));
});

test('whoever asks while the next run is far away does not wait for it', async (t) => {
  const slow = await world.openProcess({ connection: 'slow' });
  t.after(() => slow.close());
  const jobs = startJobs({ db: slow.db, log: createLogger({ level: 'fatal' }) }, slow.module.jobs!);
  t.after(() => jobs.stop());
  await until(
    'its first run',
    () =>
      admin<{ n: number }>(
        `select count(*)::int as n from payments.reconciliation_runs where connection = 'slow' and ended_at is not null`,
      ) as Promise<{ n: number }[]>,
    ([row]) => row!.n === 1,
  );
  const done = await openDifferencesDesk({ ...world.main, clock: systemClock }, 'slow').reconcile(
    { fromMs: Date.now() - 600_000, toMs: Date.now() },
    20_000,
  );
  assert.deepEqual([done.fault, done.lines > 0], [null, true]);
});

test('a stretch of time is compared on request; a provider that is away closes nothing and says so', async () => {
  const desk = openDifferencesDesk({ ...world.main, clock: systemClock });
  const done = await desk.reconcile({ fromMs: Date.now() - 600_000, toMs: Date.now() }, 20_000);
  assert.deepEqual([done.fault, done.lines > 0], [null, true]);
  const endToEndId = await settledPayment();
  await admin(`update payments.payments set status = 'failed' where end_to_end_id = $1`, [endToEndId]);
  await comesTo(endToEndId, ['contradiction executed-but-ended']);
  await world.sandboxCall('PUT', '/admin/faults', { statement: { error500: true } });
  await admin(`update payments.payments set status = 'settled' where end_to_end_id = $1`, [endToEndId]);
  const away = await desk.reconcile({ fromMs: Date.now() - 600_000, toMs: Date.now() }, 20_000);
  assert.ok(away.fault);
  assert.deepEqual(await kindsOf(endToEndId), ['contradiction executed-but-ended']);
  await world.sandboxCall('DELETE', '/admin/faults');
  await comesTo(endToEndId, ['contradiction executed-but-ended'], 'closed');
});
