import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { manualClock } from '#platform/clock.ts';
import { newId } from '#platform/id.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import { checkDigit } from './domain/cosif.ts';
import type { CommandInput } from './index.ts';
import { customer, hold, house, openLedger, tenant, transfer } from './test-support/fixture.ts';

const HOUR_MS = 3_600_000;
const START = Date.parse('2026-02-01T00:00:00Z');
const iso = (hour: number) => new Date(START + hour * HOUR_MS).toISOString();

let database: TestDatabase;
before(async () => {
  database = await openTestDatabase(sourcesOf('ledger'));
});
after(() => database.close());

/** One command an hour; what it moves, when it was recorded and from when it counts. */
type Line = { recorded: number; effective: number; posted: bigint; held: bigint };

describe('balances of any instant as known at any other', () => {
  const clock = manualClock(START);
  const ctx = tenant();
  const [person, clearing] = [customer(), house()];
  const lines: Line[] = [];
  let ledger: ReturnType<typeof openLedger>;

  before(async () => {
    ledger = openLedger(database.db, { clock });
    await ledger.createAccounts(ctx, { accounts: [person, clearing] });
    let open: { id: string; amount: bigint; effective: number } | undefined;
    // A fixed walk: some back by hours, some by days, with holds set aside and settled between them.
    for (let hour = 1; hour <= 60; hour++) {
      clock.set(START + hour * HOUR_MS);
      const back = [0, 0, 5, 0, 30, 0, 1][hour % 7]!;
      const effective = Math.max(hour - back, open?.effective ?? 0);
      const amount = BigInt(10 + ((hour * 37) % 50));
      const dated = back === 0 ? {} : { effectiveAt: iso(effective) };
      let command: CommandInput;
      if (hour % 5 === 3 && !open) {
        const placed = hold(person, clearing, amount, dated);
        command = placed;
        open = { id: placed.id, amount, effective: back === 0 ? hour : effective };
        lines.push({ recorded: hour, effective: open.effective, posted: 0n, held: amount });
      } else if (hour % 5 === 0 && open) {
        const part = open.amount / 2n;
        command = { id: newId(), kind: 'settle', holdId: open.id, amountMinor: part.toString(), ...dated };
        lines.push({ recorded: hour, effective: back === 0 ? hour : effective, posted: -part, held: -open.amount });
        open = undefined;
      } else {
        command = transfer(clearing, person, amount * 3n, dated);
        lines.push({ recorded: hour, effective: back === 0 ? hour : effective, posted: amount * 3n, held: 0n });
      }
      const { results } = await ledger.submit(ctx, { commands: [command] });
      assert.equal(results[0]?.outcome, 'done', JSON.stringify(results[0]));
    }
  });

  /** What the lines add up to, counted one by one. */
  const expected = (known: number, effective: number) => {
    const counted = lines.filter((line) => line.recorded <= known && line.effective <= effective);
    return counted.reduce((sum, line) => [sum[0]! + line.posted, sum[1]! + line.held], [0n, 0n]).map(String);
  };

  test('the sum of what had taken effect by then, of what was recorded by then', async () => {
    assert.ok(lines.filter((line) => line.effective < line.recorded).length > 15, 'there is a trail of backdating');
    for (let known = 0; known <= 61; known += 4) {
      for (let effective = 0; effective <= 61; effective += 3) {
        const { balances } = await ledger.getBalances(ctx, { accountIds: [person.id], at: iso(known), effectiveAt: iso(effective) });
        assert.deepEqual(
          [balances[0]?.postedMinor, balances[0]?.heldMinor],
          expected(known, effective),
          `known ${known}, effective ${effective}`,
        );
      }
    }
  });

  test('either time may be left out', async () => {
    const only = async (asOf: object) => {
      const { balances } = await ledger.getBalances(ctx, { accountIds: [person.id, clearing.id], ...asOf });
      return [balances[0]?.postedMinor, balances[0]?.heldMinor];
    };
    assert.deepEqual(await only({}), expected(99, 99));
    assert.deepEqual(await only({ at: iso(20) }), expected(20, 99));
    assert.deepEqual(await only({ effectiveAt: iso(20) }), expected(99, 20));
  });

  test('the trial balance agrees with itself and with the accounts at any pair of times', async () => {
    for (const asOf of [{}, { at: iso(30) }, { effectiveAt: iso(25) }, { at: iso(40), effectiveAt: iso(10) }]) {
      const trial = await ledger.trialBalance(ctx, asOf);
      assert.equal(trial.assets[0]?.differenceMinor, '0');
      const { balances } = await ledger.getBalances(ctx, { accountIds: [person.id], ...asOf });
      const line = trial.lines.find(({ code }) => code === 'customer')!;
      const posted = BigInt(line.postedCreditsMinor) - BigInt(line.postedDebitsMinor);
      assert.equal(posted.toString(), balances[0]?.postedMinor, JSON.stringify(asOf));
    }
  });
});

test('the trial balance by COSIF: every level is the sum of what lies below it', async () => {
  const cosif = (digits: string) => `${digits}${checkDigit(digits)}`;
  const ctx = tenant();
  const ledger = openLedger(database.db);
  const cash = house({ code: 'cash' });
  const [savings, deposits, odd] = [customer({ code: 'savings' }), customer({ code: 'deposits' }), customer({ code: 'unplaced' })];
  await ledger.createAccounts(ctx, { accounts: [cash, savings, deposits, odd] });
  await ledger.putChart(ctx, {
    lines: [
      { code: 'cash', cosif: cosif('1111000'), name: 'Caixa' },
      { code: 'savings', cosif: cosif('4111000'), name: 'antes' },
      { code: 'deposits', cosif: cosif('411200010'), name: 'Contas de pagamento' },
      { code: 'nobody', cosif: cosif('6110000'), name: 'Capital' },
    ],
  });
  const { lines } = await ledger.putChart(ctx, { lines: [{ code: 'savings', cosif: cosif('4111000'), name: 'Depósitos de poupança' }] });
  assert.deepEqual((await ledger.getChart(ctx, {})).lines, lines);
  assert.equal(lines.length, 4);
  await ledger.submit(ctx, { commands: [transfer(cash, savings, 100), transfer(cash, deposits, 40), transfer(cash, odd, 2)] });
  const trial = await ledger.trialBalance(ctx, {});
  assert.deepEqual(
    trial.cosif.map(({ cosif, level, balanceMinor, accounts, name }) => [cosif, level, balanceMinor, accounts, name]),
    [
      ['', 0, '-2', 1, null],
      ['1', 1, '142', 1, null],
      ['11', 2, '142', 1, null],
      ['111', 3, '142', 1, null],
      ['11110', 4, '142', 1, 'Caixa'],
      ['4', 1, '-140', 2, null],
      ['41', 2, '-140', 2, null],
      ['411', 3, '-140', 2, null],
      ['41110', 4, '-100', 1, 'Depósitos de poupança'],
      ['41120', 4, '-40', 1, null],
      ['411200010', 6, '-40', 1, 'Contas de pagamento'],
    ],
  );
  assert.equal(trial.lines.find(({ code }) => code === 'savings')?.cosif, cosif('4111000'));
  await assert.rejects(ledger.putChart(ctx, { lines: [{ code: 'cash', cosif: '11110007', name: 'Caixa' }] }), /LEDGER_COSIF_INVALID/);
  assert.deepEqual((await ledger.getChart(tenant(), {})).lines, [], 'a chart is a tenant’s own');
});
