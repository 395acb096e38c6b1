import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { CallContext } from '#platform/context.ts';
import { newId } from '#platform/id.ts';
import { eventually } from '../../../test/support/probe/probe.ts';
import type { DayMessage } from './announce.ts';
import {
  type CashflowTest,
  type Customer,
  clearingOf,
  newCustomer,
  openCashflow,
  opened,
  posted,
  type TestProcess,
} from './cashflow.fixture.ts';
import { refuseCashflow } from './errors.ts';

const contextOf = (tenantId: string): CallContext => ({ tenantId, actor: { kind: 'system', id: 'test' } });
const AT = '2026-03-10T15:00:00.000Z';

describe('daily balance projection', () => {
  let cashflow: CashflowTest;
  let process: TestProcess;
  const tenant = newId();
  const other = newId();

  before(async () => {
    cashflow = await openCashflow();
    process = cashflow.openProcess();
    process.bus.startRelay('ledger');
    process.project();
  });
  after(() => cashflow.close());
  const getDays = (customer: Customer, from: string, to: string, tenantId = customer.tenantId) =>
    process.cashflow.face!.impl.getDays(contextOf(tenantId), { accountId: customer.accountId, from, to });

  test('in and out as the customer sees them, days without movement carried over, the other side mirrored', async () => {
    const customer = newCustomer(tenant);
    await cashflow.publish(process, [opened(customer), posted(customer, 'in', 10_000n, AT), posted(customer, 'out', 2_550n, AT)]);
    await cashflow.publish(process, [posted(customer, 'in', 1n, '2026-03-12T02:59:59.000Z')]);
    await cashflow.settled(process.bus);
    const answer = await getDays(customer, '2026-03-09', '2026-03-12');
    assert.deepEqual(
      answer.days.map((day) => Object.values(day)),
      [
        ['2026-03-09', '0', '0', '0', '0', '0'],
        ['2026-03-10', '0', '10000', '2550', '7450', '7450'],
        ['2026-03-11', '7450', '1', '0', '1', '7451'],
        ['2026-03-12', '7451', '0', '0', '0', '7451'],
      ],
    );
    assert.equal(answer.pending, false);
    assert.equal(answer.lagMs, 0);
    assert.ok(Math.abs(Date.now() - Date.parse(answer.updatedAt!)) < 60_000);
    const clearing = await getDays({ ...customer, accountId: clearingOf(tenant) }, '2026-03-12', '2026-03-12');
    assert.equal(clearing.days[0]!.closingMinor, '7451');
    assert.deepEqual((await getDays(customer, '2026-03-01', '2026-03-31', other)).days, []);
  });

  test('a backdated entry recomputes the days after it, and what lies before keeps its version', async () => {
    const customer = newCustomer(tenant);
    await cashflow.publish(process, [posted(customer, 'in', 100n, '2026-03-01T15:00:00.000Z'), posted(customer, 'out', 30n, AT)]);
    await cashflow.settled(process.bus);
    const [early, late] = [await getDays(customer, '2026-03-01', '2026-03-02'), await getDays(customer, '2026-03-01', '2026-03-10')];
    await cashflow.publish(process, [posted(customer, 'in', 7n, '2026-03-05T15:00:00.000Z')]);
    await cashflow.settled(process.bus);
    const after = await getDays(customer, '2026-03-05', '2026-03-10');
    assert.deepEqual([after.days[0]!.openingMinor, after.days[0]!.closingMinor, after.days.at(-1)!.closingMinor], ['100', '107', '77']);
    assert.notEqual(after.position, late.position);
    assert.deepEqual(await getDays(customer, '2026-03-01', '2026-03-02'), early);
  });

  test('days begin and end where the zone says: the missing midnight, the days of 23 and 25 hours', async () => {
    const customer = newCustomer(tenant);
    const instants = [
      '2018-11-04T02:59:59.999Z', // last moment of 3 November
      '2018-11-04T03:00:00.000Z', // first moment of the 4th, 01:00: there was no midnight
      '2019-02-17T02:59:59.000Z', // 23:59:59 of 16 February, for the second time
      '2019-02-17T03:00:00.000Z',
    ];
    await cashflow.publish(
      process,
      instants.map((instant, index) => posted(customer, 'in', 10n ** BigInt(index), instant)),
    );
    await cashflow.settled(process.bus);
    const closing = async (date: string) => (await getDays(customer, date, date)).days[0]!.closingMinor;
    assert.deepEqual(await Promise.all(['2018-11-03', '2018-11-04', '2019-02-16', '2019-02-17'].map(closing)), ['1', '11', '111', '1111']);
  });

  test('an account nothing is known of is pending, never zero', async () => {
    const answer = await getDays(newCustomer(tenant), '2026-03-01', '2026-03-02');
    assert.deepEqual(answer, { days: [], updatedAt: null, position: '0', lagMs: 0, pending: true });
  });

  test('an account that was opened and never moved stands at zero', async () => {
    const customer = newCustomer(tenant);
    await cashflow.publish(process, [opened(customer)]);
    await cashflow.settled(process.bus);
    const answer = await getDays(customer, '2026-03-01', '2026-03-01');
    assert.equal(answer.pending, false);
    assert.deepEqual(
      answer.days.map((day) => day.closingMinor),
      ['0'],
    );
  });

  test('bad ranges are refused by name', async () => {
    const customer = newCustomer(tenant);
    for (const [from, to] of [
      ['2026-02-30', '2026-03-01'],
      ['2026-03-02', '2026-03-01'],
      ['2025-01-01', '2026-03-01'],
    ]) {
      await assert.rejects(async () => getDays(customer, from!, to!), {
        name: refuseCashflow('CASHFLOW_RANGE_INVALID').name,
        code: 'CASHFLOW_RANGE_INVALID',
      });
    }
    assert.equal((await getDays(customer, '2025-01-27', '2026-03-02')).pending, true);
  });

  test('screens hear of the customer’s day after it is committed, and of nobody else’s', async () => {
    const customer = newCustomer(tenant);
    const heard: DayMessage[] = [];
    const stop = process.bus.onBroadcast('cashflow.day', (message) => heard.push(message as DayMessage));
    await eventually('a screen is told', async () => {
      await cashflow.publish(process, [posted(customer, 'in', 500n, AT)]);
      await cashflow.settled(process.bus);
      return heard.some((message) => message.accountId === customer.accountId);
    });
    stop();
    const message = heard.findLast((one) => one.accountId === customer.accountId)!;
    assert.deepEqual([message.tenantId, message.subjectId, message.day.date], [tenant, customer.subjectId, '2026-03-10']);
    assert.equal(BigInt(message.day.closingMinor) % 500n, 0n);
    assert.ok(heard.every((one) => one.subjectId !== null));
  });

  test('an event that cannot be read goes to the dead letters, others go on, and a redrive counts it once', async () => {
    const customer = newCustomer(tenant);
    const bad = posted(customer, 'in', 40n, AT);
    const good = posted(newCustomer(tenant), 'in', 2n, AT);
    await cashflow.publish(process, [{ ...bad, data: { ...bad.data, amountMinor: 'forty' } }, posted(customer, 'in', 2n, AT), good]);
    await cashflow.settled(process.bus);
    const status = async () => (await process.bus.status()).find((one) => one.group === 'cashflow.daily-balance')!;
    assert.equal((await status()).deadLetters, 2);
    const waiting = await getDays(customer, '2026-03-10', '2026-03-10');
    assert.equal(waiting.pending, true);
    assert.deepEqual(waiting.days, []);
    // Another customer of the same tenant is not kept waiting.
    const unharmed = { tenantId: tenant, accountId: good.data.credit.accountId, subjectId: '' };
    assert.equal((await getDays(unharmed, '2026-03-10', '2026-03-10')).pending, false);

    await cashflow.database.admin(`update bus.log set body = replace(body, '"amountMinor":"forty"', '"amountMinor":"40"')`);
    assert.equal(await process.bus.redrive('cashflow.daily-balance'), 2);
    await eventually('the letters are handled', async () => (await status()).deadLetters === 0);
    const repaired = await getDays(customer, '2026-03-10', '2026-03-10');
    assert.deepEqual([repaired.pending, repaired.days[0]!.closingMinor], [false, '42']);
  });
});
