import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { refusePlatform } from '#platform/errors.ts';
import { newId } from '#platform/id.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import type { KeyAnswer } from './machines/verifier.ts';
import { createRemoteVerifier } from './remote-verifier.ts';

const keys = await generateKeyPair('PS256');
const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k', alg: 'PS256', use: 'sig' };
const server = createServer((_request, response) =>
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] })),
);
let url = '';
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => server.close());

type Asked = { digest: string; address?: string };
const tid = newId();
const token = (claims: Record<string, string>) =>
  new SignJWT({ tid, scope: 'ledger:read', ...claims })
    .setProtectedHeader({ alg: 'PS256', kid: 'k', typ: 'at+jwt' })
    .setIssuer(`${url}/oidc`)
    .setAudience('lastro-api')
    .setExpirationTime('5m')
    .sign(keys.privateKey);

function verifier(
  isRevoked?: (input: object) => Promise<{ revoked: boolean }>,
  proveKey: (input: Asked) => KeyAnswer = () => assert.fail(),
) {
  let hear: (message: unknown) => void = () => undefined;
  let miss: (() => void) | undefined;
  const made = createRemoteVerifier({
    publicUrl: url,
    identityUrl: undefined,
    identity: isRevoked ? { isRevoked: (_ctx, input) => isRevoked(input), proveKey: async (_ctx, input) => proveKey(input) } : undefined,
    metrics: createMetrics(),
    bus: {
      onBroadcast: (_channel, listener, onGap) => {
        hear = listener;
        miss = onGap;
        return () => undefined;
      },
    },
    now: Date.now,
  });
  return { ...made, hear: (message: object) => hear(message), miss: () => miss?.() };
}
const refused = { code: 'PLATFORM_UNAUTHENTICATED' };

test('a process without identity refuses what is revoked: asked for a token it sees first, heard for one it knows', async () => {
  const asked: object[] = [];
  const remote = verifier(async (input) => {
    asked.push(input);
    return { revoked: (input as { grantId?: string }).grantId === 'gone' };
  });
  await assert.rejects(remote.verify(await token({ sub: newId(), gid: 'gone' })), refused);
  const [sub, known] = [newId(), await token({ sub: newId(), gid: 'g1' })];
  const other = await token({ sub, gid: 'g2' });
  for (let n = 0; n < 3; n++) assert.equal((await remote.verify(known)).tenantId, tid);
  assert.equal(asked.length, 2);
  await remote.verify(other);
  remote.hear({ grantId: 'g1' });
  await assert.rejects(remote.verify(known), refused);
  await remote.verify(other);
  remote.hear({ subjectId: sub });
  await assert.rejects(remote.verify(other), refused);
});

test('what was revoked while nothing could be heard is asked about as soon as hearing comes back', async () => {
  const gone = new Set<string | undefined>();
  const remote = verifier(async (input) => ({ revoked: gone.has((input as { grantId?: string }).grantId) }));
  const known = await token({ sub: newId(), gid: 'g3' });
  await remote.verify(known);
  gone.add('g3');
  await remote.verify(known);
  remote.miss();
  await assert.rejects(remote.verify(known), refused);
});

test('one that was not told where identity lives still counts what it hears, also of tokens it has not seen', async () => {
  const remote = verifier();
  const late = await token({ sub: newId(), gid: 'g9' });
  remote.hear({ grantId: 'g9' });
  await assert.rejects(remote.verify(late), refused);
});

test('a client that was disabled is refused: asked for a token seen first, heard for one that is known, and heard alone where nobody can be asked', async () => {
  const asking = verifier(async (input) => ({ revoked: (input as { clientId?: string }).clientId === 'disabled' }));
  await assert.rejects(asking.verify(await token({ client_id: 'disabled' })), refused);
  const known = await token({ client_id: 'robot' });
  await asking.verify(known);
  asking.hear({ clientId: 'robot' });
  await assert.rejects(asking.verify(known), refused);
  const deaf = verifier();
  const late = await token({ client_id: 'robot' });
  deaf.hear({ clientId: 'robot' });
  await assert.rejects(deaf.verify(late), refused);
  await deaf.verify(await token({ client_id: 'another' }));
});

test('identity that does not answer is no reason to log in again', async () => {
  const remote = verifier(async () => {
    throw refusePlatform('PLATFORM_UNAVAILABLE');
  });
  await assert.rejects(remote.verify(await token({ sub: newId(), gid: 'g' })), { code: 'PLATFORM_UNAVAILABLE' });
});
