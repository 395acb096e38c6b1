/**
 * Two ledger processes on one set of books: two holds (or transfers) that together exceed the balance are sent at once, one to each.
 * Exactly one passes, round after round; afterwards nothing is missing and no balance was ever below zero.
 */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { ledgerContract } from '#ledger';
import { systemContext } from '#platform/context.ts';
import { connectFace } from '#platform/face/call.ts';
import { createServiceTokens } from '#platform/face/service-token.ts';
import { newId } from '#platform/id.ts';
import { type Dice, diceTest } from '../support/dice.ts';
import { freePort, INTERNAL_SECRET, type RunningProcess, startServerProcess } from '../support/running-platform.ts';
import { openTestDatabase, type TestDatabase } from '../support/test-database.ts';

type Face = ReturnType<typeof connectFace<typeof ledgerContract>>;
type Command = Parameters<Face['submit']>[1]['commands'][number];
const ROUNDS = 300;
/** Accounts whose rounds run side by side, so that the processes also write other things between the two. */
const LANES = 6;
const ctx = systemContext('0192f000-0000-7000-8000-000000000001', 'payments');
let database: TestDatabase;
let processes: RunningProcess[] = [];
let ledgers: [Face, Face];

before(async () => {
  database = await openTestDatabase();
  const tokens = createServiceTokens(Buffer.from(INTERNAL_SECRET, 'base64'), Date.now);
  const ports = [await freePort(), await freePort()];
  processes = await Promise.all(
    ports.map((port) =>
      startServerProcess({
        databaseUrl: database.appUrl,
        port: 0,
        sandboxUrl: 'http://127.0.0.1:9',
        env: { MODULES: 'ledger', ROLES: 'worker', INTERNAL_PORT: String(port) },
      }),
    ),
  );
  ledgers = ports.map((port) => connectFace(ledgerContract, `http://127.0.0.1:${port}`, tokens, Date.now)) as [Face, Face];
});
after(async () => {
  await Promise.all((ledgers ?? []).map((ledger) => ledger.close()));
  await Promise.all(processes.map((process) => process.kill()));
  await database?.close();
});

async function submit(ledger: Face, command: Command) {
  const { results } = await ledger.submit(ctx, { commands: [command] });
  return results[0]!;
}

type Wins = [number, number];

/** Fills the account, lets two commands race for the money, and gives back what the winner took. */
async function race(dice: Dice, account: string, clearing: string, wins: Wins): Promise<void> {
  const fund = dice.whole(2, 100_000);
  const first = dice.whole(1, fund);
  const second = dice.whole(fund - first + 1, fund);
  const kind = dice.pick(['hold', 'transfer'] as const);
  const [filler, emptier] = dice.roll() < 0.5 ? ledgers : [ledgers[1], ledgers[0]];
  const filled = await submit(filler, {
    id: newId(),
    kind: 'transfer',
    debitAccountId: clearing,
    creditAccountId: account,
    amountMinor: String(fund),
  });
  assert.equal(filled.outcome, 'done');
  const commands = [first, second].map((amount) => ({
    id: newId(),
    kind,
    debitAccountId: account,
    creditAccountId: clearing,
    amountMinor: String(amount),
  }));
  const turns = dice.roll() < 0.5 ? [0, 1] : [1, 0];
  const sent = turns.map((turn) => submit(ledgers[turn]!, commands[turn]!));
  const answers = await Promise.all(sent);
  const done = answers.filter((answer) => answer.outcome === 'done');
  assert.equal(done.length, 1, `of ${first} and ${second} out of ${fund}: ${JSON.stringify(answers)}`);
  const refused = answers.find((answer) => answer.outcome !== 'done')!;
  assert.equal(refused.code, 'LEDGER_INSUFFICIENT_FUNDS');
  const winner = commands.findIndex(({ id }) => id === done[0]!.id);
  wins[winner]! += 1;
  // Asked again, the other process gives the same answers.
  if (dice.whole(1, 10) === 1) {
    const again = await Promise.all(commands.map((command, index) => submit(ledgers[1 - index]!, command)));
    assert.deepEqual(
      again.map(({ outcome, duplicate }) => [outcome, duplicate]),
      commands.map((_command, index) => [index === winner ? 'done' : 'rejected', true]),
    );
  }
  const isReleased = kind === 'hold' && dice.roll() < 0.5;
  const left = isReleased ? fund : fund - Number(commands[winner]!.amountMinor);
  const rest: Command[] = [];
  if (kind === 'hold') rest.push({ id: newId(), kind: isReleased ? 'release' : 'settle', holdId: done[0]!.id });
  if (left > 0) rest.push({ id: newId(), kind: 'transfer', debitAccountId: account, creditAccountId: clearing, amountMinor: String(left) });
  if (rest.length === 0) return;
  const { results } = await emptier.submit(ctx, { commands: rest });
  assert.deepEqual(
    results.map(({ outcome, code }) => code ?? outcome),
    rest.map(() => 'done'),
  );
}

diceTest(
  `two commands for the same money at two processes: exactly one passes, ${ROUNDS} rounds`,
  { timeout: 120_000 },
  async (dice, t) => {
    const clearing = newId();
    const accounts = Array.from({ length: LANES }, () => newId());
    await ledgers[0].createAccounts(ctx, {
      accounts: [
        { id: clearing, code: 'clearing', asset: 'BRL', normalSide: 'debit' },
        ...accounts.map((id) => ({ id, code: 'customer', asset: 'BRL', normalSide: 'credit' as const, debitsMustNotExceedCredits: true })),
      ],
    });
    const wins: Wins = [0, 0];
    let round = 0;
    await Promise.all(
      accounts.map(async (account) => {
        while (round++ < ROUNDS) await race(dice, account, clearing, wins);
      }),
    );
    t.diagnostic(`won by the first process ${wins[0]}, by the second ${wins[1]}`);
    assert.equal(wins[0] + wins[1], ROUNDS);
    assert.ok(Math.min(...wins) >= ROUNDS / 20, `both processes must have been in the race: ${wins.join(' to ')}`);

    for (const ledger of ledgers) {
      const { assets } = await ledger.trialBalance(ctx, {});
      assert.deepEqual(
        assets.map(({ asset, differenceMinor, pendingDebitsMinor }) => ({ asset, differenceMinor, pendingDebitsMinor })),
        [{ asset: 'BRL', differenceMinor: '0', pendingDebitsMinor: '0' }],
      );
      const { balances } = await ledger.getBalances(ctx, { accountIds: [...accounts, clearing] });
      assert.deepEqual([...new Set(balances.map(({ availableMinor }) => availableMinor))], ['0']);
    }
    const below = await database.admin(
      `select account_id, seq from ledger.entries where account_id = any($1::uuid[]) and posted_credits < posted_debits + pending_debits`,
      [accounts],
    );
    assert.deepEqual(below, [], 'no balance was ever below zero');
  },
);
