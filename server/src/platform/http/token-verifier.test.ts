import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { createLocalJWKSet, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { newId } from '../id.ts';
import { createTokenVerifier, type TokenVerifierOptions } from './token-verifier.ts';

const ISSUER = 'https://lastro.example/oidc';
const tenant = newId();
const subject = newId();
let nowMs = Date.parse('2026-03-10T12:00:00Z');

describe('access tokens', () => {
  let keys: { keys: Record<string, unknown>[] };
  type Options = { typ?: string; issuer?: string; audience?: string; expires?: boolean; lastsS?: number };
  let sign: (claims?: JWTPayload, options?: Options) => Promise<string>;
  let signForeign: typeof sign;

  before(async () => {
    const signer = async () => {
      const pair = await generateKeyPair('PS256', { extractable: true });
      const make: typeof sign = (
        claims = {},
        { typ = 'at+jwt', issuer = ISSUER, audience = 'lastro-api', expires = true, lastsS = 300 } = {},
      ) => {
        const all = { tid: tenant, sub: subject, client_id: 'app', scope: 'a b', jti: newId(), gid: 'g1', ...claims };
        const jwt = new SignJWT(all).setProtectedHeader({ alg: 'PS256', typ, kid: 'k' }).setIssuer(issuer).setAudience(audience);
        if (expires) jwt.setExpirationTime(Math.floor(nowMs / 1000) + lastsS);
        return jwt.sign(pair.privateKey);
      };
      return { make, jwk: { ...(await exportJWK(pair.publicKey)), kid: 'k', alg: 'PS256' } };
    };
    const [ours, foreign] = [await signer(), await signer()];
    sign = ours.make;
    signForeign = foreign.make;
    keys = { keys: [ours.jwk] };
  });

  const verifier = (more: Partial<TokenVerifierOptions> = {}) =>
    createTokenVerifier({ issuer: ISSUER, audience: 'lastro-api', keys, now: () => nowMs, ...more });
  const refused = (work: Promise<unknown>, hint: string) => assert.rejects(work, { code: 'PLATFORM_UNAUTHENTICATED' }, hint);

  test('say who calls: a person, or a client on its own behalf', async () => {
    assert.deepEqual(await verifier().verify(await sign()), {
      tenantId: tenant,
      actor: { kind: 'person', id: subject },
      subjectId: subject,
      clientId: 'app',
      scopes: new Set(['a', 'b']),
      // A token of before there were second steps says nothing of how its person was proved: by a password, then, and at no time known.
      proof: { acr: 'aal1', amr: ['pwd'], atMs: 0, grantId: 'g1' },
    });
    const proved = await verifier().verify(await sign({ acr: 'aal2', amr: ['pwd', 'otp'], auth_time: 1_767_225_600 }));
    assert.deepEqual(proved.proof, { acr: 'aal2', amr: ['pwd', 'otp'], atMs: 1_767_225_600_000, grantId: 'g1' });
    const service = await verifier().verify(await sign({ sub: 'app', scope: undefined }));
    assert.deepEqual(service, { tenantId: tenant, actor: { kind: 'service', id: 'app' }, clientId: 'app', scopes: new Set() });
  });

  test('of another key, issuer, audience, type or algorithm, without expiry or tenant, or cut, are refused', async () => {
    const one = verifier();
    await refused(one.verify(await signForeign()), 'key');
    await refused(one.verify(await sign({}, { issuer: 'https://evil.example' })), 'issuer');
    await refused(one.verify(await sign({}, { audience: 'other' })), 'audience');
    await refused(one.verify(await sign({}, { typ: 'JWT' })), 'an id token is no access token');
    await refused(one.verify(await sign({}, { expires: false })), 'expiry');
    await refused(one.verify(await sign({ tid: undefined })), 'tenant');
    await refused(one.verify(await sign({ tid: 'x' })), 'tenant');
    const [, body, signature] = (await sign()).split('.');
    const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
    for (const token of ['', 'x', 'a.b.c', `${none}.${body}.`, `${none}.${body}.${signature}`]) await refused(one.verify(token), token);
    const hmac = await new SignJWT({ tid: tenant })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
      .setIssuer(ISSUER)
      .setAudience('lastro-api')
      .setExpirationTime('5m')
      .sign(new TextEncoder().encode(JSON.stringify(keys.keys[0])));
    await refused(one.verify(hmac), 'a public key is no secret');
  });

  test('expire, remembered or not', async () => {
    const one = verifier();
    const token = await sign();
    await one.verify(token);
    nowMs += 301_000;
    await refused(one.verify(token), 'remembered');
    await refused(verifier().verify(token), 'new');
  });

  test('signed by a key that was taken away count for a minute more, and never for longer than a token may last', async () => {
    let isThere = true;
    const find = createLocalJWKSet(keys as never);
    const one = verifier({ keys: { find: (header, token) => (isThere ? find : createLocalJWKSet({ keys: [] }))(header, token) } });
    const token = await sign();
    await one.verify(token);
    isThere = false;
    await one.verify(token);
    nowMs += 60_000;
    await refused(one.verify(token), 'a minute later');
    await verifier().verify(await sign({}, { lastsS: 660 }));
    await refused(verifier().verify(await sign({}, { lastsS: 662 })), 'no token of the issuer lasts so long');
    await refused(verifier().verify(await sign({}, { lastsS: 10 * 365 * 86_400 })), 'ten years');
  });

  test('are remembered until forgotten: by subject, grant, token, or all', async () => {
    let asked = 0;
    const one = verifier({ isRevoked: async () => ++asked < 0 });
    const token = await sign({ jti: 'j1' });
    const askedBy = async () => {
      const before = asked;
      await one.verify(token);
      return asked - before;
    };
    assert.deepEqual([await askedBy(), await askedBy()], [1, 0]);
    for (const match of [{ subjectId: subject }, { grantId: 'g1' }, { jti: 'j1' }, undefined]) {
      one.forget(match);
      assert.equal(await askedBy(), 1, JSON.stringify(match));
    }
    one.forget({ subjectId: newId() });
    assert.equal(await askedBy(), 0);
  });

  test('revoked while being verified are not remembered as good', async () => {
    let isRevoked = false;
    let release: () => void = () => undefined;
    const one = verifier({
      isRevoked: async () => {
        const answer = isRevoked;
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        return answer;
      },
    });
    const token = await sign();
    const first = one.verify(token);
    await new Promise((resolve) => setTimeout(resolve, 50));
    isRevoked = true;
    one.forget({ subjectId: subject });
    release();
    await first;
    const second = one.verify(token);
    await new Promise((resolve) => setTimeout(resolve, 50));
    release();
    await refused(second, 'asked again');
  });

  test('cannot be judged while the issuer’s keys are away: unavailable, not signed out', async () => {
    const one = verifier({ keys: new URL('http://127.0.0.1:1/jwks') });
    await assert.rejects(one.verify(await sign()), { code: 'PLATFORM_UNAVAILABLE' });
  });
});
