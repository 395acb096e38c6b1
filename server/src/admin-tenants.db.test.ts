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
