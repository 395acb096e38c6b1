/** What opens something takes two operators: who made a key, and was shown it, is not who lets it count. Taking away is one person's. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { manualClock } from '#platform/clock.ts';
import { type BffServer, ownHeaders, startBffServer } from '../../../../test/support/bff-server.ts';
import type { CookieClient } from '../../../../test/support/cookie-client.ts';
import { addOperator, enterDesk } from '../../../../test/support/operator.ts';
import { keyExpiryJob } from './expiry-job.ts';

type Seat = { browser: CookieClient; desk: string };
type Body = Record<string, unknown>;
type Approval = { id: string; seal: string; state: string };
const clock = manualClock(Date.now());
const AT = '/bff/v1/desk/identity/clients';
const WHY = { reason: 'Contrato novo' };
let server: BffServer;
let ana: Seat;
let bia: Seat;
let auditor: Seat;

before(async () => {
  server = await startBffServer({ clock });
  const sit = async (name: string, role: string): Promise<Seat> =>
    enterDesk(server, await addOperator(server, { name, email: `${name.toLowerCase()}@banco.example.com`, roles: [role] }));
  ana = await sit('Ana', 'admin');
  bia = await sit('Bia', 'admin');
  auditor = await sit('Clara', 'auditor');
});
after(() => server?.close());

async function ask(seat: Seat, path: string, status: number, body?: unknown): Promise<Body> {
  const headers = body === undefined ? {} : { ...(await ownHeaders(seat.browser, seat.desk)), 'idempotency-key': randomUUID() };
  const answer = await seat.browser.send(`${seat.desk}${path}`, body === undefined ? {} : { headers, body });
  assert.equal(answer.status, status, `${path}: ${answer.text}`);
  return answer.json() as Body;
}
const decide = (seat: Seat, { id, seal }: Approval, status = 200, decision = 'approve') =>
  ask(seat, `/bff/v1/desk/identity/approvals/${id}/decide`, status, { decision, seal, reason: 'Conferido' });
const approvalOf = (body: Body): Approval => body.approval as Approval;
const token = async (clientId: string, secret: string) => {
  const authorization = `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;
  const form = { grant_type: 'client_credentials', scope: 'clients:read' };
  return (await server.browser().send(`${server.publicUrl}/oidc/token`, { form, headers: { authorization } })).status;
};
const use = async (clientId: string, key: string) => {
  const answer = await server
    .browser()
    .send(`${server.publicUrl}/v1/clients/${clientId}/keys`, { headers: { authorization: `Bearer ${key}` } });
  return answer.status === 200 ? 200 : (answer.json() as { code: string }).code;
};
const usable = async (clientId: string, key: string, wanted: number | string): Promise<void> => {
  for (const end = Date.now() + 20_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 25)))
    if ((await use(clientId, key)) === wanted) return;
  assert.equal(await use(clientId, key), wanted);
};
const client = (name: string) => ({ name, title: 'ERP da padaria', scopes: ['clients:read', 'people:read'], ...WHY });
async function approvedClient(name: string): Promise<{ clientId: string; secret: string }> {
  const asked = await ask(ana, AT, 201, client(name));
  await decide(bia, approvalOf(asked));
  return { clientId: (asked.client as { clientId: string }).clientId, secret: String(asked.secret) };
}

test('a client is asked for by one and let in by another; until then its secret opens nothing', async () => {
  const asked = await ask(ana, AT, 201, client('erp'));
  const [{ clientId }, secret] = [asked.client as { clientId: string }, String(asked.secret)];
  assert.equal(clientId, 'lastro_erp');
  assert.equal(await token(clientId, secret), 401);
  const again = await ask(ana, AT, 409, client('erp'));
  assert.equal(again.code, 'IDENTITY_CLIENT_EXISTS');
  assert.equal((await decide(ana, approvalOf(asked), 403)).code, 'PLATFORM_APPROVAL_OWN');
  await decide(auditor, approvalOf(asked), 403);
  assert.equal(await token(clientId, secret), 401);
  await decide(bia, approvalOf(asked));
  assert.equal(await token(clientId, secret), 200);
  for (const [body, code] of [
    [client('Um Nome'), 'IDENTITY_CLIENT_NAME_INVALID'],
    [{ ...client('crm'), scopes: ['emperor'] }, 'IDENTITY_SCOPE_UNKNOWN'],
  ] as const)
    assert.equal((await ask(ana, AT, 422, body)).code, code);
  const { clients } = (await ask(auditor, AT, 200)) as { clients: { clientId: string }[] };
  assert.ok(
    clients.some((one) => one.clientId === clientId),
    'an auditor sees who there is',
  );
  await ask(auditor, AT, 403, client('outro'));
});

test('a key is made by one and counts once another approved it; refused, it never does', async () => {
  const { clientId } = await approvedClient('chaves');
  const wanted = { name: 'Servidor', scopes: ['clients:read'], networks: ['127.0.0.0/8'], expiresInDays: 30, ...WHY };
  const asked = await ask(ana, `${AT}/${clientId}/keys`, 201, wanted);
  const secret = String(asked.secret);
  assert.equal(await use(clientId, secret), 'IDENTITY_KEY_WAITING');
  const { approvals } = (await ask(bia, '/bff/v1/desk/identity/approvals', 200)) as { approvals: { payload: Body }[] };
  assert.ok(!JSON.stringify(approvals).includes(secret.slice(20)), 'who approves is not shown what they approve');
  const payload = approvals.map((one) => one.payload).find((one) => one.clientId === clientId)!;
  assert.deepEqual([payload.scopes, payload.networks], [['clients:read'], ['127.0.0.0/8']], 'but what it may, and from where');
  await decide(bia, approvalOf(asked));
  await usable(clientId, secret, 200);
  const refused = await ask(ana, `${AT}/${clientId}/keys`, 201, wanted);
  await decide(bia, approvalOf(refused), 200, 'refuse');
  assert.equal(await use(clientId, String(refused.secret)), 'IDENTITY_KEY_WAITING');
  const more = await ask(ana, `${AT}/${clientId}/keys`, 422, { ...wanted, scopes: ['people:write'] });
  assert.equal(more.code, 'IDENTITY_SCOPE_UNKNOWN', 'no more than its client may');
});

test('a rotation waits as well, and the key before goes on until it is approved; one waits at a time', async () => {
  const { clientId } = await approvedClient('troca');
  const first = await ask(ana, `${AT}/${clientId}/keys`, 201, { name: 'a', scopes: ['clients:read'], ...WHY });
  await decide(bia, approvalOf(first));
  await usable(clientId, String(first.secret), 200);
  const { keyId } = first.key as { keyId: string };
  const rotate = (status: number) => ask(ana, `${AT}/${clientId}/keys/${keyId}/rotate`, status, WHY);
  const next = await rotate(201);
  assert.equal((await rotate(409)).code, 'PLATFORM_APPROVAL_PENDING');
  assert.deepEqual([await use(clientId, String(first.secret)), await use(clientId, String(next.secret))], [200, 'IDENTITY_KEY_WAITING']);
  await decide(bia, approvalOf(next));
  await usable(clientId, String(next.secret), 200);
  assert.equal(await use(clientId, String(first.secret)), 200, 'two count');
  assert.equal((await rotate(409)).code, 'IDENTITY_KEY_REPLACED');
  const { keys } = (await ask(ana, `${AT}/${clientId}/keys`, 200)) as { keys: { keyId: string; expiresAt: string }[] };
  assert.ok(Date.parse(keys.find((one) => one.keyId === keyId)!.expiresAt) <= clock.now() + 86_400_000, 'for a day');
});

test('one operator alone takes a key and a client away, at once; to bring the client back takes two', async () => {
  const { clientId, secret } = await approvedClient('fim');
  const asked = await ask(ana, `${AT}/${clientId}/keys`, 201, { name: 'a', scopes: ['clients:read'], ...WHY });
  await decide(bia, approvalOf(asked));
  await usable(clientId, String(asked.secret), 200);
  await ask(auditor, `${AT}/${clientId}/disable`, 403, {});
  await ask(ana, `${AT}/${clientId}/disable`, 200, {});
  await usable(clientId, String(asked.secret), 'IDENTITY_CLIENT_DISABLED');
  assert.equal(await token(clientId, secret), 401);
  const back = (await ask(ana, `${AT}/${clientId}/enable`, 202, WHY)) as unknown as Approval;
  assert.equal(await token(clientId, secret), 401);
  await decide(bia, back);
  assert.equal(await token(clientId, secret), 200);
  const { keyId } = asked.key as { keyId: string };
  await ask(ana, `${AT}/${clientId}/keys/${keyId}/revoke`, 200, {});
  await usable(clientId, String(asked.secret), 'IDENTITY_KEY_REVOKED');
});

test('another secret waits for an approval; then both count', async () => {
  const { clientId, secret } = await approvedClient('segredo');
  const asked = await ask(ana, `${AT}/${clientId}/secret`, 201, WHY);
  assert.deepEqual([await token(clientId, secret), await token(clientId, String(asked.secret))], [200, 401]);
  await decide(bia, approvalOf(asked));
  assert.deepEqual([await token(clientId, secret), await token(clientId, String(asked.secret))], [200, 200]);
});

test('admins get a letter about a key that ends soon, once; an auditor gets none', async () => {
  const { clientId } = await approvedClient('vence');
  const asked = await ask(ana, `${AT}/${clientId}/keys`, 201, { name: 'a', scopes: ['clients:read'], expiresInDays: 5, ...WHY });
  await decide(bia, approvalOf(asked));
  const told: string[] = [];
  const post = { tellOfKey: async (_tx: unknown, _tenantId: string, subjectId: string) => void told.push(subjectId) };
  await keyExpiryJob({ ...server.deps, post: post as never }).run({ db: server.deps.db } as never);
  const admins = await server.database.admin<{ id: string }>("select subject_id as id from identity.operators where 'admin' = any (roles)");
  assert.deepEqual(told.toSorted(), admins.map(({ id }) => id).toSorted(), 'admins and nobody else');
  await server.database.admin('update identity.machine_keys set noticed_at = null where client_id = $1', [clientId]);
  const job = server.identity.jobs!.find(({ name }) => name === 'identity.expiring-keys')!;
  for (let n = 0; n < 2; n++) await job.run({ db: server.deps.db } as never);
  for (const name of ['ana', 'bia']) {
    const letter = await server.mail.next(`${name}@banco.example.com`, /chave de API vence/);
    assert.match(letter.text, new RegExp(`Sistema: ${clientId}`));
    assert.ok(!letter.text.includes('lastro_key'), 'nothing of the key');
  }
});
