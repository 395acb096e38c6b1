/** Machines get in by keys of their own: made, shown once, rotated, revoked in every process, and worth nothing to whoever steals the wrong part. */
import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { createPostgresBus } from '#platform/bus/postgres.ts';
import { manualClock } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import { createDb } from '#platform/db/db.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { type IdentityServer, LASTRO, OUTRA, startIdentityServer } from '../../../../test/support/identity-server.ts';
import { createRemoteVerifier } from '../remote-verifier.ts';
import { DEMO_CLIENT_ID, DEMO_CLIENT_SECRET } from '../seed.ts';
import { createClients } from './clients.ts';
import { keyExpiryJob } from './expiry-job.ts';
import { createMachineKeys } from './keys.ts';
import { machineKeyText } from './machine-key.ts';

const DAY_MS = 86_400_000;
const clock = manualClock(Date.now());
let server: IdentityServer;
let keys: ReturnType<typeof createMachineKeys>;
let clients: ReturnType<typeof createClients>;
const by = { kind: 'service', id: 'admin:test' } as const;
const ROOT = { by, counts: true };
const within = <T>(work: Parameters<typeof server.deps.db.tx<T>>[1], tenantId = LASTRO) =>
  server.deps.db.tx({ module: 'identity', tenants: [tenantId] }, work);

before(async () => {
  server = await startIdentityServer({ clock });
  keys = createMachineKeys(server.deps);
  clients = createClients({
    ...server.deps,
    keys,
    scopes: ['people:read', 'people:write', 'clients:read', 'clients:write', 'ledger:read'],
  });
});
// Tokens are issued by the machine's own time: a clock that another test put forward has left them behind.
beforeEach(() => clock.set(Date.now()));
after(() => server?.close());

let named = 0;
/** A client of its own for each test, with the secret it was given. */
async function newClient(scopes = ['people:read', 'people:write', 'clients:read', 'clients:write'], slug = 'lastro', id = LASTRO) {
  named += 1;
  const given = { name: `erp-${named}`, title: 'ERP', scopes };
  const { client, secret } = await within((tx) => clients.add(tx, { id, slug }, given, ROOT), id);
  return { clientId: client.clientId, secret: secret.text };
}
const newKey = async (clientId: string, more: Partial<Parameters<typeof keys.make>[3]> = {}, tenantId = LASTRO) => {
  const given = { name: 'servidor', scopes: ['people:read', 'clients:read'], networks: [], expiresInDays: 90, ...more };
  const { row, text } = await within((tx) => keys.make(tx, tenantId, clientId, given, ROOT), tenantId);
  return { keyId: row.keyId, text };
};
type Told = { status: number; code: string | undefined; body: Record<string, unknown>; text: string; challenge: string | undefined };
async function call(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  bearer: string,
  body?: unknown,
  key: string = randomUUID(),
): Promise<Told> {
  const answer = await fetch(`${server.publicUrl}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${bearer}`,
      'idempotency-key': key,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const json = (text ? JSON.parse(text) : {}) as Record<string, unknown>;
  return {
    status: answer.status,
    code: json.code as string,
    body: json,
    text,
    challenge: answer.headers.get('www-authenticate') ?? undefined,
  };
}
const list = (clientId: string, bearer: string) => call('GET', `/v1/clients/${clientId}/keys`, bearer);
async function token(clientId: string, secret: string, scope = 'people:read clients:read clients:write'): Promise<Response> {
  const authorization = `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;
  const body = new URLSearchParams({ grant_type: 'client_credentials', scope });
  return fetch(`${server.publicUrl}/oidc/token`, { method: 'POST', headers: { authorization }, body });
}
const tokenOf = async (clientId: string, secret: string, scope?: string): Promise<string> => {
  const answer = await token(clientId, secret, scope);
  assert.equal(answer.status, 200, await answer.clone().text());
  return ((await answer.json()) as { access_token: string }).access_token;
};
const eventually = async (what: string, isSo: () => Promise<boolean>): Promise<void> => {
  for (const end = Date.now() + 20_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 25))) if (await isSo()) return;
  assert.fail(what);
};

test('a key goes where a token of its client goes, with its own scopes, and its last use is noted once a minute', async () => {
  const { clientId } = await newClient();
  const one = await newKey(clientId);
  const found = await list(clientId, one.text);
  assert.equal(found.status, 200, found.text);
  assert.ok(!found.text.includes(one.text.slice(20)), 'nothing that opens is shown again');
  const person = { name: 'Ana Lima', cpf: '529.982.247-25', email: 'ana@exemplo.com.br', password: 'um cavalo correto' };
  const refused = await call('POST', '/v1/people', one.text, person);
  assert.deepEqual([refused.status, refused.code], [403, 'PLATFORM_FORBIDDEN'], 'a scope of its client that the key was not given');
  const used = async () => (await keys.list(LASTRO, clientId)).find(({ keyId }) => keyId === one.keyId)!.lastUsedAt;
  const first = await used();
  assert.equal(first, new Date(clock.now()).toISOString());
  clock.advance(30_000);
  await list(clientId, one.text);
  assert.equal(await used(), first);
  clock.advance(31_000);
  await list(clientId, one.text);
  assert.equal(await used(), new Date(clock.now()).toISOString());
});

test('of a key there is a keyed hash and nothing more; neither table, event nor stored answer holds it', async () => {
  const { clientId, secret } = await newClient();
  const bearer = await tokenOf(clientId, secret);
  const body = { name: 'loja', scopes: ['people:read'], networks: ['203.0.113.0/24'], expiresInDays: 30 };
  const idempotency = randomUUID();
  const made = await call('POST', `/v1/clients/${clientId}/keys`, bearer, body, idempotency);
  assert.equal(made.status, 201, made.text);
  const text = String(made.body.secret);
  assert.match(text, /^lastro_key_[0-9A-Za-z]{49}$/);
  const again = await call('POST', `/v1/clients/${clientId}/keys`, bearer, body, idempotency);
  assert.equal(again.text, made.text, 'asked again under the same key: the same answer');
  const dump = await server.database.admin<{ row: string }>(
    `select k::text as row from identity.machine_keys k union all select o::text from identity.outbox_events o
     union all select i::text from identity.idempotency_keys i`,
  );
  const all = dump.map(({ row }) => row).join('\n');
  assert.ok(all.includes(clientId));
  const digest = createHash('sha256').update(text);
  for (const trace of [text, text.slice(20, 50), secret.slice(20, 50), digest.copy().digest('hex'), digest.copy().digest('base64')])
    assert.ok(!all.includes(trace), 'a trace of the key');
});

test('what is wrong with a key is said by its code: mistyped, unknown, expired, revoked, of a disabled client, a secret', async () => {
  const { clientId, secret } = await newClient();
  const one = await newKey(clientId);
  const expiring = await newKey(clientId, { expiresInDays: 1 });
  for (const [bearer, code] of [
    [`${one.text.slice(0, -1)}${one.text.endsWith('x') ? 'y' : 'x'}`, 'IDENTITY_KEY_INVALID'],
    [machineKeyText('key', randomBytes(32)), 'IDENTITY_KEY_INVALID'],
    [secret, 'IDENTITY_KEY_INVALID'],
  ] as const) {
    const answer = await list(clientId, bearer);
    assert.deepEqual([answer.status, answer.code], [401, code]);
    assert.match(answer.challenge!, /^Bearer error="invalid_token"/);
    assert.ok(!answer.text.includes(bearer.slice(12, 40)), 'an error repeats no key');
  }
  assert.equal((await list(clientId, expiring.text)).status, 200);
  clock.advance(DAY_MS);
  assert.equal((await list(clientId, expiring.text)).code, 'IDENTITY_KEY_EXPIRED');
  await within((tx) => keys.revoke(tx, LASTRO, clientId, one.keyId, by));
  await eventually('the revoked key still counts', async () => (await list(clientId, one.text)).code === 'IDENTITY_KEY_REVOKED');
  const other = await newKey(clientId);
  assert.equal((await list(clientId, other.text)).status, 200);
  await within((tx) => clients.disable(tx, LASTRO, clientId, by));
  await eventually(
    'the key of a disabled client counts',
    async () => (await list(clientId, other.text)).code === 'IDENTITY_CLIENT_DISABLED',
  );
  assert.equal((await token(clientId, secret)).status, 401, 'nor does it get a token');
});

test('a key is good from its networks only', async () => {
  const { clientId } = await newClient();
  const far = await newKey(clientId, { networks: ['203.0.113.0/24', '2001:db8::/32'] });
  const stolen = await list(clientId, far.text);
  assert.deepEqual([stolen.status, stolen.code], [403, 'IDENTITY_KEY_ELSEWHERE']);
  assert.equal((await keys.list(LASTRO, clientId)).find(({ keyId }) => keyId === far.keyId)!.lastUsedAt, null, 'that was no use of it');
  const near = await newKey(clientId, { networks: ['127.0.0.0/8', '::1'] });
  assert.equal((await list(clientId, near.text)).status, 200);
  await assert.rejects(newKey(clientId, { networks: ['everywhere'] }), { code: 'IDENTITY_NETWORK_INVALID' });
});

test('to another tenant a client and its keys do not exist, and its key opens its own tenant only', async () => {
  const mine = await newClient();
  const theirs = await newClient(['people:read', 'clients:read', 'clients:write'], 'outra', OUTRA);
  const key = await newKey(theirs.clientId, {}, OUTRA);
  assert.equal((await list(theirs.clientId, key.text)).status, 200);
  const unknown = await list('nobody', key.text);
  const foreign = await list(mine.clientId, key.text);
  assert.deepEqual([foreign.status, foreign.code, foreign.body.detail], [404, 'IDENTITY_CLIENT_NOT_FOUND', unknown.body.detail]);
  const caller = await server.identity.verifyToken(key.text, '127.0.0.1');
  assert.deepEqual([caller.tenantId, caller.clientId], [OUTRA, theirs.clientId]);
  const bearer = await tokenOf(theirs.clientId, theirs.secret);
  const own = await newKey(mine.clientId);
  for (const [method, path] of [
    ['DELETE', `/v1/clients/${mine.clientId}/keys/${own.keyId}`],
    ['DELETE', `/v1/clients/${theirs.clientId}/keys/${own.keyId}`],
    ['POST', `/v1/clients/${theirs.clientId}/keys/${own.keyId}/rotate`],
  ] as const)
    assert.equal((await call(method, path, bearer, method === 'POST' ? { expiresInDays: 90 } : undefined)).status, 404, path);
  assert.equal((await list(mine.clientId, own.text)).status, 200, 'nothing happened to it');
});

test('a client makes keys for itself, with scopes of its token, and a key makes none', async () => {
  const { clientId, secret } = await newClient();
  const other = await newClient();
  const bearer = await tokenOf(clientId, secret);
  const make = (who: string, of: string, scopes = ['people:read']) => call('POST', `/v1/clients/${of}/keys`, who, { name: 'x', scopes });
  const { secret: made } = (await make(bearer, clientId)).body;
  assert.equal((await list(clientId, String(made))).code, 'PLATFORM_FORBIDDEN', 'it has the one scope it was given');
  for (const [answer, code] of [
    [await make(bearer, other.clientId), 'IDENTITY_KEY_OF_ANOTHER'],
    [await make(bearer, clientId, ['people:write']), 'IDENTITY_SCOPE_UNKNOWN'],
    [await make(bearer, clientId, ['ledger:read']), 'IDENTITY_SCOPE_UNKNOWN'],
    [await make(bearer, clientId, ['emperor']), 'IDENTITY_SCOPE_UNKNOWN'],
  ] as const)
    assert.equal(answer.code, code, answer.text);
  const theirs = await newKey(other.clientId);
  for (const answer of [
    await list(other.clientId, bearer),
    await call('DELETE', `/v1/clients/${other.clientId}/keys/${theirs.keyId}`, bearer),
  ])
    assert.deepEqual([answer.status, answer.code], [403, 'IDENTITY_KEY_OF_ANOTHER'], 'nor does it see or revoke those of another');
  assert.equal((await list(other.clientId, theirs.text)).status, 200);
  const strong = await newKey(clientId, { scopes: ['clients:read', 'clients:write'] });
  assert.equal((await make(strong.text, clientId, ['clients:read'])).code, 'IDENTITY_KEY_MAKES_NO_KEY');
  const rotated = await call('POST', `/v1/clients/${clientId}/keys/${strong.keyId}/rotate`, strong.text, { expiresInDays: 90 });
  assert.equal(rotated.code, 'IDENTITY_KEY_MAKES_NO_KEY', 'a stolen key does not outlive its own end');
  assert.equal((await call('DELETE', `/v1/clients/${clientId}/keys/${strong.keyId}`, strong.text)).status, 200, 'it may take itself away');
});

test('two count while one takes the place of the other, then one; a third at the same time is refused', async () => {
  const { clientId, secret } = await newClient();
  const one = await newKey(clientId);
  const rotate = async (keyId: string, key?: string) =>
    call('POST', `/v1/clients/${clientId}/keys/${keyId}/rotate`, await tokenOf(clientId, secret), { expiresInDays: 90 }, key);
  const idempotency = randomUUID();
  const [first, repeated] = [await rotate(one.keyId, idempotency), await rotate(one.keyId, idempotency)];
  assert.equal(first.status, 201, first.text);
  assert.equal(repeated.text, first.text);
  assert.equal((await rotate(one.keyId)).code, 'IDENTITY_KEY_REPLACED');
  const next = { text: String(first.body.secret), keyId: (first.body.key as { keyId: string }).keyId };
  assert.notEqual(next.text, one.text);
  const status = async (text: string) => (await list(clientId, text)).status;
  assert.deepEqual([await status(one.text), await status(next.text)], [200, 200]);
  clock.advance(DAY_MS + 1_000);
  await eventually(
    'the key before counts for longer than a day',
    async () => (await list(clientId, one.text)).code === 'IDENTITY_KEY_EXPIRED',
  );
  assert.equal(await status(next.text), 200);
  const shown = await keys.list(LASTRO, clientId);
  const of = (id: string) => shown.find(({ keyId }) => keyId === id)!;
  assert.deepEqual([of(one.keyId).replacedBy, of(next.keyId).replaces], [next.keyId, one.keyId]);
  assert.deepEqual(of(next.keyId).scopes, of(one.keyId).scopes);
});

test('of twenty who rotate one key at once, one does', async () => {
  const { clientId } = await newClient();
  const one = await newKey(clientId);
  const all = await Promise.allSettled(
    Array.from({ length: 20 }, () => within((tx) => keys.rotate(tx, LASTRO, clientId, one.keyId, ROOT))),
  );
  assert.equal(all.filter(({ status }) => status === 'fulfilled').length, 1);
});

test('two secrets count while one takes the place of the other, and what was derived does not', async () => {
  const { clientId, secret } = await newClient();
  const renew = async () => (await within((tx) => keys.renewSecret(tx, LASTRO, clientId, ROOT))).text;
  const works = async (given: string) => (await token(clientId, given)).status === 200;
  const second = await renew();
  assert.deepEqual(
    [await works(secret), await works(second), await works(`${second}x`), await works(randomBytes(32).toString('base64url'))],
    [true, true, false, false],
  );
  const third = await renew();
  assert.deepEqual([await works(secret), await works(second), await works(third)], [false, true, true], 'never more than two');
  clock.advance(DAY_MS + 1_000);
  assert.deepEqual([await works(second), await works(third)], [false, true]);
  assert.equal(await token(DEMO_CLIENT_ID, DEMO_CLIENT_SECRET).then(({ status }) => status), 200, 'the demonstration’s is as it was');
});

test('the secret of a client from before counts while another is asked for, and for a day beside it', async () => {
  const works = async (given: string) => (await token(DEMO_CLIENT_ID, given, 'people:write')).status === 200;
  await server.database.admin("update identity.clients set created_at = created_at - interval '1 year' where client_id = $1", [
    DEMO_CLIENT_ID,
  ]);
  const waits = { by, counts: false };
  const next = await within((tx) => keys.renewSecret(tx, LASTRO, DEMO_CLIENT_ID, waits));
  assert.deepEqual([await works(DEMO_CLIENT_SECRET), await works(next.text)], [true, false], 'asked for, and nothing more');
  await within((tx) => keys.activate(tx, LASTRO, DEMO_CLIENT_ID, next.row.keyId, by));
  assert.deepEqual([await works(DEMO_CLIENT_SECRET), await works(next.text)], [true, true]);
  clock.advance(DAY_MS);
  assert.deepEqual([await works(DEMO_CLIENT_SECRET), await works(next.text)], [false, true]);
  await server.database.admin('delete from identity.machine_keys where client_id = $1', [DEMO_CLIENT_ID]);
});

test('of many keys that ended since, none hides a secret that still counts', async () => {
  const { clientId, secret } = await newClient();
  await server.database.admin(
    `insert into identity.machine_keys (tenant_id, key_id, client_id, kind, name, beginning, hash, created_by, created_at, active_at, expires_at, revoked_at)
     select $1, gen_random_uuid(), $2, 'key', 'x', 'x', sha256(gen_random_uuid()::text::bytea), 'test', $3, $3, $3::timestamptz + interval '1 day', $3
     from generate_series(1, 250)`,
    [LASTRO, clientId, new Date(clock.now() + 1_000)],
  );
  const { text } = await within((tx) => keys.renewSecret(tx, LASTRO, clientId, ROOT));
  clock.advance(DAY_MS + 1_000);
  assert.deepEqual([(await token(clientId, secret)).status, (await token(clientId, text)).status], [401, 200]);
});

test('what waits is let in within a day, and never in the place of a key that was taken away', async () => {
  const { clientId } = await newClient();
  const waits = { by, counts: false };
  const activate = (keyId: string) => within((tx) => keys.activate(tx, LASTRO, clientId, keyId, by));
  const one = await newKey(clientId);
  const next = await within((tx) => keys.rotate(tx, LASTRO, clientId, one.keyId, waits));
  await within((tx) => keys.revoke(tx, LASTRO, clientId, one.keyId, by));
  await assert.rejects(activate(next.row.keyId), { code: 'IDENTITY_KEY_OVER' });
  const late = await within((tx) => keys.renewSecret(tx, LASTRO, clientId, waits));
  clock.advance(DAY_MS - 1);
  const inTime = await within((tx) => keys.renewSecret(tx, LASTRO, clientId, waits));
  clock.advance(1);
  await assert.rejects(activate(late.row.keyId), { code: 'IDENTITY_KEY_OVER' });
  await activate(inTime.row.keyId);
});

test('another process hears at once that a key or its client ended, and asks again for what it missed', async () => {
  const db = createDb({ url: server.database.appUrl, log: server.deps.log, poolSize: 2 });
  const bus = createPostgresBus({ db, log: server.deps.log, clock });
  const asked: string[] = [];
  const remote = createRemoteVerifier({
    publicUrl: server.publicUrl,
    identityUrl: undefined,
    identity: {
      isRevoked: async () => ({ revoked: false }),
      proveKey: async (ctx: CallContext, input) => {
        asked.push(input.digest);
        return server.identity.face!.impl.proveKey(ctx, input);
      },
    },
    bus,
    now: () => clock.now(),
    metrics: createMetrics(),
  });
  try {
    const { clientId } = await newClient();
    const [one, two] = [await newKey(clientId), await newKey(clientId)];
    const verify = (text: string) => remote.verify(text, '127.0.0.1');
    for (const text of [one.text, two.text, one.text]) assert.equal((await verify(text)).clientId, clientId);
    assert.equal(asked.length, 2);
    // The broadcast is heard once the listening connection stands: what is refused is refused without the clock having moved.
    const codeOf = (text: string) =>
      verify(text).then(
        () => 'good',
        ({ code }: { code: string }) => code,
      );
    await within((tx) => keys.revoke(tx, LASTRO, clientId, one.keyId, by));
    await eventually('the revoked key counts elsewhere', async () => (await codeOf(one.text)) === 'IDENTITY_KEY_REVOKED');
    assert.equal(await codeOf(two.text), 'good');
    await within((tx) => clients.disable(tx, LASTRO, clientId, by));
    await eventually('the client counts elsewhere', async () => (await codeOf(two.text)) === 'IDENTITY_CLIENT_DISABLED');
  } finally {
    remote.close();
    await bus.close();
    await db.close();
  }
});

test('scopes that a client has lost are no key’s, and those of no module are nobody’s', async () => {
  const { clientId } = await newClient();
  const one = await newKey(clientId);
  await server.database.admin("update identity.clients set scopes = '{people:read}' where client_id = $1", [clientId]);
  assert.deepEqual([...(await server.identity.verifyToken(one.text, '127.0.0.1')).scopes], ['people:read']);
  await assert.rejects(newClient(['people:read', 'emperor']), { code: 'IDENTITY_SCOPE_UNKNOWN' });
  await assert.rejects(newClient([]), { code: 'IDENTITY_SCOPE_UNKNOWN' });
});

test('a key whose end is near is told of once, to the trail and to the figures; one that has a follower is not', async () => {
  const { clientId } = await newClient();
  const near = await newKey(clientId, { expiresInDays: 13 });
  const replaced = await newKey(clientId, { expiresInDays: 13 });
  await within((tx) => keys.rotate(tx, LASTRO, clientId, replaced.keyId, ROOT));
  await newKey(clientId, { expiresInDays: 15 });
  const told: string[] = [];
  const post = { tellOfKey: async (_tx: unknown, _tenant: string, subjectId: string) => void told.push(subjectId) };
  const job = keyExpiryJob({ ...server.deps, post: post as never });
  const run = () => job.run({ db: server.deps.db } as never);
  await run();
  await run();
  const events = await server.database.admin<{ data: { keyId: string; clientId: string } }>(
    "select data from identity.outbox_events where type = 'identity.machine-key-expiring.v1' and key = $1",
    [clientId],
  );
  const ids = new Set([near.keyId, (await keys.list(LASTRO, clientId)).find(({ replaces }) => replaces === replaced.keyId)!.keyId]);
  assert.deepEqual(new Set(events.map(({ data }) => data.keyId)), ids);
  assert.equal(events.length, 2, 'each once');
  const gauge = await server.deps.metrics.registry.getSingleMetric('lastro_api_keys_expiring')!.get();
  assert.ok(gauge.values.some(({ labels, value }) => labels.tenant === 'lastro' && value >= 2));
  assert.equal(told.length, 0, 'this tenant has no operators to write to');
});
