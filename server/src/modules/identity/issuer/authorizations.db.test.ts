import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type IdentityServer, startIdentityServer } from '../../../../test/support/identity-server.ts';
import { deleteExpired } from '../store/expired.ts';

let server: IdentityServer;
before(async () => {
  server = await startIdentityServer();
});
after(() => server?.close());

const A_MINUTE_AND_NETWORK = 120;
const LONGEST_MS = 10 * 60_000;

test('what a stranger makes the issuer keep is bounded: so many log-ins under way a minute and network, each for ten minutes', async () => {
  const query = new URLSearchParams({
    client_id: 'bff-lastro',
    response_type: 'code',
    scope: 'openid',
    redirect_uri: `${server.publicUrl}/bff/callback`,
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  });
  const began = Date.now();
  const statuses = new Map<number, number>();
  for (let i = 0; i < A_MINUTE_AND_NETWORK + 10; i++) {
    const { status } = await server.browser().send(`${server.publicUrl}/oidc/auth?${query}`);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  const rows = await server.database.admin<{ expires_at: Date }>(
    "select expires_at from identity.oidc_payloads where model = 'Interaction'",
  );
  assert.equal(rows.length, statuses.get(303) ?? statuses.get(302), 'what is refused leaves nothing');
  // On a slow machine they take longer than the minute in which they are counted.
  const minutes = Math.ceil((Date.now() - began) / 60_000);
  assert.ok(rows.length <= A_MINUTE_AND_NETWORK * minutes, JSON.stringify([...statuses]));
  if (minutes === 1) assert.equal(statuses.get(429), 10);
  for (const { expires_at } of rows) assert.ok(expires_at.getTime() <= Date.now() + LONGEST_MS);
  const later = new Date(Date.now() + LONGEST_MS + 61_000);
  await server.deps.db.tx({ module: 'identity', system: true }, (tx) => deleteExpired(tx, later));
  assert.deepEqual(await server.database.admin("select from identity.oidc_payloads where model = 'Interaction'"), []);
});
