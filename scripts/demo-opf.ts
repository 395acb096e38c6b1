/**
 * `npm run demo -- --profile opf`: what Open Finance will stand on: an issuer that says what it can, people, tokens with just the scopes they
 * were given, and a trail that says who did what. Exits non-zero when a step fails.
 */
import assert from 'node:assert/strict';
import { newId } from '../server/src/platform/id.ts';
import { call, demoUrl, serviceToken, step } from './lib/demo-steps.ts';
import { cpfFrom, until } from './lib/person.ts';

type Discovery = { issuer: string; jwks_uri: string; grant_types_supported: string[]; code_challenge_methods_supported: string[] };
type Records = { records: { entityKey: string }[] };

console.log(`\nLastro, a base do Open Finance, em ${demoUrl}\n`);
await step('o emissor diz o que sabe fazer: código com PKCE, chaves públicas', async () => {
  const found = await call<Discovery>(200, 'GET', '/oidc/.well-known/openid-configuration');
  assert.deepEqual(found.code_challenge_methods_supported, ['S256']);
  const { keys } = await call<{ keys: { kid: string }[] }>(200, 'GET', new URL(found.jwks_uri).pathname);
  assert.ok(keys.length > 0);
});
const token = await step('um token com os escopos pedidos', () => serviceToken('people:write audit:read'));
const seed = Date.now() % 900_000_000;
const person = await step('uma pessoa cadastrada por um serviço', () =>
  call<{ subjectId: string }>(201, 'POST', '/v1/people', {
    token,
    headers: { 'idempotency-key': newId() },
    body: { name: 'Olívia Aberta Demonstração', cpf: cpfFrom(seed), email: `opf.${seed}@exemplo.com.br`, password: 'um-barco-no-cais' },
  }),
);
await step('o que não foi pedido não é dado: 403 para quem só lê a trilha', async () => {
  const reader = await serviceToken('audit:read');
  await call(403, 'POST', '/v1/people', { token: reader, headers: { 'idempotency-key': newId() }, body: {} });
});
await step('a trilha tem o cadastro', async () => {
  const read = () => call<Records>(200, 'GET', '/v1/audit/records?limit=200', { token });
  await until('the record', read, ({ records }) => JSON.stringify(records).includes(person.subjectId));
});
console.log('\n  tudo certo\n');
