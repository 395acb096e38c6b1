import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { createPostgresBus } from '#platform/bus/postgres.ts';
import { manualClock, systemClock } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import { newId } from '#platform/id.ts';
import { closeDays } from '#platform/proof/day-roots.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../../test/support/test-database.ts';
import { canonicalLine, leafHash } from '../domain/record.ts';
import { ledgerChain } from '../proof/ledger-chain.ts';
import { TRANSFER_COLUMNS, type TransferRow, toTransfer } from '../store/rows.ts';
import { funded, hold, log, openLedger, tenant, transfer } from '../test-support/fixture.ts';
import { createChecker } from './checker.ts';

type Found = { check_name: string; place: string; detail: string };

describe('the checker that always runs', () => {
  let database: TestDatabase;
  let ctx: CallContext;
  let old: { hold: string; ended: string; frozen: string; house: { id: string }; customer: { id: string } };

  before(async () => {
    database = await openTestDatabase(sourcesOf('ledger'));
  });
  after(() => database.close());

  const open = () => {
    const metrics = createMetrics();
    const bus = createPostgresBus({ db: database.db, log, clock: systemClock });
    return { checker: createChecker({ db: database.db, bus, clock: manualClock(0), log, metrics }), metrics };
  };
  /** A round whose sweeps come round whole. */
  const WHOLE = 60_000;
  const found = () => database.admin<Found>('select check_name, place, detail from ledger.findings where tenant_id = $1', [ctx.tenantId]);

  beforeEach(async () => {
    // One ledger at a time, so that a plant of one test does not show in the next.
    for (const table of [
      'day_roots',
      'day_chunks',
      'findings',
      'check_cursors',
      'account_marks',
      'heads',
      'batches',
      'transfers',
      'entries',
      'commands',
    ])
      await database.admin(`delete from ledger.${table}`);
    for (const table of ['open_holds', 'hold_resolutions', 'directives', 'account_states', 'accounts', 'outbox'])
      await database.admin(`delete from ledger.${table}`);
    ctx = tenant();
    const ledger = openLedger(database.db);
    const { customer, house } = await funded(ledger, ctx, 1_000);
    const holds = [hold(customer, house, 100), hold(customer, house, 200)] as const;
    old = { hold: holds[0].id, ended: holds[1].id, frozen: customer.id, house, customer };
    await ledger.submit(ctx, { commands: [...holds, transfer(customer, house, 50), transfer(customer, house, 99_999)] });
    await ledger.submit(ctx, { commands: [{ id: newId(), kind: 'settle', holdId: holds[1].id, amountMinor: '60' }] });
    for (let n = 0; n < 5; n++) await ledger.submit(ctx, { commands: [transfer(house, customer, 1), transfer(customer, house, 1)] });
  });

  test('books that agree give nothing, however often they are looked at', async () => {
    const { checker } = open();
    for (let n = 0; n < 3; n++) await checker.round(WHOLE);
    assert.deepEqual(await found(), []);
    const cursors = await database.admin<{ pass: string; batch: string }>('select pass, batch from ledger.check_cursors order by pass');
    assert.deepEqual(cursors, [
      { pass: 'sweep', batch: '0' },
      { pass: 'tail', batch: '8' },
    ]);
  });

  const PLANTS: [name: string, check: string, plant: () => [string, unknown[]]][] = [
    [
      'an amount in an old transfer',
      'records are what their leaves say',
      () => ['update ledger.transfers set amount = amount + 1 where seq = 4', []],
    ],
    [
      'an amount in a new transfer',
      'records are what their leaves say',
      () => ['update ledger.transfers set amount = amount + 1 where seq = 14', []],
    ],
    [
      'the change of an old entry',
      'entries say what transfers say',
      () => ['update ledger.entries set posted_change = posted_change + 1 where seq = 1', []],
    ],
    [
      'the balance after an old entry',
      'each entry follows from the one before',
      () => [`update ledger.entries set posted_credits = posted_credits + 1 where seq = 1 and side = 'credit'`, []],
    ],
    [
      'the balance after the last entry',
      'balances follow from the last movement',
      () => [`update ledger.entries set posted_debits = posted_debits + 1 where seq = 15 and side = 'debit'`, []],
    ],
    [
      'both sides of the last movement',
      'debits equal credits per asset',
      () => [`update ledger.entries set posted_debits = posted_debits + 1 where seq = 15 and side = 'debit'`, []],
    ],
    ['an open hold', 'open holds equal pending balances', () => ['update ledger.open_holds set amount = amount + 1', []]],
    ['an open hold, seen from its record', 'holds are open, or ended once', () => ['update ledger.open_holds set amount = amount + 1', []]],
    ['an open hold that vanished', 'pending balances are held', () => ['delete from ledger.open_holds', []]],
    ['the end of a hold', 'the ends of holds say what ended them', () => ['update ledger.hold_resolutions set amount = amount + 1', []]],
    [
      'a hold both open and ended',
      'holds end once',
      () => [
        `insert into ledger.hold_resolutions select tenant_id, $1, 'released', 0, resolved_by, recorded_at from ledger.hold_resolutions`,
        [old.hold],
      ],
    ],
    [
      'an account state without a directive',
      'account states are what directives made',
      () => [`insert into ledger.account_states values ($1, $2, 'frozen', 1, 3)`, [ctx.tenantId, old.frozen]],
    ],
    [
      'an overdraft limit',
      'accounts stay as they were opened',
      () => ['update ledger.accounts set overdraft_limit = overdraft_limit + 1', []],
    ],
    ['a record gone', 'the sequence has no gaps', () => ['delete from ledger.transfers where seq = 9', []]],
    ['an entry without a transfer', 'every entry has its transfer', () => ['delete from ledger.transfers where seq = 14', []]],
    ['a refusal forgotten', 'batches are what their hashes say', () => ['delete from ledger.commands where seq is null', []]],
    ['a command forgotten', 'every record has its command', () => ['delete from ledger.commands where seq = 5', []]],
    ['a batch gone', 'batches follow each other', () => ['delete from ledger.batches where batch = 5', []]],
    ['the tail cut', 'heads are where the last batch is', () => ['delete from ledger.batches where batch = 8', []]],
    ['a batch rewritten', 'batches are what their hashes say', () => [`update ledger.batches set hash = sha256('x') where batch = 3`, []]],
    ['the head moved', 'heads are where the last batch is', () => ['update ledger.heads set seq = seq - 1', []]],
  ];
  for (const [name, check, plant] of PLANTS) {
    test(`found in one round: ${name}`, async () => {
      const { checker, metrics } = open();
      await checker.round(WHOLE);
      assert.deepEqual(await found(), []);
      const [sql, params] = plant();
      await database.admin(sql, params);
      await checker.round(WHOLE);
      const findings = await found();
      assert.ok(
        findings.some((one) => one.check_name === check),
        `${check} among ${JSON.stringify(findings, null, 1)}`,
      );
      assert.match(await metrics.registry.metrics(), new RegExp(`lastro_ledger_drift_total\\{check="${check}"\\} [1-9]`));
    });
  }

  test('a record changed together with its leaf is found by the hash of its batch', async () => {
    const { checker } = open();
    const [row] = await database.admin<TransferRow>(`select ${TRANSFER_COLUMNS} from ledger.transfers t where seq = 4`);
    const numbers = { seq: BigInt(row!.seq), amount: BigInt(row!.amount) + 1n };
    const leaf = leafHash(canonicalLine(toTransfer({ ...row!, ...numbers })));
    await database.admin('update ledger.transfers set amount = amount + 1, hash = $1 where seq = 4', [leaf]);
    await checker.round(WHOLE);
    const places = (await found())
      .filter(({ check_name: check }) => check === 'batches are what their hashes say')
      .map(({ place }) => place);
    assert.deepEqual(places, ['batch 2']);
  });

  test('a root that does not follow, or stands on another batch, is found', async () => {
    const { checker } = open();
    const day = 24 * 60 * 60 * 1_000;
    await closeDays(database.db, ledgerChain, Date.now() + day, Number.POSITIVE_INFINITY);
    await openLedger(database.db, { clock: manualClock(Date.now() + 2 * day) }).submit(ctx, {
      commands: [transfer(old.house, old.customer, 1)],
    });
    await closeDays(database.db, ledgerChain, Date.now() + 4 * day, Number.POSITIVE_INFINITY);
    await checker.round(WHOLE);
    assert.deepEqual(await found(), []);
    for (const [n, column] of ['root', 'batch_hash'].entries()) {
      await database.admin(`update ledger.day_roots set ${column} = sha256('x') where day = (select min(day) from ledger.day_roots)`);
      await checker.round(WHOLE);
      const places = (await found()).filter(({ check_name: check }) => check === 'roots of days follow the chain');
      assert.equal(places.length, n + 1);
    }
  });

  test('a difference is announced once, and counted each time it is seen', async () => {
    const { checker, metrics } = open();
    await database.admin('update ledger.open_holds set amount = amount + 1');
    await checker.round(0);
    await checker.round(0);
    const events = await database.admin<{ data: { check: string; where: string } }>(
      `select data from ledger.outbox_events where type = 'ledger.drift-found.v1'`,
    );
    const mine = events.filter(({ data }) => data.check === 'open holds equal pending balances');
    assert.equal(mine.length, 2, 'one for either account');
    assert.match(await metrics.registry.metrics(), /lastro_ledger_drift_total\{check="open holds equal pending balances"\} 4/);
  });

  test('what is new is checked without any budget for the sweeps, by two processes at once', async () => {
    const [one, other] = [open(), open()];
    await database.admin(`update ledger.entries set posted_change = posted_change + 1 where seq = 15 and side = 'debit'`);
    await Promise.all([one.checker.round(0), other.checker.round(0)]);
    await one.checker.round(0);
    assert.ok((await found()).some(({ check_name: check }) => check === 'entries say what transfers say'));
  });

  test('behind a flood, what is old is looked at all the same, in every fourth round', async () => {
    const ledger = openLedger(database.db);
    const others = await funded(ledger, ctx, 1_000);
    for (let n = 0; n < 1_000; n++) await ledger.submit(ctx, { commands: [transfer(others.house, others.customer, 1)] });
    // Older than all that counts as new; a budget of a millisecond is a page of what is new, and one of accounts.
    await database.admin(
      `update ledger.entries set posted_credits = posted_credits + 1
       where account_id = $1 and seq = (select max(seq) from ledger.entries where account_id = $1)`,
      [old.customer.id],
    );
    const { checker } = open();
    const seen: boolean[] = [];
    for (let n = 0; n < 4; n++) {
      await checker.round(1);
      seen.push((await found()).some(({ check_name: check }) => check === 'balances follow from the last movement'));
    }
    assert.deepEqual(seen, [false, false, false, true]);
  });

  test('writers at work are no drift: two processes write holds and their ends while rounds go on', async () => {
    const ledgers = [openLedger(database.db), openLedger(database.openAnother())];
    const { customer, house } = await funded(ledgers[0]!, ctx, 1_000_000);
    const { checker } = open();
    const write = async (ledger: (typeof ledgers)[0]) => {
      for (let n = 0; n < 40; n++) {
        const holds = [hold(customer, house, 3), hold(customer, house, 4)] as const;
        await ledger.submit(ctx, { commands: [...holds, transfer(house, customer, 5)] });
        const ends = [
          { id: newId(), kind: 'settle' as const, holdId: holds[0].id },
          { id: newId(), kind: 'release' as const, holdId: holds[1].id },
        ];
        await ledger.submit(ctx, { commands: n % 3 === 0 ? ends.slice(1) : ends });
      }
    };
    let isWriting = true;
    const writing = Promise.all(ledgers.map(write)).finally(() => {
      isWriting = false;
    });
    let rounds = 0;
    for (; isWriting || rounds < 3; rounds++) await checker.round(100);
    await writing;
    await checker.round(WHOLE);
    assert.deepEqual(await found(), [], `after ${rounds} rounds`);
  });
});
