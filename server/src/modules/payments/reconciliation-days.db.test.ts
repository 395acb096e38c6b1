/** Whole business dates are those of São Paulo, each compared once it is over, also where a day has 23 hours. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { manualClock } from '#platform/clock.ts';
import { systemContext } from '#platform/context.ts';
import { newId } from '#platform/id.ts';
import { openWorld, until, type World } from '../../../test/support/payments-world.ts';
import { openDifferencesDesk } from './desk-differences.ts';
import { clearingAccountId } from './record.ts';

/** On 2018-11-04 summer time began at midnight: the day has 23 hours, and those after it end at 02:00 UTC. */
const LAST_OF_THE_4TH = '2018-11-05T01:59:59.999Z';
const FIRST_OF_THE_5TH = '2018-11-05T02:00:00.000Z';
const lineOf = (at: string, mark: string) => ({
  endToEndId: `E99999999201811050159${mark.repeat(11)}`,
  direction: 'in',
  amount: '1.00',
  status: 'received',
  at,
});
const LINES = [lineOf(LAST_OF_THE_4TH, 'a'), lineOf(FIRST_OF_THE_5TH, 'b')];

let world: World;
let provider: Server;
const clock = manualClock(Date.parse('2018-11-06T02:29:00Z'));
before(async () => {
  world = await openWorld();
  provider = createServer((request, response) => {
    const { searchParams } = new URL(request.url!, 'http://own.invalid');
    const [from, to] = [searchParams.get('from')!, searchParams.get('to')!];
    const lines = LINES.filter(({ at }) => at >= from && at < to);
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ lines, nextCursor: null, asOf: to }));
  });
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
});
after(async () => {
  await world?.close();
  provider?.close();
});

type Day = { date: string; from: string; to: string; lines: number };
const daysDone = () =>
  world.database.admin<Day>(
    `select business_date::text as date, to_char(from_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI') as from,
       to_char(to_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI') as to, lines::int as lines
     from payments.reconciliation_runs where kind = 'day' and connection = 'days' and fault is null and ended_at is not null order by 1`,
  );

/** What the clearing account of a business date says is wrong as long as it is, and each date for itself. */
async function assertClearingCloses(): Promise<void> {
  const rows = async () =>
    (
      await world.database.admin<{ name: string; ours: string; theirs: string; amount: string; status: string; by: string | null }>(
        `select end_to_end_id as name, ours, theirs, amount_minor::text as amount, status, closed_by as by from payments.differences
         where connection = 'days' and kind = 'clearing-differs' order by 1`,
      )
    ).map(({ name, ours, theirs, amount, status, by }) => [name, ours, theirs, amount, status, by]);
  const others = ['clearing/2018-11-05', '0, closing at 0', '100', '-100', 'found', null];
  assert.deepEqual(await rows(), [['clearing/2018-11-04', '0, closing at 0', '100', '-100', 'found', null], others]);
  const { ctx } = await world.person();
  const house = systemContext(ctx.tenantId, 'payments');
  const other = { id: newId(), code: 'test', asset: 'BRL', normalSide: 'credit' as const };
  await world.main.ledger.createAccounts(house, { accounts: [other] });
  const [debitAccountId, creditAccountId] = [clearingAccountId(ctx.tenantId), other.id];
  const book = async (amountMinor: string, effectiveAt: string) => {
    const command = { id: newId(), kind: 'transfer' as const, debitAccountId, creditAccountId, amountMinor, effectiveAt };
    assert.equal((await world.main.ledger.submit(house, { commands: [command] })).results[0]?.outcome, 'done');
  };
  const desk = openDifferencesDesk({ ...world.main, clock }, 'days');
  const compareThe4th = () => desk.reconcile({ fromMs: Date.parse('2018-11-04T03:00:00Z'), toMs: Date.parse(FIRST_OF_THE_5TH) });
  // In the last moment of the date, but another sum; then what is missing, in its first.
  await book('60', LAST_OF_THE_4TH);
  await compareThe4th();
  assert.deepEqual((await rows())[0], ['clearing/2018-11-04', '60, closing at 60', '100', '-40', 'found', null]);
  await book('40', '2018-11-04T03:00:00.000Z');
  // Half of a date says nothing of it.
  await desk.reconcile({ fromMs: Date.parse('2018-11-04T03:00:00Z'), toMs: Date.parse('2018-11-04T12:00:00Z') });
  assert.equal((await rows())[0]?.[4], 'found');
  assert.equal((await compareThe4th()).closed, 1);
  assert.deepEqual(
    (await rows()).map(([name, , , , status, by]) => [name, status, by]),
    [
      ['clearing/2018-11-04', 'closed', 'itself'],
      ['clearing/2018-11-05', 'found', null],
    ],
  );
}

test('a day is compared half an hour after it is over, up to its last millisecond, and none is left out between two', async () => {
  const { port } = provider.address() as AddressInfo;
  const config = {
    connection: 'days',
    providerUrl: `http://127.0.0.1:${port}`,
    reconcileDays: true,
    reconcileGraceMs: 0,
  };
  // The only connection that there is: what clearing has is then what its statement says.
  await world.database.admin('delete from payments.connections');
  const process = await world.openProcess(config, undefined, clock);
  const worker = process.repeat('reconciliation');
  worker.start();
  try {
    // 23:59 of the 5th, less the half hour that last lines may take: the 4th is the last day that is over.
    const first = await until('seven days', daysDone, (days) => days.length >= 7);
    assert.deepEqual(
      first.map(({ date, from, to, lines }) => [date, from, to, lines]),
      [
        ['2018-10-29', '2018-10-29T03:00', '2018-10-30T03:00', 0],
        ['2018-10-30', '2018-10-30T03:00', '2018-10-31T03:00', 0],
        ['2018-10-31', '2018-10-31T03:00', '2018-11-01T03:00', 0],
        ['2018-11-01', '2018-11-01T03:00', '2018-11-02T03:00', 0],
        ['2018-11-02', '2018-11-02T03:00', '2018-11-03T03:00', 0],
        ['2018-11-03', '2018-11-03T03:00', '2018-11-04T03:00', 0],
        ['2018-11-04', '2018-11-04T03:00', '2018-11-05T02:00', 1],
      ],
    );
    clock.advance(60_000 + 1);
    const then = await until('the day after', daysDone, (days) => days.length >= 8);
    assert.deepEqual(then.at(-1), { date: '2018-11-05', from: '2018-11-05T02:00', to: '2018-11-06T02:00', lines: 1 });
    const found = await world.database.admin<{ kind: string; at: string }>(
      `select kind, to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at from payments.differences
       where connection = 'days' order by 2, 1`,
    );
    assert.deepEqual(
      found.map(({ kind, at }) => [kind, at]),
      [
        ['clearing-differs', '2018-11-04T03:00:00.000Z'],
        ['unknown-in', LAST_OF_THE_4TH],
        ['clearing-differs', FIRST_OF_THE_5TH],
        ['unknown-in', FIRST_OF_THE_5TH],
      ],
    );
    await assertClearingCloses();
  } finally {
    await worker.stop();
    await process.close();
  }
});
