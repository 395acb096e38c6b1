/** One person of the whole platform: taken away in full, erased as far as law lets, and afterwards nobody; what is for ever still proves itself. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { cpfFrom, Person, until } from '../../../../scripts/lib/person.ts';
import { ownHeaders, PASSWORD, startWholePlatform, type WholePlatform } from '../../../test/support/whole-platform.ts';

const [ANA, BIA] = [360_000_001, 360_000_002];
const ROOT = path.join(import.meta.dirname, '../../../..');
const proof = { password: PASSWORD };
const TERM = `${new Date().getUTCFullYear() + 11}-01-01`;

let platform: WholePlatform;
let ana: Person;
let bia: Person;
let subjectId: string;
const folder = mkdtempSync(path.join(tmpdir(), 'lastro-erasure-'));

before(async () => {
  // Long enough that the test may look at what is only being waited for, and short enough to see its end.
  platform = await startWholePlatform({ PRIVACY_ERASURE_WAIT_MS: '3000' });
  ana = await platform.signUp(ANA, 'Ana Apagada de Souza');
  bia = await platform.signUp(BIA, 'Bia Beneficiária');
  subjectId = (await ana.get<{ person: { id: string } }>('/bff/v1/session')).person.id;
  await platform.fund(ana, 10_000n);
  await pay(ana, bia, '4000', 'o aluguel de Ana');
});
after(async () => {
  await platform?.close();
  rmSync(folder, { recursive: true, force: true });
});

type Home = { account: { pixKey: string }; balance: { availableMinor: string } };
type View = { exports: { id: string; readyAt: string | null }[]; erasure: { state: string; retainedUntil: string | null } | null };
const homeOf = (person: Person) => person.get<Home>('/bff/v1/home');
const viewOf = (person: Person) => person.get<View>('/bff/v1/privacy');

async function pay(from: Person, to: Person, amountMinor: string, description: string): Promise<void> {
  const { account } = await homeOf(to);
  const { quoteId } = await from.post<{ quoteId: string }>(200, '/bff/v1/pix/decode', { code: account.pixKey });
  const { id } = await from.post<{ id: string }>(201, '/bff/v1/payments', { quoteId, amountMinor, description });
  const look = () => from.get<{ status: string }>(`/bff/v1/payments/${id}`);
  await until('the payment', look, ({ status }) => status === 'settled');
}
const file = (person: Person, id: string, format: string, given: object = proof) =>
  platform.send('POST', `/bff/v1/privacy/exports/${id}/file`, { headers: ownHeaders(person), body: { proof: given, format } });

test('a copy has all of it, in words, and only whoever proves that they are the person reads it', async () => {
  const { id } = await ana.post<{ id: string }>(202, '/bff/v1/privacy/exports', { proof });
  await until(
    'the copy',
    () => viewOf(ana),
    ({ exports }) => exports.some((one) => one.id === id && one.readyAt !== null),
  );
  assert.equal((await file(ana, id, 'json', { password: 'nove cavalos verdes' })).status, 403);
  assert.equal((await file(bia, id, 'json')).status, 404);
  const json = await file(ana, id, 'json');
  assert.equal(json.status, 200, json.text);
  assert.match(String(json.headers['content-disposition']), /dados-pessoais-\d{4}-\d\d-\d\d\.json/);
  const { parts } = JSON.parse(json.text) as { parts: { module: string; part: string; rows: Record<string, unknown>[] }[] };
  const rowsOf = (name: string) => parts.find(({ module, part }) => `${module}/${part}` === name)?.rows ?? [];
  assert.equal(rowsOf('identity/registration')[0]!.name, 'Ana Apagada de Souza');
  assert.equal(String(rowsOf('identity/registration')[0]!.cpf).replace(/\D/g, ''), cpfFrom(ANA));
  const [payment] = rowsOf('payments/payments');
  assert.deepEqual([payment!.amountMinor, payment!.description], ['4000', 'o aluguel de Ana']);
  assert.match(JSON.stringify(payment!.payee), /Bia Benefici/);
  assert.equal(rowsOf('payments/receipts')[0]!.amountMinor, '10000');
  for (const name of ['accounts/accounts', 'ledger/balances', 'ledger/movements', 'risk/decisions', 'audit/records'])
    assert.ok(rowsOf(name).length > 0, name);
  const pdf = await file(ana, id, 'pdf');
  assert.match(pdf.text, /^%PDF-/);
});

test('while there is money she is not erased, and is told why', async () => {
  const refused = await platform.send('POST', '/bff/v1/privacy/erasure', { headers: ownHeaders(ana), body: { proof, sure: true } });
  const { code, detail } = refused.body as { code: string; detail: string };
  assert.deepEqual([refused.status, code], [409, 'PRIVACY_NOT_YET'], refused.text);
  assert.match(detail, /dinheiro nas suas contas/);
  assert.equal((await viewOf(ana)).erasure, null);
});

test('erased, also by a process that takes over: nobody logs in, nobody reads her name, and she may come back as somebody new', async () => {
  await pay(ana, bia, '6000', 'o resto');
  await ana.post(202, '/bff/v1/privacy/erasure', { proof, sure: true });
  await until(
    'closed accounts',
    () => viewOf(ana),
    ({ erasure }) => erasure?.state === 'waiting',
  );
  const decode = await platform.send('POST', '/bff/v1/pix/decode', {
    headers: ownHeaders(ana),
    body: { code: (await homeOf(bia)).account.pixKey },
  });
  assert.equal((decode.body as { code: string }).code, 'ACCOUNTS_CLOSED');
  await platform.killAndRestart();
  const state = () =>
    platform.database.admin<{ state: string; until: string | null }>(
      'select state, retained_until::text as until from privacy.erasures where subject_id = $1',
      [subjectId],
    );
  const [done] = await until('the erasure', state, ([row]) => row?.state === 'done');
  assert.equal(done!.until, TERM);

  assert.equal((await platform.send('GET', '/bff/v1/home', { headers: ownHeaders(ana) })).status, 401);
  await assert.rejects(new Person(platform.baseUrl).logIn(cpfFrom(ANA), PASSWORD));
  const lines = JSON.stringify(await bia.get('/bff/v1/statement'));
  assert.ok(!lines.includes('Apagada'), 'her name in what somebody else received is gone');
  const anew = await platform.signUp(ANA, 'Ana de Volta');
  assert.notEqual((await anew.get<{ person: { id: string } }>('/bff/v1/session')).person.id, subjectId);
});

test('a dump of everything holds her name nowhere, and what is retained opens for nobody who asks in the usual way', async () => {
  const tables = await platform.database.admin<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  );
  assert.ok(tables.length > 40);
  for (const { name } of tables) {
    const found = await platform.database.admin(`select from ${name} t where t::text like '%Apagada%' or t::text like $1 limit 1`, [
      `%${Buffer.from('Apagada').toString('hex')}%`,
    ]);
    assert.equal(found.length, 0, name);
  }
  const keys = await platform.database.admin<{ alive: number; retained: number }>(
    `select (select count(*)::int from vault.subject_keys where subject_id = $1 and wrapped_key is not null) as alive,
       (select count(*)::int from vault.retained_keys where subject_id = $1 and wrapped_key is not null) as retained`,
    [subjectId],
  );
  assert.deepEqual(keys, [{ alive: 0, retained: 1 }]);
});

test('the chains of the ledger and of the trail still prove themselves, and the trail tells of the erasure', async () => {
  const token = await platform.serviceToken();
  const exported = await platform.send('GET', '/v1/ledger/export', { token });
  assert.equal(exported.status, 200, exported.text.slice(0, 300));
  const ledger = path.join(folder, 'ledger.ndjson');
  writeFileSync(ledger, exported.text);
  execFileSync(process.execPath, [path.join(ROOT, 'tools/verify-ledger.mjs'), ledger], { encoding: 'utf8' });
  const trail = async () => (await platform.send('GET', '/v1/audit/export', { token })).text;
  const text = await until(
    'the trail',
    trail,
    (said) => said.includes('privacy.erasure-ended.v1') && said.includes('identity.person-erased.v1'),
  );
  const audit = path.join(folder, 'audit.ndjson');
  writeFileSync(audit, text);
  execFileSync(process.execPath, [path.join(ROOT, 'tools/verify-ledger.mjs'), audit], { encoding: 'utf8' });
});
