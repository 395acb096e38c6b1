/** Signing keys take turns while tokens are made and proved: no restart, and no token refused that was good. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { decodeProtectedHeader } from 'jose';
import { manualClock } from '#platform/clock.ts';
import { createTokenVerifier } from '#platform/http/token-verifier.ts';
import { type IdentityServer, startIdentityServer } from '../../../test/support/identity-server.ts';
import { PUBLISHED_MS, STAYS_MS } from './domain/key-rotation.ts';
import { API_AUDIENCE } from './events.ts';
import { createKeyRotation } from './key-rotation.ts';
import { DEMO_CLIENT_ID, DEMO_CLIENT_SECRET } from './seed.ts';
import { openSigningKeys } from './signing-keys.ts';

let server: IdentityServer;
/** Of the rotation alone: tokens tell the time by the machine. */
const clock = manualClock(Date.now());
let rotation: ReturnType<typeof createKeyRotation>;

before(async () => {
  server = await startIdentityServer();
  rotation = createKeyRotation({ ...server.deps, clock });
});
after(() => server?.close());

const runJob = () => rotation.job.run({ log: server.deps.log } as never);
async function token(): Promise<{ text: string; kid: string }> {
  const answer = await fetch(`${server.publicUrl}/oidc/token`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from(`${DEMO_CLIENT_ID}:${DEMO_CLIENT_SECRET}`).toString('base64')}`,
    },
    body: 'grant_type=client_credentials&scope=people:write',
  });
  const { access_token: text } = (await answer.json()) as { access_token: string };
  return { text, kid: String(decodeProtectedHeader(text).kid) };
}
const published = async (): Promise<string[]> => {
  const { keys } = (await (await fetch(`${server.publicUrl}/oidc/jwks`)).json()) as { keys: { kid: string; d?: string }[] };
  assert.ok(
    keys.every((key) => key.d === undefined),
    'no private part is shown',
  );
  return keys.map(({ kid }) => kid);
};
/** What a process knows is some seconds old at the most. */
async function eventually<T>(look: () => Promise<T>, isSo: (seen: T) => boolean): Promise<T> {
  for (const until = Date.now() + 15_000; ; ) {
    const seen = await look();
    if (isSo(seen)) return seen;
    assert.ok(Date.now() < until, `still ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
/** A process without identity, which has known the keys since before. */
function elsewhere() {
  const keys = new URL(`${server.publicUrl}/oidc/jwks`);
  return createTokenVerifier({ issuer: `${server.publicUrl}/oidc`, audience: API_AUDIENCE, keys, now: Date.now });
}

test('published before it signs, and the one before stays until its tokens are dead', async () => {
  const old = await token();
  const { kid } = await rotation.rotate();
  await assert.rejects(rotation.rotate(), /is published already/);
  await eventually(published, (kids) => kids.includes(kid) && kids.includes(old.kid));
  assert.equal((await token()).kid, old.kid, 'it does not sign yet');
  clock.advance(PUBLISHED_MS - 1);
  await runJob();
  assert.equal((await rotation.list()).find((one) => one.kid === kid)!.state, 'next');

  const remote = elsewhere();
  await remote.verify(old.text);
  clock.advance(1);
  await runJob();
  const fresh = await eventually(token, (made) => made.kid === kid);
  for (const verify of [server.identity.verifyToken, remote.verify])
    for (const { text } of [old, fresh]) assert.ok((await verify(text)).tenantId, 'no token is refused');

  clock.advance(STAYS_MS - 1);
  await runJob();
  assert.ok((await published()).includes(old.kid));
  clock.advance(1);
  await runJob();
  await eventually(published, (kids) => !kids.includes(old.kid));
  assert.equal((await token()).kid, kid);
});

test('a process that has not looked since proves a token under a key it has never seen', async () => {
  const book = await openSigningKeys(server.deps);
  const verifier = createTokenVerifier({ issuer: `${server.publicUrl}/oidc`, audience: API_AUDIENCE, keys: book, now: Date.now });
  const { kid } = await rotation.rotate();
  clock.advance(PUBLISHED_MS);
  await runJob();
  const made = await eventually(token, (one) => one.kid === kid);
  assert.ok(!book.now().publicJwks.keys.some((key) => key.kid === kid));
  await eventually(
    () =>
      verifier.verify(made.text).then(
        () => 'good',
        () => 'unknown',
      ),
    (seen) => seen === 'good',
  );
});

test('a key that somebody else has is taken away at once, and another one signs', async () => {
  const stolen = await token();
  /** A process that nobody asks for keys, and that knows this one. */
  const book = await openSigningKeys(server.deps);
  const prove = () =>
    createTokenVerifier({ issuer: `${server.publicUrl}/oidc`, audience: API_AUDIENCE, keys: book, now: Date.now }).verify(stolen.text);
  await prove();
  const { signs } = await rotation.retire(stolen.kid);
  assert.notEqual(signs, stolen.kid);
  await eventually(published, (kids) => !kids.includes(stolen.kid) && kids.includes(signs));
  await assert.rejects(elsewhere().verify(stolen.text));
  await eventually(
    () =>
      prove().then(
        () => 'good',
        () => 'refused',
      ),
    (seen) => seen === 'refused',
  );
  const next = await eventually(token, ({ kid }) => kid === signs);
  assert.ok((await server.identity.verifyToken(next.text)).tenantId);
  await assert.rejects(rotation.retire('nobody'), /there is no signing key/);
});
