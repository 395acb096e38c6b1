/** The operators' commands, run as operators run them: docs/runbooks says nothing that does not pass here. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { runAdmin } from '../test/support/admin-command.ts';
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts';
import { newId, publicId } from './platform/id.ts';

const GROUP = 'cashflow.daily-balance';
const folder = mkdtempSync(path.join(tmpdir(), 'lastro-admin-'));
let database: TestDatabase;

before(async () => {
  database = await openTestDatabase();
  await database.admin('insert into cashflow.inbox_cursors (group_name) values ($1)', [GROUP]);
  for (const [position, key] of [
    [1, 'a'],
    [2, 'b'],
  ])
    await database.admin(
      `insert into cashflow.inbox_dead_letters (group_name, position, tenant_id, key, event_id, type, reason, error, attempts, created_at)
       values ($1, $2, $3, $4, $5, 'ledger.entry-posted.v1', 'failed', 'planted', 5, now())`,
      [GROUP, position, newId(), key, newId()],
    );
});
after(async () => {
  await database?.close();
  rmSync(folder, { recursive: true, force: true });
});

const admin = (args: string[], target = database) => runAdmin(target, args);
const cursor = async () => (await database.admin<{ paused: boolean }>('select paused from cashflow.inbox_cursors'))[0]!;
const inLine = async () => {
  const rows = await database.admin<{ key: string }>('select key from cashflow.inbox_dead_letters where redrive order by key');
  return rows.map(({ key }) => key);
};

test('payments that do not end are listed and ended by people; who, why and when are kept', async () => {
  const [tenant, id, quote] = [newId(), newId(), newId()];
  const columns = 'tenant_id, id, status, route, subject_id, account_id, quote_id, amount_minor, end_to_end_id, payee_sealed, payee_hash';
  await database.admin(
    `insert into payments.payments (${columns}, channel, actor_kind, actor_id, created_at, updated_at, money, trouble, status_since)
     values ($1, $2, 'stuck', 'pix', $3, $3, $4, 777, $5, 'x', 'x', 'app', 'person', 'p', now(), now(), 'held', 'PAYMENTS_TIME_IS_UP',
       now() - interval '1 hour')`,
    [tenant, id, newId(), quote, `E12345678202601010000${'c'.repeat(11)}`],
  );
  const name = publicId('pay', id);
  assert.match((await admin(['payments'])).output, /stuck.*36\d\d/);
  assert.match((await admin(['payments', 'stuck'])).output, new RegExp(`${name}.*PAYMENTS_TIME_IS_UP`));
  const wrong = await admin(['payments', 'settled']);
  assert.deepEqual([wrong.code, /is no status/.test(wrong.output)], [1, true]);
  assert.equal((await admin(['retry', name, 'o provedor voltou'])).code, 1, 'nothing is due for it');
  assert.equal((await admin(['resolve', name, 'perhaps', 'não sei'])).code, 1);
  const done = await admin(['resolve', name, 'not-executed', 'não está no extrato']);
  assert.equal(done.code, 0, done.output);
  const [row] = await database.admin(
    `select p.status, p.next_attempt_at <= now() and p.lease_until <= now() as is_due, r.reason, r.status_before, r.proposed_by, r.approved_by
     from payments.payments p join payments.resolutions r on r.payment_id = p.id where p.id = $1`,
    [id],
  );
  assert.deepEqual(
    { ...row, proposed_by: String(row!.proposed_by).split(':')[0] },
    { status: 'rejected', is_due: true, reason: 'não está no extrato', status_before: 'stuck', proposed_by: 'admin', approved_by: null },
  );
  assert.equal((await admin(['resolve', name, 'executed', 'ou sim'])).code, 1, 'decided once');
});

test('events shows each group with its dead letters', async () => {
  const { code, output } = await admin(['events']);
  assert.equal(code, 0, output);
  for (const word of [GROUP, 'lag', 'waitingSince', 'deadLetters', 'paused']) assert.ok(output.includes(word), `${word} in ${output}`);
});

test('pause holds a group still until resume', async () => {
  assert.match((await admin(['pause', GROUP])).output, /stands still/);
  assert.equal((await cursor()).paused, true);
  assert.match((await admin(['resume', GROUP])).output, /goes on/);
  assert.equal((await cursor()).paused, false);
});

test('redrive puts the letters of one key, then all of them, back in line', async () => {
  assert.match((await admin(['redrive', GROUP, 'a'])).output, /^1 dead letters/m);
  assert.deepEqual(await inLine(), ['a']);
  assert.match((await admin(['redrive', GROUP])).output, /^1 dead letters/m);
  assert.deepEqual(await inLine(), ['a', 'b']);
});

test('a dump is restored into an empty database, and into no other', async () => {
  const file = path.join(folder, 'lastro.dump.gz');
  const dumped = await admin(['dump', file]);
  assert.equal(dumped.code, 0, dumped.output);
  assert.ok(existsSync(file));
  const empty = await openTestDatabase();
  try {
    const restored = await admin(['restore', file], empty);
    assert.equal(restored.code, 0, restored.output);
    const [row] = await empty.admin<{ n: number }>('select count(*)::int as n from cashflow.inbox_dead_letters');
    assert.equal(row!.n, 2);
    await empty.admin('update bus.head set position = 1');
    const again = await admin(['restore', file], empty);
    assert.deepEqual([again.code, /seen events already/.test(again.output)], [1, true], again.output);
  } finally {
    await empty.close();
  }
});

test('every query of the runbooks runs', async () => {
  const pages = path.join(import.meta.dirname, '../../docs/runbooks');
  const texts = readdirSync(pages).map((page) => readFileSync(path.join(pages, page), 'utf8'));
  const queries = texts.flatMap((text) => [...text.matchAll(/`(select [^`]*;)`/g)].map(([, sql]) => sql!));
  assert.ok(queries.length >= 3, String(queries.length));
  for (const sql of queries) assert.ok(Array.isArray(await database.admin(sql)), sql);
});

test('what is misspelt is refused with the usage or the reason', async () => {
  const unknown = await admin(['evnets']);
  assert.deepEqual([unknown.code, /usage:/.test(unknown.output)], [2, true]);
  const missing = await admin(['redrive']);
  assert.deepEqual([missing.code, /the group is missing/.test(missing.output)], [2, true]);
  const nobody = await admin(['pause', 'cashflow.nobody']);
  assert.deepEqual([nobody.code, /there is no consumer group/.test(nobody.output)], [1, true]);
});

test('long processes of any machine are listed, shown, tried again and ended by people', async () => {
  const machine = 'payments.account-opening';
  const [tenant, person, late] = [newId(), newId(), newId()];
  await database.admin(
    `insert into payments.accounts (tenant_id, subject_id, ledger_account_id, status, created_at, status_since, next_attempt_at, trouble)
     values ($1, $2, $2, 'stuck', now(), now() - interval '1 hour', null, 'TIME_IS_UP'),
       ($1, $3, $3, 'booked', now(), now(), now() + interval '1 hour', null)`,
    [tenant, person, late],
  );
  assert.match((await admin(['machines'])).output, /account-opening.*stuck.*1.*36\d\d/);
  assert.match((await admin(['machines', machine, 'stuck', tenant])).output, new RegExp(`${person}.*TIME_IS_UP`));
  assert.match((await admin(['machines', machine, 'booked'])).output, new RegExp(`${late}.*register-key`));
  assert.match((await admin(['machines', machine, 'lost'])).output, /is no state of it: opening/);
  assert.match((await admin(['machines', 'payments.nothing'])).output, /there is no machine/);
  assert.equal((await admin(['machine', machine, late, 'retry', 'o diretório voltou'])).code, 0);
  assert.equal((await admin(['machine', machine, person, 'retry', 'de novo'])).code, 1, 'nothing is due for it');
  assert.equal((await admin(['machine', machine, person, 'give-up'])).code, 2, 'a reason is wanted');
  assert.match((await admin(['machine', machine, person])).output, /may be decided: try-again, give-up/);
  assert.match((await admin(['machine', machine, person, 'try-again', 'o diretório voltou'])).output, /is opening/);
  const [row] = await database.admin(
    `select status, trouble, next_attempt_at <= now() as is_due, must_end_by > now() + interval '23 hours' as has_time
     from payments.accounts where subject_id = $1`,
    [person],
  );
  assert.deepEqual(row, { status: 'opening', trouble: null, is_due: true, has_time: true });
  assert.match((await admin(['machine', machine, person])).output, /resolve.*try-again.*admin:.*o diretório voltou|o diretório voltou/);
});

test('payments are among them: a decision by that way is kept as by any other, and told', async () => {
  const machine = 'payments.payment';
  const [tenant, id] = [newId(), newId()];
  const columns = 'tenant_id, id, status, route, subject_id, account_id, quote_id, amount_minor, end_to_end_id, payee_sealed, payee_hash';
  await database.admin(
    `insert into payments.payments (${columns}, channel, actor_kind, actor_id, created_at, updated_at, money, trouble, status_since, next_attempt_at)
     values ($1, $2, 'stuck', 'pix', $3, $3, $4, 777, $5, 'x', 'x', 'app', 'person', 'p', now(), now(), 'held', 'PAYMENTS_TIME_IS_UP',
       now() - interval '2 hours', now() + interval '1 hour')`,
    [tenant, id, newId(), newId(), `E${newId()}`],
  );
  assert.match((await admin(['machines'])).output, /payments\.payment.*stuck/);
  assert.match((await admin(['machines', machine, 'stuck', tenant])).output, new RegExp(`${id}.*PAYMENTS_TIME_IS_UP.*query`));
  assert.match((await admin(['machine', machine, id])).output, /may be decided: executed, not-executed/);
  assert.match((await admin(['machine', machine, id, 'retry', 'o provedor voltou'])).output, /is due now/);
  assert.match((await admin(['machine', machine, id, 'executed', 'conferido no extrato'])).output, /is confirmed/);
  const kept = await database.admin(
    'select decision, reason, status_before, proposed_by_kind as kind from payments.resolutions where payment_id = $1',
    [id],
  );
  assert.deepEqual(kept, [{ decision: 'executed', reason: 'conferido no extrato', status_before: 'stuck', kind: 'service' }]);
  const [told] = await database.admin<{ n: number }>('select count(*)::int as n from payments.outbox where tenant_id = $1', [tenant]);
  assert.equal(told!.n, 1);
  const shown = (await admin(['machine', machine, id])).output;
  assert.match(shown, /retry.*o provedor voltou/);
  assert.match(shown, /resolve.*conferido no extrato/);
});

test('jobs are listed with how they went, and run now by command; what no process knows is forgotten', async () => {
  await database.admin(
    `insert into jobs.jobs (name, schedule, due_at, ended_at, took_ms, outcome, error, failures, runs)
     values ('ledger.planted', 'every 1 h', now() + interval '1 hour', now(), 1234, 'failed', 'planted fault', 3, 9)`,
  );
  const { output } = await admin(['jobs']);
  assert.match(output, /ledger\.planted.*every 1 h.*1\.2.*failed.*planted fault.*3/);
  assert.match((await admin(['jobs', 'run', 'ledger.planted'])).output, /ledger\.planted is due now/);
  const [job] = await database.admin<{ due: boolean }>(`select due_at <= now() as due from jobs.jobs where name = 'ledger.planted'`);
  assert.equal(job!.due, true);
  const unknown = await admin(['jobs', 'run', 'ledger.nothing']);
  assert.deepEqual([unknown.code, /there is no job "ledger\.nothing"/.test(unknown.output)], [1, true]);
  await admin(['jobs', 'forget', 'ledger.planted']);
  assert.equal((await database.admin(`select from jobs.jobs where name = 'ledger.planted'`)).length, 0);
});

test('queues are listed, and dead tasks put back in line', async () => {
  const [tenant, id] = [newId(), newId()];
  await database.admin(
    `insert into queue.dead_tasks (id, tenant_id, queue, payload, attempts, error, created_at) values ($1, $2, 'ledger.planted', '1', 20, 'planted fault', now())`,
    [id, tenant],
  );
  assert.match((await admin(['queue'])).output, /ledger\.planted/);
  assert.match((await admin(['queue', 'dead', 'ledger.planted'])).output, /planted fault/);
  assert.match((await admin(['queue', 'redrive', 'ledger.planted'])).output, /1 dead tasks are in line again/);
  assert.equal((await database.admin(`select from queue.tasks where id = $1 and attempts = 0`, [id])).length, 1);
});
