import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import * as oidc from 'openid-client';
import { derivedSecret } from '#platform/vault/derived-secret.ts';
import {
  type IdentityServer,
  LASTRO,
  MARIA,
  OUTRA,
  OWN_PAGE,
  PASSWORD,
  startIdentityServer,
} from '../../../test/support/identity-server.ts';
import { createClientAdmin } from './client-admin.ts';
import { clientSecretPurpose, RENEWAL_PARAMETER } from './events.ts';
import { DEMO_CLIENT_SECRET } from './seed.ts';

let server: IdentityServer;
let subjectId: string;

before(async () => {
  server = await startIdentityServer();
  const ctx = { tenantId: LASTRO, actor: { kind: 'system', id: 'test' } } as const;
  ({ subjectId } = await server.identity.face!.impl.registerPerson(ctx, MARIA));
});
after(() => server?.close());

async function bffClient(slug = 'lastro'): Promise<oidc.Configuration> {
  const id = `bff-${slug}`;
  const secret = derivedSecret(server.masterKey, clientSecretPurpose(id));
  const config = await oidc.discovery(new URL(`${server.publicUrl}/oidc`), id, undefined, oidc.ClientSecretBasic(secret), {
    execute: [oidc.allowInsecureRequests],
  });
  oidc.enableNonRepudiationChecks(config);
  return config;
}

/** A stock OpenID client and a browser walk the whole way from the authorization request to the tokens. */
async function logIn(config: oidc.Configuration, browser = server.browser(), login = MARIA.email, origin = server.publicUrl) {
  const verifier = oidc.randomPKCECodeVerifier();
  const state = oidc.randomState();
  const nonce = oidc.randomNonce();
  const start = oidc.buildAuthorizationUrl(config, {
    redirect_uri: `${origin}/bff/callback`,
    scope: 'openid payments:read payments:write cashflow:read people:read',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    prompt: 'login',
    state,
    nonce,
  });
  const { url: page } = await browser.follow(start, (url) => url.pathname.startsWith('/entrar/'));
  const posted = await browser.send(`${page}/login`, { body: { login, password: PASSWORD }, headers: OWN_PAGE });
  assert.equal(posted.status, 200, posted.text);
  const { url: callback } = await browser.follow(String(posted.json().redirectTo), (url) => url.pathname === '/bff/callback');
  const tokens = await oidc.authorizationCodeGrant(config, new URL(callback), {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
  });
  return { tokens, callback, verifier, browser };
}

test('a stock OpenID client logs in with code and PKCE and gets a PS256 token with tenant and grant', async () => {
  const { tokens } = await logIn(await bffClient());
  assert.equal(tokens.claims()?.sub, subjectId);
  const caller = await server.identity.verifyToken(tokens.access_token);
  assert.equal(caller.tenantId, LASTRO);
  assert.equal(caller.subjectId, subjectId);
  assert.deepEqual([...caller.scopes].sort(), ['cashflow:read', 'payments:read', 'payments:write', 'people:read']);
  const [head, body] = tokens.access_token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
  assert.equal(head.alg, 'PS256');
  assert.equal(head.typ, 'at+jwt');
  assert.equal(body.aud, 'lastro-api');
  assert.equal(typeof body.gid, 'string');
  assert.equal(body.exp - body.iat, 600);
  assert.equal(tokens.expires_in, 600);

  const me = await server
    .browser()
    .send(`${server.publicUrl}/v1/people/me`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
  assert.equal(me.status, 200, me.text);
  assert.equal(me.json().firstName, 'Maria');
});

test('refresh tokens rotate; using one twice ends the whole grant, the access tokens with it', async () => {
  const config = await bffClient();
  const { tokens } = await logIn(config);
  const second = await oidc.refreshTokenGrant(config, tokens.refresh_token!);
  assert.notEqual(second.refresh_token, tokens.refresh_token);
  await server.identity.verifyToken(second.access_token);
  await assert.rejects(oidc.refreshTokenGrant(config, tokens.refresh_token!), /invalid_grant|ResponseBodyError|unexpected/);
  await assert.rejects(oidc.refreshTokenGrant(config, second.refresh_token!), oidc.ResponseBodyError);
  await untilRefused(second.access_token);
});

test('a renewal asked for again by its name gives the same refresh token, also while it runs; once that has been used, asking is theft', async () => {
  const config = await bffClient();
  const { tokens } = await logIn(config);
  const named = () => ({ [RENEWAL_PARAMETER]: renewal });
  const renewal = randomUUID();
  const all = await Promise.all([1, 2, 3].map(() => oidc.refreshTokenGrant(config, tokens.refresh_token!, named())));
  all.push(await oidc.refreshTokenGrant(config, tokens.refresh_token!, named()));
  assert.deepEqual([...new Set(all.map((one) => one.refresh_token))].length, 1);
  for (const one of all) await server.identity.verifyToken(one.access_token);
  const next = await oidc.refreshTokenGrant(config, all[0]!.refresh_token!, { [RENEWAL_PARAMETER]: randomUUID() });
  assert.notEqual(next.refresh_token, all[0]!.refresh_token);
  await assert.rejects(oidc.refreshTokenGrant(config, tokens.refresh_token!, named()), oidc.ResponseBodyError);
  await untilRefused(next.access_token);
});

test('a renewal by another name, or by none, is theft as before', async () => {
  const config = await bffClient();
  const others: Record<string, string>[] = [{ [RENEWAL_PARAMETER]: randomUUID() }, {}, { [RENEWAL_PARAMETER]: 'x' }];
  for (const other of others) {
    const { tokens } = await logIn(config);
    const first = await oidc.refreshTokenGrant(config, tokens.refresh_token!, { [RENEWAL_PARAMETER]: randomUUID() });
    await assert.rejects(oidc.refreshTokenGrant(config, tokens.refresh_token!, other), oidc.ResponseBodyError);
    await untilRefused(first.access_token);
  }
});

test('two uses of one refresh token at once: at most one gets through', async () => {
  const config = await bffClient();
  const { tokens } = await logIn(config);
  const outcomes = await Promise.allSettled([1, 2, 3].map(() => oidc.refreshTokenGrant(config, tokens.refresh_token!)));
  assert.ok(outcomes.filter((one) => one.status === 'fulfilled').length <= 1);
});

test('an authorization code works once, and only with its verifier', async () => {
  const config = await bffClient();
  const { callback, verifier, tokens } = await logIn(config);
  const code = new URL(callback).searchParams.get('code')!;
  const again = { code, redirect_uri: `${server.publicUrl}/bff/callback`, code_verifier: verifier };
  await assert.rejects(oidc.genericGrantRequest(config, 'authorization_code', again), oidc.ResponseBodyError);
  await untilRefused(tokens.access_token);
});

test('PKCE is required', async () => {
  const config = await bffClient();
  const url = oidc.buildAuthorizationUrl(config, { redirect_uri: `${server.publicUrl}/bff/callback`, scope: 'openid', state: 'x' });
  const { url: end } = await server.browser().follow(url, (to) => to.pathname === '/bff/callback');
  assert.equal(new URL(end).searchParams.get('error'), 'invalid_request');
});

test('revoking the refresh token ends the grant and the session at the issuer', async () => {
  const config = await bffClient();
  const { tokens, browser } = await logIn(config);
  await server.identity.verifyToken(tokens.access_token);
  await oidc.tokenRevocation(config, tokens.refresh_token!);
  await untilRefused(tokens.access_token);
  const silent = oidc.buildAuthorizationUrl(config, {
    redirect_uri: `${server.publicUrl}/bff/callback`,
    scope: 'openid',
    prompt: 'none',
    state: 'silent',
    code_challenge: await oidc.calculatePKCECodeChallenge('v'.repeat(43)),
    code_challenge_method: 'S256',
  });
  const { url } = await browser.follow(silent, (to) => to.pathname === '/bff/callback');
  assert.equal(new URL(url).searchParams.get('error'), 'login_required');
});

test('a service gets a token by client credentials, with its own scopes only', async () => {
  const config = await oidc.discovery(
    new URL(`${server.publicUrl}/oidc`),
    'demo',
    undefined,
    oidc.ClientSecretBasic('segredo-da-demo-so-para-desenvolvimento'),
    {
      execute: [oidc.allowInsecureRequests],
    },
  );
  const { access_token: token } = await oidc.clientCredentialsGrant(config, { scope: 'people:write ledger:read nonsense' });
  const caller = await server.identity.verifyToken(token);
  assert.deepEqual(caller.actor, { kind: 'service', id: 'demo' });
  assert.deepEqual([...caller.scopes].sort(), ['ledger:read', 'people:write']);
  const key = randomUUID();
  const body = { name: 'João Lima', cpf: '111.444.777-35', email: 'joao@exemplo.com.br', password: 'outra senha comprida' };
  const post = () =>
    server.browser().send(`${server.publicUrl}/v1/people`, { body, headers: { authorization: `Bearer ${token}`, 'idempotency-key': key } });
  const [one, two] = [await post(), await post()];
  assert.equal(one.status, 201, one.text);
  assert.deepEqual(two.json(), one.json());
  assert.equal(
    (await server.browser().send(`${server.publicUrl}/v1/people/me`, { headers: { authorization: `Bearer ${token}` } })).status,
    403,
  );
});

test("another tenant's client does not know the person, and its tokens name its own tenant", async () => {
  const config = await bffClient('outra');
  const origin = server.publicUrl.replace('localhost', 'outra.localhost');
  await assert.rejects(logIn(config, server.browser(), MARIA.email, origin), /401/);
  const ctx = { tenantId: OUTRA, actor: { kind: 'system', id: 'test' } } as const;
  await server.identity.face!.impl.registerPerson(ctx, MARIA);
  const { browser } = await logIn(await bffClient());
  // The same browser, known at the issuer in the first tenant, logs in at the second as the person there.
  const { tokens } = await logIn(config, browser, MARIA.cpf, origin);
  const caller = await server.identity.verifyToken(tokens.access_token);
  assert.equal(caller.tenantId, OUTRA);
  assert.notEqual(caller.subjectId, subjectId);
});

test('a disabled client gets no token and those it has stop counting; enabled again it works', async () => {
  const admin = createClientAdmin(server.deps);
  const ask = () =>
    server.browser().send(`${server.publicUrl}/oidc/token`, {
      form: { grant_type: 'client_credentials', scope: 'people:write' },
      headers: { authorization: `Basic ${Buffer.from(`demo:${DEMO_CLIENT_SECRET}`).toString('base64')}` },
    });
  const token = String((await ask()).json().access_token);
  await server.identity.verifyToken(token);
  assert.equal(await admin.disable('nobody'), false);
  assert.equal(await admin.disable('demo'), true);
  assert.equal((await ask()).status, 401);
  await untilRefused(token);
  assert.ok((await admin.list()).some(({ clientId, disabledAt }) => clientId === 'demo' && disabledAt !== null));
  assert.equal(await admin.enable('demo'), true);
  const fresh = await ask();
  assert.equal(fresh.status, 200, fresh.text);
  await server.identity.verifyToken(String(fresh.json().access_token));
});

async function untilRefused(token: string): Promise<void> {
  for (let attempt = 0; attempt < 40; attempt++) {
    const refused = await server.identity.verifyToken(token).then(
      () => false,
      (error: { code?: string }) => error.code === 'PLATFORM_UNAUTHENTICATED',
    );
    if (refused) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail('the token still counts');
}
