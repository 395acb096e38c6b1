/** What others' engines are complained about (docs/adr/0020), each asked of ours with a made-up machine. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import {
  beginErrands,
  countErrands,
  createOutside,
  type ErrandOptions,
  errandActions,
  errandDefinition,
  eventually,
  openErrands,
  openErrandsDatabase,
  TENANT,
} from '../../../test/support/errands.ts';
import type { TestDatabase } from '../../../test/support/test-database.ts';
import type { Db } from '../db/db.ts';

let database: TestDatabase;
before(async () => {
  database = await openErrandsDatabase();
});
after(() => database?.close());
beforeEach(() => database.admin('truncate errands.errands, errands.errand_steps, errands.inbox'));

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});
/** A process with the machine, its worker running. */
function open(options: ErrandOptions = {}, db: Db = database.db) {
  const one = openErrands(db, options);
  opened.push(one);
  return one;
}
function work(options: ErrandOptions = {}, db: Db = database.db) {
  const one = open(options, db);
  one.machine.worker.start();
  return one;
}
const pauseMs = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const announce = (machine: ReturnType<typeof open>['machine'], id: string, db: Db = database.db) =>
  db.tx({ module: 'errands', tenants: [TENANT] }, (tx) =>
    machine.hear(tx, [{ tenantId: TENANT, source: 'other', eventId: `e-${id}`, correlation: id, type: 'answered', data: {} }]),
  );
const stateOf = async (id: string): Promise<string> =>
  (await database.admin<{ status: string }>('select status from errands.errands where id = $1', [id]))[0]!.status;
const reaches = (id: string, state: string, withinMs?: number) =>
  eventually(
    `state ${state}`,
    () => stateOf(id),
    (seen) => seen === state,
    withinMs,
  );

/** The database with every transaction counted. */
function counting(): { db: Db; count: () => number } {
  let count = 0;
  const { db } = database;
  const tx: Db['tx'] = (scope, run) => {
    count++;
    return db.tx(scope, run);
  };
  return { db: { ...db, tx }, count: () => count };
}

describe('what waits', () => {
  test('ten thousand of it cost one question a pause', async () => {
    await beginErrands(database.db, { count: 10_000, status: 'waiting', dueInMs: 3_600_000 });
    const { db, count } = counting();
    work({ lookMs: 200 }, db);
    await pauseMs(500);
    const [from, cpu] = [count(), process.cpuUsage()];
    await pauseMs(2_000);
    const { user, system } = process.cpuUsage(cpu);
    assert.ok(count() - from <= 11, `${count() - from} transactions in two seconds`);
    assert.ok((user + system) / 1_000 < 200, `${(user + system) / 1_000} ms of processor time in two seconds`);
  });

  test('is done at its time and not by polling: thirty days ahead it is still there', async () => {
    const [soon] = await beginErrands(database.db, { dueInMs: 1_500 });
    const [late] = await beginErrands(database.db, { dueInMs: 30 * 86_400_000 });
    const { db, count } = counting();
    work({ lookMs: 60_000 }, db);
    await pauseMs(700);
    assert.ok(count() <= 3, `${count()} transactions while nothing was due`);
    assert.equal(await stateOf(soon!), 'asked');
    await reaches(soon!, 'waiting', 3_000);
    await pauseMs(200);
    const from = count();
    await pauseMs(700);
    assert.ok(count() - from <= 2, 'a date farther off than a timer can tell is no reason to hurry');
    assert.equal(await stateOf(late!), 'asked');
  });

  test('was due while all were down: it fires at the start, once, with two starting', async () => {
    const outside = createOutside();
    await beginErrands(database.db, { count: 50, dueInMs: -3_600_000 });
    work({ outside });
    work({ outside }, database.openAnother());
    await eventually(
      'all',
      () => countErrands(database),
      ({ waiting }) => waiting === 50,
    );
    assert.equal(outside.done.size, 100);
    assert.equal(outside.asked.length, 100, 'each was asked once');
  });

  test('waits no longer than its time, whatever else it waits for', async () => {
    const [id] = await beginErrands(database.db, { status: 'reserved', endsInMs: 1_200 });
    const { machine } = work({ lookMs: 60_000 });
    await reaches(id!, 'waiting');
    const [row] = await database.admin<{ is_by_time: boolean }>('select next_attempt_at = must_end_by as is_by_time from errands.errands');
    assert.ok(row!.is_by_time, 'its end is its next date');
    await reaches(id!, 'stuck', 3_000);
    // A late answer ends it after all.
    await announce(machine, id!);
    await reaches(id!, 'done');
  });
});

describe('what is announced', () => {
  test('before the wait is not lost, and twice is once', async () => {
    const [id] = await beginErrands(database.db);
    const { machine } = open();
    assert.equal((await announce(machine, id!)).size, 1);
    assert.equal((await announce(machine, id!)).size, 0);
    machine.worker.start();
    await reaches(id!, 'done');
    const [{ news } = {}] = await database.admin<{ news: number }>('select news from errands.errands');
    assert.equal(news, 0);
  });

  test('before the run is there is not lost either', async () => {
    const { machine } = open();
    const id = randomUUID();
    await announce(machine, id);
    await database.admin(`insert into errands.errands (tenant_id, id, status) values ($1, $2, 'waiting')`, [TENANT, id]);
    machine.worker.start();
    await reaches(id, 'done');
  });

  test('in another process wakes the worker at once', async () => {
    const [id] = await beginErrands(database.db, { status: 'waiting', dueInMs: null });
    work({ lookMs: 60_000 });
    await pauseMs(300);
    const elsewhere = database.openAnother();
    await announce(open({}, elsewhere).machine, id!, elsewhere);
    await reaches(id!, 'done', 2_000);
  });

  test('and cannot be looked into keeps its pause, and is not tried without end', async () => {
    const [id] = await beginErrands(database.db, { status: 'waiting', dueInMs: null });
    let tries = 0;
    const failing = async () => {
      tries++;
      throw new Error('nobody answers');
    };
    const actions = { ...errandActions(createOutside()), listen: { inside: true as const, run: failing } };
    const { machine } = work({ actions, definitions: [errandDefinition(1, 'waiting', { retryBaseMs: 400, retryMaxMs: 400 })] });
    await announce(machine, id!);
    await eventually(
      'a try',
      () => tries,
      (count) => count > 0,
    );
    await pauseMs(700);
    assert.ok(tries <= 4, `${tries} tries in less than a second, at pauses of 200 to 400 ms`);
  });

  test('and looked into by two at once is counted off once', async () => {
    const [id] = await beginErrands(database.db, { status: 'stuck', dueInMs: null });
    const machines = [open(), open({}, database.openAnother())].map(({ machine }) => machine);
    await announce(machines[0]!, id!);
    const [run] = await database.db.tx({ module: 'errands', system: true }, (tx) => machines[0]!.store.find(tx, [id!]));
    const heard = {
      fact: { type: 'nothing-learned' } as const,
      newsHeard: run!.news,
      step: { step: 'listen', startedAtMs: 0, durationMs: 0, outcome: {} },
    };
    for (const machine of machines) await machine.apply(run!, heard);
    const [row] = await database.admin<{ news: number }>('select news from errands.errands where id = $1', [id]);
    assert.equal(row!.news, 0);
    const [{ tries } = { tries: 0 }] = await database.admin<{ tries: number }>('select count(*)::int as tries from errands.errand_steps');
    assert.equal(tries, 2, 'the second looked, too');
  });

  test('is written with its effect, or not at all', async () => {
    const [id] = await beginErrands(database.db, { status: 'waiting', dueInMs: null });
    const { machine } = work();
    const event = { tenantId: TENANT, source: 'other', eventId: 'e', correlation: id!, type: 'answered', data: {} };
    const broken = database.db.tx({ module: 'errands', tenants: [TENANT] }, async (tx) => {
      await machine.hear(tx, [event]);
      throw new Error('the caller fails');
    });
    await assert.rejects(broken, /the caller fails/);
    await announce(machine, id!);
    await reaches(id!, 'done');
  });
});

describe('several executors', () => {
  test('never share an identity, and a slow step is nobody else’s meanwhile', async () => {
    const outside = createOutside();
    const slow = { ...outside, reserve: (id: string) => outside.reserve(id).then(() => pauseMs(1_200)) };
    await beginErrands(database.db, { count: 5 });
    const [one, two] = [work({ outside: slow, leaseMs: 300 }), work({ outside: slow, leaseMs: 300 }, database.openAnother())];
    assert.notEqual(one.machine.lease.owner, two.machine.lease.owner);
    await eventually(
      'all',
      () => countErrands(database),
      ({ waiting }) => waiting === 5,
    );
    assert.equal(outside.asked.length, 10, 'every step was taken once');
  });

  test('take no run that another has', async () => {
    const outside = createOutside();
    await beginErrands(database.db, { count: 5 });
    await database.admin(`update errands.errands set lease_owner = 'another', lease_until = now() + interval '1 minute'`);
    work({ outside });
    // It looks, since something else is due.
    await beginErrands(database.db);
    await eventually(
      'the sixth',
      () => countErrands(database),
      ({ waiting }) => waiting === 1,
    );
    assert.equal(outside.done.size, 2);
  });

  test('that do act twice have one effect, and one of them goes on', async () => {
    const outside = createOutside();
    const [id] = await beginErrands(database.db, { dueInMs: 3_600_000 });
    const machines = [open({ outside }), open({ outside }, database.openAnother())];
    const [run] = await database.db.tx({ module: 'errands', system: true }, (tx) => machines[0]!.machine.store.find(tx, [id!]));
    for (const { machine } of machines) machine.start(run!);
    await reaches(id!, 'waiting');
    await Promise.all(machines.map(({ machine }) => machine.close()));
    assert.equal(outside.done.size, 2, 'reserved and sent, once each');
    const steps = await database.admin<{ step: string }>(
      `select step from errands.errand_steps where status_before <> status_after order by seq`,
    );
    assert.deepEqual(
      steps.map(({ step }) => step),
      ['reserve', 'send'],
    );
  });

  test('leave nothing behind when one dies between the commit of a beginning and its drive', async () => {
    const [id] = await beginErrands(database.db);
    await database.admin(`update errands.errands set lease_owner = 'a dead process', lease_until = now() + interval '700 ms'`);
    work({ lookMs: 60_000 });
    await pauseMs(300);
    assert.equal(await stateOf(id!), 'asked', 'it is still somebody’s');
    await reaches(id!, 'waiting', 2_000);
  });
});

describe('a tenant with a long line of slow work', () => {
  test('starves no other', async () => {
    const outside = createOutside();
    const flooded = '0192f000-0000-7000-8000-00000000e002';
    const inFlood = new Set(await beginErrands(database.db, { count: 2_000, tenantId: flooded, dueInMs: -60_000 }));
    const actions = errandActions(outside);
    const slow = {
      ...actions,
      reserve: {
        run: async (...given: Parameters<typeof actions.reserve.run>) => {
          if (inFlood.has(given[0].id)) await pauseMs(400);
          return actions.reserve.run(...given);
        },
      },
    };
    work({ actions: slow, most: 16 });
    await pauseMs(500);
    const from = performance.now();
    const ids = await beginErrands(database.db, { count: 3 });
    for (const id of ids) await reaches(id, 'waiting', 3_000);
    assert.ok(performance.now() - from < 2_500);
    const { waiting = 0 } = await countErrands(database);
    assert.ok(waiting < 400, 'the others are still in line');
  });
});

describe('the end of a process', () => {
  test('does not wait for what waits', async () => {
    await beginErrands(database.db, { count: 200, status: 'waiting', dueInMs: 60_000, endsInMs: 60_000 });
    const { machine } = work({ lookMs: 60_000 });
    await pauseMs(200);
    const from = performance.now();
    await machine.worker.stop();
    await machine.close();
    assert.ok(performance.now() - from < 1_000);
  });

  test('comes within ten seconds though a step hangs, and another takes over at once', { timeout: 30_000 }, async () => {
    const outside = createOutside();
    const hanging = { ...outside, reserve: () => new Promise<void>(() => undefined) };
    const [id] = await beginErrands(database.db);
    const ending = openErrands(database.openAnother(), { outside: hanging, leaseMs: 60_000 });
    ending.machine.worker.start();
    await eventually(
      'the lease',
      () => database.admin<{ lease_owner: string | null }>('select lease_owner from errands.errands'),
      ([row]) => row!.lease_owner !== null,
    );
    await pauseMs(100);
    const from = performance.now();
    await ending.machine.worker.stop();
    assert.ok(performance.now() - from < 10_000);
    work({ outside, lookMs: 200 });
    await reaches(id!, 'waiting', 2_000);
  });
});

describe('a deployment', () => {
  test('ends a run on the definition it began with, beside runs of the next', async () => {
    const [old] = await beginErrands(database.db);
    const [young] = await beginErrands(database.db, { definition: 2 });
    work({ definitions: [errandDefinition(1), errandDefinition(2, 'done')] });
    await reaches(old!, 'waiting');
    await reaches(young!, 'done');
  });

  test('leaves a run of a newer definition to who knows it', async () => {
    const outside = createOutside();
    const [young] = await beginErrands(database.db, { definition: 2 });
    const { machine } = work({ outside });
    await pauseMs(600);
    assert.deepEqual([outside.asked, await stateOf(young!)], [[], 'asked']);
    const [run] = await database.db.tx({ module: 'errands', system: true }, (tx) => machine.store.find(tx, [young!]));
    await assert.rejects(
      machine.apply(run!, { fact: { type: 'reserved' }, step: { step: 'x', startedAtMs: 0, durationMs: 0, outcome: {} } }),
      /not known here/,
    );
    assert.equal(await stateOf(young!), 'asked');
  });
});

describe('what is told', () => {
  test('keeps what contradicts, however often it was tried before; of tries ever fewer', async () => {
    const [id] = await beginErrands(database.db, { dueInMs: 3_600_000 });
    await database.admin('update errands.errands set attempt = 40');
    const { machine } = open({ definitions: [{ ...errandDefinition(), evolve: (run) => ({ run, verdict: 'contradiction' }) }] });
    const [run] = await database.db.tx({ module: 'errands', system: true }, (tx) => machine.store.find(tx, [id!]));
    const step = { step: 'x', startedAtMs: 0, durationMs: 0, outcome: {} };
    await machine.apply(run!, { fact: { type: 'taken' }, step });
    await open().machine.apply(run!, { fact: { type: 'nothing-learned' }, step });
    const told = await database.admin<{ outcome: object }>('select outcome from errands.errand_steps');
    assert.deepEqual(
      told.map(({ outcome }) => outcome),
      [{ verdict: 'contradiction' }],
    );
  });
});

describe('what cannot be stored', () => {
  test('keeps nobody else from it, and has a try behind it', async () => {
    const actions = errandActions(createOutside());
    const ids = await beginErrands(database.db, { count: 40 });
    const poisoned = {
      ...actions,
      reserve: {
        run: async (errand: { id: string }) => ({ fact: { type: 'reserved' as const, note: errand.id === ids[7] ? 'a\u0000b' : 'fine' } }),
      },
    };
    work({ actions: poisoned });
    await eventually(
      'the others',
      () => countErrands(database),
      ({ waiting }) => waiting === 39,
      5_000,
    );
    const tries = () => database.admin<{ attempt: number }>('select attempt from errands.errands where id = $1', [ids[7]]);
    await eventually('tries', tries, ([row]) => row!.attempt >= 3);
    const steps = await database.admin<{ outcome: { result: string } }>(`select outcome from errands.errand_steps where errand_id = $1`, [
      ids[7],
    ]);
    assert.equal(steps[0]!.outcome.result, 'unstorable');
    const spoilt = await database.admin(`select from errands.errand_steps where errand_id <> $1 and outcome->>'result' = 'unstorable'`, [
      ids[7],
    ]);
    assert.equal(spoilt.length, 0, 'nobody else was thrown back');
  });
});
