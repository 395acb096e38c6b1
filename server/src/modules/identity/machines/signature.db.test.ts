/** A client proves itself by a signature of its own key (private_key_jwt): nothing that opens ever leaves it, and each assertion is good once. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import * as oidc from 'openid-client';
import { type IdentityServer, LASTRO, startIdentityServer } from '../../../../test/support/identity-server.ts';
import { createClients } from './clients.ts';
import { createMachineKeys } from './keys.ts';

let server: IdentityServer;
let clients: ReturnType<typeof createClients>;
const by = { kind: 'service', id: 'admin:test' } as const;
const within = <T>(work: Parameters<typeof server.deps.db.tx<T>>[1]) => server.deps.db.tx({ module: 'identity', tenants: [LASTRO] }, work);

before(async () => {
  server = await startIdentityServer();
  clients = createClients({ ...server.deps, keys: createMachineKeys(server.deps), scopes: ['ledger:read', 'people:read'] });
});
after(() => server?.close());

let named = 0;
async function signingClient(alg = 'ES256') {
  named += 1;
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: `k${named}` };
  const tenant = { id: LASTRO, slug: 'lastro' };
  const given = { name: `assina-${named}`, title: 'Assina', scopes: ['ledger:read'] };
  const { client, secret } = await within((tx) => clients.add(tx, tenant, given, { by, counts: true }));
  await within((tx) => clients.setPublicKeys(tx, LASTRO, client.clientId, { keys: [jwk] }, by));
  return { clientId: client.clientId, secret: secret.text, privateKey, jwk, alg };
}
type Signing = Awaited<ReturnType<typeof signingClient>>;

function assertion(
  { clientId, privateKey, jwk, alg }: Pick<Signing, 'clientId' | 'privateKey' | 'jwk' | 'alg'>,
  more: { aud?: string; jti?: string; lastsS?: number; iss?: string; iat?: boolean } = {},
): Promise<string> {
  const nowS = Math.floor(Date.now() / 1000);
  const jwt = new SignJWT({})
    .setProtectedHeader({ alg, kid: jwk.kid! })
    .setIssuer(more.iss ?? clientId)
    .setSubject(clientId)
    .setAudience(more.aud ?? `${server.publicUrl}/oidc`)
    .setJti(more.jti ?? randomUUID())
    .setExpirationTime(nowS + (more.lastsS ?? 60));
  return (more.iat === false ? jwt : jwt.setIssuedAt(nowS)).sign(privateKey);
}
async function ask(client_assertion: string) {
  const form = {
    grant_type: 'client_credentials',
    scope: 'ledger:read',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion,
  };
  const answer = await server.browser().send(`${server.publicUrl}/oidc/token`, { form });
  return { status: answer.status, text: answer.text, token: answer.status === 200 ? String(answer.json().access_token) : '' };
}

for (const alg of ['ES256', 'PS256', 'EdDSA'])
  test(`a stock client signs with ${alg} and gets a token with its scopes`, async () => {
    const one = await signingClient(alg);
    const key = { key: one.privateKey as CryptoKey, kid: one.jwk.kid! };
    const config = await oidc.discovery(new URL(`${server.publicUrl}/oidc`), one.clientId, undefined, oidc.PrivateKeyJwt(key), {
      execute: [oidc.allowInsecureRequests],
    });
    const { access_token: token } = await oidc.clientCredentialsGrant(config, { scope: 'ledger:read' });
    const caller = await server.identity.verifyToken(token);
    assert.deepEqual([caller.actor, [...caller.scopes]], [{ kind: 'service', id: one.clientId }, ['ledger:read']]);
  });

test('an assertion is good once, of twenty at the same moment as well', async () => {
  const one = await signingClient();
  const first = await assertion(one);
  assert.equal((await ask(first)).status, 200);
  assert.equal((await ask(first)).status, 401);
  const second = await assertion(one);
  const all = await Promise.all(Array.from({ length: 20 }, () => ask(second)));
  assert.deepEqual(
    all.map(({ status }) => status).toSorted((a, b) => a - b),
    [200, ...Array.from({ length: 19 }, () => 401)],
  );
});

test('another’s key, another audience, a long life, no time of issue, and a secret: each is refused', async () => {
  const [one, other] = [await signingClient(), await signingClient()];
  for (const [what, given] of [
    ['signed by another', assertion({ ...one, privateKey: other.privateKey })],
    ['in another’s name', assertion({ ...one, clientId: other.clientId })],
    ['another issuer', assertion(one, { iss: other.clientId })],
    ['for another server', assertion(one, { aud: 'https://outro.example.com' })],
    ['good for an hour', assertion(one, { lastsS: 3_600 })],
    ['without a time of issue', assertion(one, { iat: false })],
    ['over', assertion(one, { lastsS: -60 })],
  ] as const)
    assert.equal((await ask(await given)).status, 401, what);
  const authorization = `Basic ${Buffer.from(`${one.clientId}:${one.secret}`).toString('base64')}`;
  const form = { grant_type: 'client_credentials', scope: 'ledger:read' };
  const bySecret = () => server.browser().send(`${server.publicUrl}/oidc/token`, { form, headers: { authorization } });
  assert.equal((await bySecret()).status, 401, 'its secret opens nothing any more');
  await within((tx) => clients.setPublicKeys(tx, LASTRO, one.clientId, null, by));
  assert.equal((await bySecret()).status, 200);
  assert.equal((await ask(await assertion(one))).status, 401);
  await within((tx) => clients.disable(tx, LASTRO, other.clientId, by));
  assert.equal((await ask(await assertion(other))).status, 401, 'nor does a disabled one sign itself in');
});

test('what is no set of public signing keys is refused, a private key above all', async () => {
  const one = await signingClient();
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const weak = await exportJWK((await globalThis.crypto.subtle.generateKey(WEAK, true, ['sign', 'verify'])).publicKey as never);
  const set = (jwks: unknown) => within((tx) => clients.setPublicKeys(tx, LASTRO, one.clientId, jwks, by));
  for (const [what, jwks] of [
    ['private', { keys: [await exportJWK(privateKey)] }],
    ['shared', { keys: [{ kty: 'oct', k: 'c2VncmVkbw' }] }],
    ['weak', { keys: [weak] }],
    ['made up', { keys: [{ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }] }],
    ['none', { keys: [] }],
    ['a text', 'x'],
    ['no object', { keys: [null] }],
    ['too many', { keys: Array.from({ length: 11 }, (): JWK => one.jwk) }],
  ] as const)
    await assert.rejects(set(jwks), { code: 'IDENTITY_CLIENT_KEYS_INVALID' }, what);
  const [row] = await server.database.admin<{ jwks: { keys: JWK[] } }>('select jwks from identity.clients where client_id = $1', [
    one.clientId,
  ]);
  assert.deepEqual(Object.keys(row!.jwks.keys[0]!).toSorted(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
});

const WEAK = { name: 'RSA-PSS', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' };
