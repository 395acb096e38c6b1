/** Whole business dates are those of São Paulo, each compared once it is over, also where a day has 23 hours. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { manualClock } from '#platform/clock.ts';
import { openWorld, until, type World } from '../../../test/support/payments-world.ts';

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

test('a day is compared half an hour after it is over, up to its last millisecond, and none is left out between two', async () => {
  const { port } = provider.address() as AddressInfo;
  const config = {
    connection: 'days',
    providerUrl: `http://127.0.0.1:${port}`,
    reconcileDays: true,
    reconcileEveryMs: 50,
    reconcileGraceMs: 0,
  };
  const process = await world.openProcess(config, undefined, clock);
  const worker = process.module.workers!.find(({ name }) => name === 'payments.reconciler')!;
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
       where connection = 'days' order by 2`,
    );
    assert.deepEqual(
      found.map(({ kind, at }) => [kind, at]),
      [
        ['unknown-in', LAST_OF_THE_4TH],
        ['unknown-in', FIRST_OF_THE_5TH],
      ],
    );
  } finally {
    await worker.stop();
    await process.close();
  }
});
