import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { createPostgresBus } from '#platform/bus/postgres.ts';
import { manualClock } from '#platform/clock.ts';
import { instant } from '#platform/db/arrays.ts';
import { derivedId, newId } from '#platform/id.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import { createChecker } from './check/checker.ts';
import { findDrift } from './checker.ts';
import { available } from './domain/balance.ts';
import { showConditions } from './domain/condition-text.ts';
import type { Command, Outcome } from './domain/model.ts';
import type { CommandInput, CommandResult, NewAccount } from './index.ts';
import { arbitraryHistory, cut } from './test-support/arbitrary-commands.ts';
import { log, openLedger, tenant } from './test-support/fixture.ts';
import { account, MemoryLedger } from './test-support/memory-ledger.ts';

const RUNS = 15;
const COMMANDS = 50;

let database: TestDatabase;
before(async () => {
  database = await openTestDatabase(sourcesOf('ledger'));
});
after(() => database.close());

/** A domain command as it travels. */
function toInput(command: Command): CommandInput {
  const { effectiveAt, expiresAt, amount, overdraftLimit, by: _by, keepRest, ...rest } = command as unknown as Record<string, unknown>;
  const renamed = {
    ...rest,
    onlyIf: showConditions(command.onlyIf),
    keepRest: keepRest === true ? true : undefined,
    effectiveAt: typeof effectiveAt === 'number' ? instant(effectiveAt) : undefined,
    expiresAt: typeof expiresAt === 'number' ? instant(expiresAt) : undefined,
    amountMinor: amount?.toString(),
    overdraftLimitMinor: overdraftLimit?.toString(),
  };
  return Object.fromEntries(Object.entries(renamed).filter(([, value]) => value != null)) as unknown as CommandInput;
}

function toResult({ recordedAt, ...outcome }: Outcome): CommandResult {
  const { amount, ...rest } = outcome as Outcome & { amount?: bigint };
  const said = rest.outcome === 'rejected' ? { ...rest, detail: rest.detail.pt, detailEn: rest.detail.en } : rest;
  return { ...said, recordedAt: instant(recordedAt), ...(amount === undefined ? {} : { amountMinor: amount.toString() }) };
}

test(`the rules on tables, in two processes by turns, answer what they answer in memory: ${RUNS} random histories of every kind`, async () => {
  const clock = manualClock(0);
  const ledgers = [openLedger(database.db, { clock }), openLedger(database.openAnother(), { clock, cacheLimit: 2 })];
  const kinds = new Set<string>();
  for (let seed = 1; seed <= RUNS; seed++) {
    clock.set(Date.parse('2026-01-05T12:00:00Z'));
    const ctx = tenant();
    const names = ['h', 'a', 'b', 'c'].map((name) => derivedId('account', name, ctx.tenantId));
    const [h, a, b, c] = names as [string, string, string, string];
    const configs = [
      account(h, { normalSide: 'debit' }),
      account(a, { debitsMustNotExceedCredits: true }),
      account(b, { debitsMustNotExceedCredits: true, overdraftLimit: 25n }),
      account(c, { normalSide: 'debit', creditsMustNotExceedDebits: true }),
    ];
    const memory = new MemoryLedger(configs);
    const accounts = configs.map(
      ({ overdraftLimit, ...config }): NewAccount => ({ ...config, overdraftLimitMinor: overdraftLimit.toString() }),
    );
    await ledgers[0]!.createAccounts(ctx, { accounts });
    const ids = Array.from({ length: COMMANDS }, () => newId());
    const place = { ids, accounts: names, house: h, nowMs: clock.now(), minLength: COMMANDS };
    const [history] = fc.sample(arbitraryHistory(place), { seed, numRuns: 1 });
    for (const [index, { commands, atomic }] of cut(history!).entries()) {
      clock.advance(700);
      memory.now = clock.now();
      const [expected] = memory.runGroups([{ commands, atomic }]);
      const { results } = await ledgers[index % 2]!.submit(ctx, { commands: commands.map(toInput), atomic });
      assert.deepEqual(results, expected!.map(toResult), `seed ${seed}, batch ${index}`);
    }
    const { balances } = await ledgers[1]!.getBalances(ctx, { accountIds: names });
    assert.deepEqual(
      balances.map((one) => [one.availableMinor, one.state, one.overdraftLimitMinor]),
      names.map((name) => {
        const { account: config, balance, standing } = memory.accounts.get(name)!;
        return [available(config, balance).toString(), standing, config.overdraftLimit.toString()];
      }),
      `seed ${seed}`,
    );
    for (const { kind } of memory.records) kinds.add(kind);
  }
  assert.deepEqual(
    [...kinds].sort(),
    ['account', 'close-period', 'hold', 'release', 'reverse', 'settle', 'transfer'],
    'each was accepted somewhere',
  );
  assert.deepEqual(await findDrift(database.db), []);
  const bus = createPostgresBus({ db: database.db, log, clock });
  await createChecker({ db: database.db, bus, clock, log, metrics: createMetrics() }).round(60_000);
  assert.deepEqual(
    await database.admin('select check_name, place, detail from ledger.findings'),
    [],
    'nor does the checker that always runs',
  );
});
