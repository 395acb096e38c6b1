/** Machines of an installation without the demo: clients, secrets and keys by command, as docs/runbooks/operators.md says. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { exportJWK, generateKeyPair } from 'jose';
import { runAdmin } from '../test/support/admin-command.ts';
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts';

const env = { LASTRO_MASTER_KEY: Buffer.alloc(32, 5).toString('base64'), PUBLIC_URL: 'https://banco.example.com' };
const folder = mkdtempSync(path.join(tmpdir(), 'lastro-keys-'));
let database: TestDatabase;
before(async () => {
  database = await openTestDatabase();
  await good('tenants', 'add', 'banco', 'Banco Exemplo', 'banco.example.com');
});
after(async () => {
  await database?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function good(...args: string[]): Promise<string> {
  const { code, output } = await runAdmin(database, args, env);
  assert.equal(code, 0, output);
  return output;
}
async function bad(why: RegExp, ...args: string[]): Promise<void> {
  const { code, output } = await runAdmin(database, args, env);
  assert.deepEqual([code, why.test(output)], [1, true], output);
}
type Row = { kind: string; lives: boolean; replaced: boolean; scopes: string[]; networks: string[]; created_by: string };
const rows = () =>
  database.admin<Row>(
    `select kind, revoked_at is null as lives, replaced_by is not null as replaced, scopes, networks, created_by
     from identity.machine_keys order by created_at, key_id`,
  );

test('a client with a secret, another secret, public keys, an end and a way back', async () => {
  const made = await good('clients', 'banco', 'add', 'erp', 'ERP da padaria', 'payments:read', 'payments:write');
  assert.match(made, /banco_erp may ask for tokens/);
  const secret = /lastro_secret_[0-9A-Za-z]{49}/.exec(made)![0];
  const next = /lastro_secret_[0-9A-Za-z]{49}/.exec(await good('clients', 'banco', 'secret', 'erp'))![0];
  assert.notEqual(secret, next);
  const [first, second] = await rows();
  assert.deepEqual([first!.replaced, first!.lives, second!.replaced], [true, true, false]);
  assert.match(first!.created_by, /^service\/admin:/);
  await bad(/IDENTITY_CLIENT_EXISTS/, 'clients', 'banco', 'add', 'banco_erp', 'Outro', 'payments:read');
  await bad(/IDENTITY_SCOPE_UNKNOWN.*payments:emperor/s, 'clients', 'banco', 'add', 'crm', 'CRM', 'payments:emperor');
  await bad(/no client "crm"/, 'clients', 'banco', 'disable', 'crm');
  const keys = path.join(folder, 'jwks.json');
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  writeFileSync(keys, JSON.stringify({ keys: [await exportJWK(privateKey)] }));
  await bad(/IDENTITY_CLIENT_KEYS_INVALID/, 'clients', 'banco', 'public-keys', 'erp', keys);
  writeFileSync(keys, JSON.stringify({ keys: [await exportJWK(publicKey)] }));
  assert.match(await good('clients', 'banco', 'public-keys', 'erp', keys), /by a signature/);
  assert.match(await good('clients', 'banco', 'disable', 'banco_erp'), /is disabled/);
  assert.match(await good('clients', 'banco'), /banco_erp[\s\S]*signature/);
  assert.match(await good('clients', 'banco', 'enable', 'erp'), /may go on/);
  const told = await database.admin<{ change: string }>(
    "select data->>'change' as change from identity.outbox_events where type = 'identity.client-changed.v1' order by seq",
  );
  assert.deepEqual(
    told.map(({ change }) => change),
    ['added', 'public-keys', 'disabled', 'enabled'],
  );
});

test('a key is made, listed, rotated and revoked; it is printed once and the list does not open anything', async () => {
  await good('clients', 'banco', 'add', 'loja', 'Loja', 'payments:read', 'payments:write');
  const made = await good('keys', 'banco', 'add', 'loja', 'Servidor', '30', 'payments:read', '--from=203.0.113.0/24,2001:DB8::/32');
  const [text, id] = [/lastro_key_[0-9A-Za-z]{49}/.exec(made)![0], /[0-9a-f-]{36}/.exec(made)![0]];
  const key = (await rows()).findLast(({ kind }) => kind === 'key')!;
  assert.deepEqual([key.scopes, key.networks], [['payments:read'], ['203.0.113.0/24', '2001:db8::/32']]);
  const listed = await good('keys', 'banco', 'list', 'loja');
  assert.match(listed, /active/);
  assert.ok(!listed.includes(text.slice(20)));
  const next = await good('keys', 'banco', 'rotate', 'loja', id);
  assert.match(next, /counts for a day more/);
  await bad(/IDENTITY_KEY_REPLACED/, 'keys', 'banco', 'rotate', 'loja', id);
  assert.match(await good('keys', 'banco', 'revoke', 'loja', id), /counts no more/);
  await bad(/IDENTITY_SCOPE_UNKNOWN/, 'keys', 'banco', 'add', 'loja', 'Servidor', 'ledger:write');
  await bad(/IDENTITY_NETWORK_INVALID/, 'keys', 'banco', 'add', 'loja', 'Servidor', 'payments:read', '--from=internet');
  await bad(/from 1 to 365 days/, 'keys', 'banco', 'add', 'loja', 'Servidor', '366', 'payments:read');
  await bad(/id of no key/, 'keys', 'banco', 'revoke', 'loja', 'aquela');
});
