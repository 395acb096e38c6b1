/** A short run of the ledger's simulator, and proof that it can fail: bugs planted in the ledger, and rows changed behind its back, are found. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Db } from '#platform/db/db.ts';
import { deleteEmbeddedPostgres } from '../../../src/platform/embedded-postgres/index.ts';
import { diceTest, takeDice } from '../../support/dice.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../support/test-database.ts';
import { Disagreement } from './compare.ts';
import { makeLedger, simulateInMemory } from './in-memory.ts';
import { OneProcess } from './one-process.ts';
import { Simulation } from './simulation.ts';
import { emptyLedger } from './stage.ts';

const COMMANDS = 30_000;
const folder = mkdtempSync(path.join(tmpdir(), 'lastro-simulation-'));
after(() => rmSync(folder, { recursive: true, force: true }));

describe('decisions alone', () => {
  diceTest(`${COMMANDS} random commands: ledger and model agree`, { timeout: 60_000 }, async (dice) => {
    assert.ok(simulateInMemory(dice, COMMANDS) >= COMMANDS);
  });

  test('found: a limit that is off by one', () => {
    assert.throws(
      () =>
        simulateInMemory(takeDice(7), COMMANDS, (accounts) =>
          makeLedger(accounts.map((one) => ({ ...one, overdraftLimitMinor: String(BigInt(one.overdraftLimitMinor ?? '0') + 1n) }))),
        ),
      Disagreement,
    );
  });

  test('found: an account that forgets its limit', () => {
    const forgetful = (accounts: Parameters<typeof makeLedger>[0]) =>
      makeLedger(accounts.map((one) => ({ ...one, creditsMustNotExceedDebits: false })));
    assert.throws(() => simulateInMemory(takeDice(7), COMMANDS, forgetful), Disagreement);
  });
});

describe('two ledgers in one process', () => {
  let database: TestDatabase;
  before(async () => {
    database = await openTestDatabase(sourcesOf('ledger'));
  });
  after(() => database.close());
  // What one test spoils must not be what the next one finds.
  beforeEach(() => emptyLedger((sql) => database.admin(sql)));

  const query = async (sql: string, params: readonly unknown[]) => {
    const rows = await database.admin(sql, params);
    return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, textOf(value)])));
  };
  const play = (seed: number, operations: number, db: Db, spoil?: (tenantId: string) => Promise<unknown>) =>
    new OneProcess(takeDice(seed), db, query, folder).run(operations, spoil);

  diceTest(
    'lost connections and overtaken batches: all agrees, and the same seed gives the same books to the last hash',
    { timeout: 60_000 },
    async ({ seed }) => {
      const first = await play(seed, 800, database.db);
      await emptyLedger((sql) => database.admin(sql));
      const second = await play(seed, 800, database.db);
      assert.deepEqual(second, first);
      assert.ok(first.done > 50 && first.refused > 50, JSON.stringify(first));
    },
  );

  test('a command that came in a mixed block, and left nothing there, is asked alone and refused: that is the second request’s answer', async () => {
    await play(1_833_446_135, 800, database.db);
  });

  test('found: a batch committed on an old head', async () => {
    const unfenced: Db = {
      ...database.db,
      tx: (scope, work) =>
        database.db.tx(scope, (tx) =>
          work({
            ...tx,
            query: (sql, params) =>
              tx.query(sql.replace('batch = $2 and hash = $3', '$2::bigint is not null and $3::bytea is not null'), params),
          }),
        ),
    };
    await assert.rejects(play(11, 2_000, unfenced));
  });

  const spoilt: [string, string][] = [
    ['a balance changed by one', 'update ledger.entries set posted_debits = posted_debits + 1 where tenant_id = $1 and seq = 40'],
    [
      'an event that is gone',
      `delete from ledger.outbox where tenant_id = $1 and seq = (select max(seq) from ledger.outbox where tenant_id = $1)`,
    ],
    ['a case that was added', `update ledger.transfers set reference = 'X-1' where tenant_id = $1 and seq = 40`],
    ['a leaf changed', `update ledger.transfers set hash = sha256(hash) where tenant_id = $1 and seq = 40`],
    ['a link of the chain changed', 'update ledger.batches set hash = sha256(hash) where tenant_id = $1 and batch = 2'],
    ['an amount changed', 'update ledger.transfers set amount = amount + 1 where tenant_id = $1 and seq = 40'],
    [
      'an acknowledged refusal that is gone',
      'delete from ledger.commands where tenant_id = $1 and id = (select id from ledger.commands where tenant_id = $1 and seq is null order by id desc limit 1)',
    ],
    [
      'a transfer and its answer that are gone',
      'with gone as (delete from ledger.commands where tenant_id = $1 and seq = 50 returning seq) delete from ledger.transfers where tenant_id = $1 and seq in (select seq from gone)',
    ],
    [
      'a refusal with another code',
      `update ledger.commands set code = 'LEDGER_AMOUNT_ZERO' where tenant_id = $1 and code = 'LEDGER_INSUFFICIENT_FUNDS'`,
    ],
    [
      'a hold that is open and ended',
      `insert into ledger.open_holds (tenant_id, id, debit_account_id, credit_account_id, amount, recorded_at, seq)
      select tenant_id, id, debit_account_id, credit_account_id, amount, recorded_at, seq from ledger.transfers t where tenant_id = $1 and kind = 'hold'
      and exists (select from ledger.hold_resolutions r where r.tenant_id = t.tenant_id and r.hold_id = t.id) limit 1`,
    ],
  ];
  for (const [index, [name, sql]] of spoilt.entries()) {
    test(`found: ${name}`, async () => {
      await assert.rejects(
        play(100 + index, 250, database.db, (tenantId) => database.admin(sql, [tenantId])),
        Disagreement,
      );
    });
  }
});

diceTest('three writer processes, killed, paused and cut off, and Postgres killed, too', { timeout: 120_000 }, async (dice, t) => {
  const home = path.join(folder, 'postgres');
  const simulation = new Simulation({ folder: home, calm: 500, worldOperations: 5_000, say: (line) => t.diagnostic(line) });
  try {
    await simulation.world('processes', dice.seed, 5_000);
  } finally {
    await simulation.close();
    await deleteEmbeddedPostgres(home);
  }
});

function textOf(value: unknown): string | null {
  if (value === null) return null;
  if (Buffer.isBuffer(value)) return value.toString('hex');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
