import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { Directory } from './directory.ts';
import { withCheckDigits } from './people.ts';
import { call, startSandbox } from './testing.ts';

test('any well-formed key has an owner, the same in every run', () => {
  const keys = [
    '11144477735',
    '12ABC34501DE35',
    '+5511987654321',
    '+14155550100',
    'someone@example.org',
    '0f8fad5b-d9cb-469f-a165-70867728950e',
  ];
  for (const key of keys) {
    const entry = new Directory().resolve(key)!;
    assert.deepEqual(entry, new Directory().resolve(key));
    const { taxId } = entry.owner;
    assert.equal(taxId.length === 11 ? withCheckDigits(taxId.slice(0, 9), 11) : withCheckDigits(taxId.slice(0, 12), 9), taxId);
    assert.match(entry.branch, /^\d{4}$/);
  }
  assert.equal(new Directory().resolve('11144477735')!.owner.taxId, '11144477735');
  const names = new Set(Array.from({ length: 200 }, (_, i) => new Directory().resolve(`p${i}@exemplo.com.br`)!.owner.name));
  assert.ok(names.size > 190);
});

test('well-known owners have valid documents', () => {
  for (const key of ['maria@exemplo.com.br', 'joao@exemplo.com.br', 'rejeita@exemplo.com.br', 'lento@exemplo.com.br']) {
    const { taxId } = new Directory().resolve(key)!.owner;
    assert.equal(withCheckDigits(taxId.slice(0, 9), 11), taxId, key);
  }
  assert.equal(new Directory().resolve('123e4567-e12b-12d1-a456-426655440000')!.owner.name, 'Fulano de Tal');
});

test('keys over HTTP: masked owner, registered keys win, removed ones are gone', async (t) => {
  const { base } = await startSandbox(t);
  const resolve = (key: string) => call(base, 'POST', '/dict/resolve', { key });
  const made = await resolve('11144477735');
  assert.partialDeepStrictEqual(made.body, { keyType: 'cpf', owner: { taxIdMasked: '***.444.777-**' } });
  assert.deepEqual(Object.keys(made.body), ['key', 'keyType', 'owner', 'ispb', 'bankName', 'branch', 'account']);
  for (const bad of ['11144477736', 'Maria@exemplo.com.br', '5511987654321', 'x'])
    assert.equal((await resolve(bad)).body.code, 'INVALID_KEY', bad);
  assert.equal((await resolve('naoexiste@exemplo.com.br')).status, 404);

  const path = `/dict/keys/${encodeURIComponent('+5511987654321')}`;
  const entry = { ispb: '12345678', branch: '1', account: '77-7', owner: { name: 'Bia Reis', taxId: '52998224725' } };
  assert.equal((await call(base, 'PUT', path, entry)).status, 200);
  assert.partialDeepStrictEqual((await resolve('+5511987654321')).body, {
    owner: { name: 'Bia Reis', taxIdMasked: '***.982.247-**' },
    account: '77-7',
  });
  assert.equal((await call(base, 'DELETE', path)).status, 204);
  assert.equal((await call(base, 'DELETE', path)).status, 404);
  assert.equal((await resolve('+5511987654321')).status, 404);
});

test('dynamic charges: deterministic, payable, and special by a word in the path', async (t) => {
  const { base } = await startSandbox(t);
  type Charge = { amount: string; key: string; txid: string; status: string; expiresAt: string; payee: { name: string } };
  const charge = async (url: string) => (await call<Charge>(base, 'POST', '/pix/dynamic', { url })).body;
  const known = await charge('pix.example.com/8b3da2f39a4140d1a91abd93113bd441');
  assert.partialDeepStrictEqual(known, { amount: '37.50', payee: { name: 'Fulano de Tal' }, status: 'ATIVA' });
  const { expiresAt, ...first } = await charge('banco.example/qr/v2/1');
  const { expiresAt: _, ...again } = await charge('banco.example/qr/v2/1');
  assert.deepEqual(first, again);
  assert.ok(Date.parse(expiresAt) > Date.now());
  assert.match(first.amount, /^\d+\.\d{2}$/);
  assert.match(first.txid, /^[a-zA-Z0-9]{26,35}$/);
  assert.equal((await call(base, 'POST', '/dict/resolve', { key: first.key })).status, 200);
  assert.ok(Date.parse((await charge('b.example/expirada/1')).expiresAt) < Date.now());
  assert.equal((await charge('b.example/paga/1')).status, 'CONCLUIDA');
  assert.equal((await call(base, 'POST', '/pix/dynamic', { url: 'b.example/nao-existe/1' })).status, 404);
  assert.equal((await call(base, 'POST', '/pix/dynamic', { url: 'https://b.example/1' })).status, 400);
});

test('the block list answers by value or by hash', async (t) => {
  const { base } = await startSandbox(t);
  const check = async (body: unknown) => (await call(base, 'POST', '/blocklist/check', body)).body;
  assert.deepEqual(await check({ key: 'golpe@exemplo.com.br' }), { listed: true, reason: 'FRAUD_REPORTED' });
  const keyHash = createHash('sha256').update('golpe@exemplo.com.br').digest('hex');
  assert.deepEqual(await check({ keyHash, taxId: '11144477735' }), { listed: true, reason: 'FRAUD_REPORTED' });
  assert.deepEqual(await check({ key: 'maria@exemplo.com.br' }), { listed: false });
  assert.equal((await call(base, 'POST', '/blocklist/check', {})).status, 400);
});
