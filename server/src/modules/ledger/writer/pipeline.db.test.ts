import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import type { Db } from '#platform/db/db.ts';
import type { AppError } from '#platform/errors.ts';
import { type Dice, diceTest } from '../../../../test/support/dice.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../../test/support/test-database.ts';
import { findDrift } from '../checker.ts';
import type { CommandInput, CommandResult, Ledger } from '../index.ts';
import { customer, hold, house, openLedger, tenant, transfer } from '../test-support/fixture.ts';

const WAVES = 40;
const PEOPLE = 6;
const FUNDS = 400;
const faults = ['statement', 'before-commit', 'after-commit'] as const;

/** A database in which transactions of batches take their time and fail at random; counts what of the pipeline was exercised. */
function unsteady(db: Db, dice: Dice) {
  const seen = { together: 0, built: 0, groundLost: 0 };
  let open = 0;
  const pause = () => new Promise((resolve) => setTimeout(resolve, dice.whole(0, 4)));
  const lost = () => Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
  const wrapped: Db = {
    ...db,
    async tx(scope, work) {
      const fault = dice.roll() < 0.15 ? dice.pick(faults) : undefined;
      if (++open > 1) seen.together++;
      try {
        const result = await db.tx(scope, async (tx) => {
          const answer = await work({
            ...tx,
            async query(sql, params) {
              if (!sql.includes('update ledger.heads')) return tx.query(sql, params);
              seen.built++;
              await pause();
              return tx.query(fault === 'statement' ? 'select 1/0' : sql, fault === 'statement' ? [] : params);
            },
          });
          await pause();
          if (fault === 'before-commit') throw lost();
          return answer;
        });
        if (fault === 'after-commit') throw lost();
        return result;
      } catch (error) {
        if (error instanceof Error && error.constructor.name === 'GroundLost') seen.groundLost++;
        throw error;
      } finally {
        open--;
      }
    },
  };
  return { db: wrapped, seen };
}

/** As a careful caller does: whatever is unknown or broken is sent again, with the same id, until there is an answer. */
async function untilAnswered(ledger: Ledger, ctx: ReturnType<typeof tenant>, command: CommandInput): Promise<CommandResult> {
  for (let tries = 1; ; tries++) {
    try {
      return (await ledger.submit(ctx, { commands: [command] })).results[0]!;
    } catch (error) {
      if (tries >= 30 || ((error as AppError).code !== 'LEDGER_OUTCOME_UNKNOWN' && !/division by zero/.test(String(error)))) throw error;
    }
  }
}

describe('the next batch decided while one is being committed', () => {
  let database: TestDatabase;
  before(async () => {
    database = await openTestDatabase(sourcesOf('ledger'));
  });
  after(() => database.close());

  diceTest('whatever fails under it, each command is answered once and rightly', { timeout: 120_000 }, async (dice) => {
    const ctx = tenant();
    const shaky = unsteady(database.db, dice);
    const calm = openLedger(database.openAnother());
    // A small cache: what the next batch needs may be forgotten while it is being decided.
    const ledger = openLedger(shaky.db, { overlapFrom: 3, cacheLimit: 5 });
    const bank = house();
    const people = Array.from({ length: PEOPLE }, () => customer());
    await calm.createAccounts(ctx, { accounts: [bank, ...people] });
    await calm.submit(ctx, { commands: people.map((person) => transfer(bank, person, FUNDS)) });

    const sent: CommandInput[] = [];
    const holds: string[] = [];
    const compose = (): CommandInput => {
      const roll = dice.roll();
      // Again, and often while the first is still on its way.
      if (roll < 0.15 && sent.length > 0) return sent[Math.max(0, sent.length - dice.whole(1, 12))]!;
      const person = dice.pick(people);
      if (roll < 0.35 && holds.length > 0) {
        const holdId = holds[Math.max(0, holds.length - dice.whole(1, 6))]!;
        const { id } = transfer(bank, person, 1);
        return dice.roll() < 0.5 ? { id, kind: 'settle', holdId } : { id, kind: 'release', holdId };
      }
      if (roll < 0.55) {
        const made = hold(person, bank, dice.whole(1, 40));
        holds.push(made.id);
        return made;
      }
      return roll < 0.8 ? transfer(person, dice.pick([bank, ...people]), dice.whole(1, 60)) : transfer(bank, person, dice.whole(1, 30));
    };

    const answers: [CommandInput, CommandResult][] = [];
    const ask = async (at: Ledger): Promise<void> => {
      const command = compose();
      sent.push(command);
      answers.push([command, await untilAnswered(at, ctx, command)]);
    };
    const stream = async (at: Ledger): Promise<void> => {
      for (let wave = 0; wave < WAVES; wave++) await ask(at);
    };
    // Another process writes to the same books now and then.
    const other = async (): Promise<void> => {
      for (let wave = 0; wave < WAVES / 2; wave++) {
        await new Promise((resolve) => setTimeout(resolve, dice.whole(0, 60)));
        await ask(calm);
      }
    };
    await Promise.all([...Array.from({ length: 16 }, () => stream(ledger)), other()]);

    const { together, built, groundLost } = shaky.seen;
    assert.ok(together > 20 && built > 40 && groundLost > 0, `the pipeline was hardly used: ${JSON.stringify(shaky.seen)}`);
    assert.deepEqual(await findDrift(database.db), []);
    const seqs = new Map<string, number | undefined>();
    for (const [command, { outcome, seq, code }] of answers) {
      if (code === 'LEDGER_ID_CONFLICT') assert.fail('no id was used for two things');
      const known = outcome === 'done' ? seq : undefined;
      assert.ok(!seqs.has(command.id) || seqs.get(command.id) === known, `${command.id} was answered in two ways`);
      seqs.set(command.id, known);
    }
    const ids = [...seqs.keys()];
    const stored: { id: string; seq: number }[] = [];
    for (let i = 0; i < ids.length; i += 500) stored.push(...(await calm.getTransfers(ctx, { ids: ids.slice(i, i + 500) })).transfers);
    assert.deepEqual(
      new Map(stored.map(({ id, seq }) => [id, seq])),
      new Map([...seqs].filter((pair): pair is [string, number] => pair[1] !== undefined)),
      'what was answered as done is in the books, at the place answered, and nothing else',
    );
    const { balances } = await calm.getBalances(ctx, { accountIds: people.map(({ id }) => id) });
    for (const { availableMinor } of balances) assert.ok(BigInt(availableMinor) >= 0n, `an account went to ${availableMinor}`);
    const [events] = await database.admin<{ n: number }>(
      `select count(distinct data->>'transferId')::int as n from ledger.outbox_events where tenant_id = $1 and data ? 'transferId'`,
      [ctx.tenantId],
    );
    assert.equal(events!.n, stored.length + PEOPLE, 'every transfer is announced');
  });
});
