/** An installation without the demo gets a tenant and operators by command: docs/runbooks/operators.md. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { runAdmin } from '../test/support/admin-command.ts';
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts';

const env = { LASTRO_MASTER_KEY: Buffer.alloc(32, 5).toString('base64'), PUBLIC_URL: 'https://banco.example.com' };
let database: TestDatabase;
before(async () => {
  database = await openTestDatabase();
});
after(() => database?.close());
const admin = (...args: string[]) => runAdmin(database, args, env);

test('a tenant comes with its two clients, each with its own scopes and its own hosts', async () => {
  const made = await admin('tenants', 'add', 'banco', 'Banco Exemplo', 'banco.example.com');
  assert.equal(made.code, 0, made.output);
  const clients = await database.admin<{ client_id: string; scopes: string[]; redirect_uris: string[] }>(
    'select client_id, scopes, redirect_uris from identity.clients order by client_id',
  );
  assert.deepEqual(
    clients.map(({ client_id, redirect_uris }) => [client_id, redirect_uris]),
    [
      ['bff-banco', ['https://banco.example.com/bff/callback']],
      ['desk-banco', ['https://operacao.banco.example.com/bff/callback']],
    ],
  );
  const [customers, operators] = clients.map(({ scopes }) => new Set(scopes));
  assert.ok(customers!.has('payments:write') && !customers!.has('payments:resolve'));
  assert.ok(operators!.has('payments:resolve') && !operators!.has('payments:write') && !operators!.has('ledger:write'));
  assert.match((await admin('tenants')).output, /banco\.example\.com/);
  for (const [args, why] of [
    [['banco', 'Outro', 'outro.example.com'], /a tenant "banco" already/],
    [['outro', 'Outro', 'banco.example.com'], /leads to another tenant/],
    [['Outro!', 'Outro', 'outro.example.com'], /short name/],
    [['outro', 'Outro', 'https://outro'], /no host name/],
    [['outro', 'Outro', 'operacao.outro.example.com'], /where operators of "outro.example.com" log in/],
  ] as const) {
    const refused = await admin('tenants', 'add', ...args);
    assert.deepEqual([refused.code, why.test(refused.output)], [1, true], refused.output);
  }
});

test('operators are added, listed, changed and disabled; the password is shown once and kept as a hash', async () => {
  const made = await admin('operators', 'banco', 'add', 'Ana@Banco.example.com', 'Ana Souza', 'admin');
  assert.equal(made.code, 0, made.output);
  const password = /shown once: (\S+)/.exec(made.output)![1]!;
  assert.ok(password.length >= 24);
  const [row] = await database.admin<{ realm: string; added_by: string; sealed: string }>(
    `select p.realm, o.added_by, p.name_sealed::text || p.email_sealed::text as sealed
     from identity.people p join identity.operators o using (tenant_id, subject_id)`,
  );
  assert.equal(row!.realm, 'operator');
  assert.match(row!.added_by, /^service\/admin:/);
  assert.ok(!row!.sealed.includes(Buffer.from('Ana Souza').toString('hex')), 'names are sealed');
  assert.match((await admin('operators', 'banco')).output, /ana@banco\.example\.com/);
  assert.match((await admin('operators', 'banco', 'add', 'ana@banco.example.com', 'Ana', 'support')).output, /OPERATOR_EXISTS/);
  assert.match((await admin('operators', 'banco', 'disable', 'ana@banco.example.com')).output, /LAST_ADMIN/);
  assert.equal((await admin('operators', 'banco', 'add', 'bia@banco.example.com', 'Bia Lima', 'support', 'analyst')).code, 0);
  assert.match((await admin('operators', 'banco', 'roles', 'bia@banco.example.com', 'approver')).output, /is approver/);
  assert.match((await admin('operators', 'banco', 'roles', 'bia@banco.example.com', 'king')).output, /ROLE_UNKNOWN/);
  assert.match((await admin('operators', 'banco', 'disable', 'bia@banco.example.com')).output, /is disabled/);
  assert.match((await admin('operators', 'nenhum')).output, /there is no tenant "nenhum"/);
  const told = await database.admin<{ data: { roles: string[] } }>(
    "select type from identity.outbox_events where type like 'identity.operator-%'",
  );
  assert.equal(told.length, 4, 'each is an event, and so on record');
});

test('an operator who lost the password or the second factor starts over; what was before counts no more', async () => {
  const [carla] = await database.admin<{ subject_id: string }>(
    `select p.subject_id from identity.people p join identity.operators o using (tenant_id, subject_id) order by o.created_at limit 1`,
  );
  const subject = carla!.subject_id;
  const credential = () =>
    database.admin<{ hash: string }>('select c::text as hash from identity.credentials c where subject_id = $1', [subject]);
  const before = await credential();
  await database.admin(
    `insert into identity.totp_secrets (tenant_id, subject_id, state, secret_sealed, created_at)
     select tenant_id, subject_id, 'active', 'x', now() from identity.people where subject_id = $1`,
    [subject],
  );
  const made = await admin('operators', 'banco', 'password', 'ANA@banco.example.com');
  assert.equal(made.code, 0, made.output);
  assert.ok(/shown once: (\S{24,})/.test(made.output), made.output);
  assert.notDeepEqual(await credential(), before);
  const left = await database.admin('select 1 from identity.totp_secrets where subject_id = $1', [subject]);
  assert.equal(left.length, 0, 'factors of before');
  const told = await database.admin<{ type: string; actor: string }>(
    `select type, actor_id as actor from identity.outbox_events where key = $1 and type ~ 'secret-changed|factor-removed' order by type`,
    [subject],
  );
  assert.deepEqual(
    told.map(({ type }) => type),
    ['identity.factor-removed.v1', 'identity.secret-changed.v1'],
  );
  assert.match(told[0]!.actor, /^admin:/);
  assert.match((await admin('operators', 'banco', 'password', 'nobody@banco.example.com')).output, /no operator/);
});
