/** A tenant whose payments go by Efí, end to end: their wire, their ids, their announcements, and books that agree with their lists. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { newId } from '#platform/id.ts';
import { createSandbox, type Sandbox } from '../../../../sandbox/src/app.ts';
import { openWorld, pay, reaches, until, type World } from '../../../test/support/payments-world.ts';
import { homeTenantOf } from './deps.ts';
import { efi } from './rails/efi/adapter.ts';
import type { Movement, Rail } from './rails/port.ts';
import { readStatement } from './rails/read-statement.ts';
import { reconcile } from './reconcile.ts';
import { receiptName } from './record.ts';

const HOME = homeTenantOf({});
const KEY = 'efi-sandbox-key';
const CERTIFICATE = { header: 'x-client-verify', value: 'SUCCESS' };
const SECRETS: Record<string, string> = { 'efi-id': 'cliente', 'efi-secret': 'segredo', 'efi-hmac': 'endereco-secreto' };
type Line = { endToEndId: string; ownId?: string; returnId?: string; direction: string; status: string; amount: string };

const folder = mkdtempSync(path.join(tmpdir(), 'efi-'));
let sandbox: Sandbox;
let url: string;
let world: World;
let rail: Rail;
let began: number;

before(async () => {
  began = Date.now();
  const counter = { clientId: 'cliente', clientSecret: 'segredo', certificateHeaders: { [CERTIFICATE.header]: CERTIFICATE.value } };
  sandbox = createSandbox({
    dataDir: folder,
    apiKey: KEY,
    webhookSecret: 'x',
    settlementDelayMs: 20,
    webhookRetryMaxMs: 1_000,
    efi: counter,
  });
  url = await sandbox.listen();
  world = await openWorld({ config: { providerTimeoutMs: 800, leaseMs: 2_500, secretOf: (name) => SECRETS[name] }, jobs: ['arrivals'] });
  const settings = { url, payerKey: 'conta@exemplo.com.br', maxInFlight: 8, certificate: CERTIFICATE };
  await world.database.admin(
    `insert into payments.connections (name, for_tenant, rail, adapter, settings, secrets) values ('efi', $1, 'pix', 'efi', $2, $3)`,
    [world.tenantId, settings, { clientId: 'efi-id', clientSecret: 'efi-secret', webhookHmac: 'efi-hmac' }],
  );
  rail = efi.open({
    settings,
    secrets: { clientId: 'cliente', clientSecret: 'segredo', webhookHmac: 'endereco-secreto' },
    timeoutMs: 2_000,
    queueMs: 2_000,
    capabilities: { statementLagMs: 0 },
  });
  // Another process of the installation tells Efí where the door is, and Efí tries it with and without its certificate.
  const other = await world.openProcess({ announceTo: world.main.url });
  const someone = await world.person(5_000n);
  await pay(other.face, someone, 100n, 'maria@exemplo.com.br');
  await until(
    'the door is known',
    () => call<{ url: string | null }>('GET', '/admin/webhook'),
    ({ url: known }) => known !== null,
  );
  await other.close();
});
after(async () => {
  await rail?.close();
  await world?.close();
  await sandbox?.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => faults({}));

async function call<T>(method: string, at: string, body?: unknown): Promise<T> {
  const answer = await fetch(`${url}${at}`, {
    method,
    headers: { authorization: `Bearer ${KEY}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  assert.ok(answer.ok, `${method} ${at}: ${answer.status}`);
  return (await answer.json()) as T;
}
const faults = (body: object) => call('PUT', '/admin/faults', body);
const lines = async () => (await call<{ lines: Line[] }>('GET', '/admin/statement')).lines;
const rowOf = async (amountMinor: bigint) => {
  const [row] = await world.database.admin<{ own_id: string; connection: string }>(
    'select end_to_end_id as own_id, connection from payments.payments where amount_minor = $1',
    [String(amountMinor)],
  );
  return row!;
};
const executed = async (amountMinor: bigint) => {
  const { own_id } = await rowOf(amountMinor);
  return (await lines()).filter(({ ownId, status }) => ownId === own_id && status === 'settled').length;
};

test('a payment goes by the tenant’s own connection, and is called outside as Efí calls it', async () => {
  const ana = await world.person(10_000n);
  const { id } = await pay(world.main.face, ana, 1_234n, 'maria@exemplo.com.br');
  const settled = await reaches(world, ana, id, 'settled');
  const { own_id, connection } = await rowOf(1_234n);
  assert.equal(connection, 'efi');
  const [line] = (await lines()).filter(({ ownId }) => ownId === own_id);
  assert.equal(settled.endToEndId, line!.endToEndId);
  assert.notEqual(settled.endToEndId, own_id);
  assert.equal((await world.main.face.getComprovante(ana.ctx, { id, accountId: ana.subjectId })).endToEndId, line!.endToEndId);
  assert.equal(await executed(1_234n), 1);
});

test('rejected there: the money is back', async () => {
  const ana = await world.person(10_000n);
  const { id } = await pay(world.main.face, ana, 2_001n, 'rejeita@exemplo.com.br');
  await reaches(world, ana, id, 'failed');
  const { availableMinor, heldMinor } = await world.main.face.getBalance(ana.ctx, { accountId: ana.subjectId });
  assert.deepEqual([availableMinor, heldMinor], ['10000', '0']);
});

test('no answer, a replica that lags, no announcement, and "there is one already" to the second send: unknown, then settled, once', async () => {
  const ana = await world.person(10_000n);
  await faults({ timeoutAfterExecute: 1, query: { notFoundMs: 1_500 }, webhook: { never: true } });
  const { id } = await pay(world.main.face, ana, 2_002n, 'maria@exemplo.com.br');
  await reaches(world, ana, id, 'settled');
  const { steps } = await world.main.face.getSteps(world.ctx(), { paymentId: id });
  const said = steps.map(({ step, outcome }) => `${step}:${outcome.result}`);
  assert.ok(said.includes('send:unclear'), said.join(' '));
  assert.equal(await executed(2_002n), 1);
});

test('whoever sends it dies: taken up again, asked about, settled once', async (t) => {
  const ana = await world.person(10_000n);
  let isDead = false;
  const dying = await world.openProcess({}, (name) => {
    if (!isDead && name !== 'payments.payment/send:after') return;
    isDead = true;
    throw new Error(`stopped at ${name}`);
  });
  t.after(() => dying.close());
  await pay(dying.face, ana, 2_003n, 'maria@exemplo.com.br').catch(() => undefined);
  await until(
    'its end',
    () => world.database.admin<{ status: string }>('select status from payments.payments where amount_minor = 2003'),
    ([row]) => row?.status === 'settled',
  );
  assert.equal(await executed(2_003n), 1);
});

test('what arrives is credited, announced or not', async () => {
  const ana = await world.person();
  for (const [amount, how] of [
    ['3.01', {}],
    ['3.02', { webhook: { neverReceived: true } }],
  ] as const) {
    await faults(how);
    const { endToEndId } = await call<{ endToEndId: string }>('POST', '/admin/receive', { payeeKey: ana.account.pixKey, amount });
    const [receipt] = await until(
      `${amount} is credited`,
      () =>
        world.database.admin<{ status: string; connection: string; found_by: string }>(
          'select status, connection, found_by from payments.receipts where end_to_end_id = $1',
          [endToEndId],
        ),
      ([row]) => row?.status === 'credited',
    );
    assert.deepEqual([receipt!.connection, receipt!.found_by], ['efi', amount === '3.01' ? 'announcement' : 'statement']);
  }
  assert.equal((await world.main.face.getBalance(ana.ctx, { accountId: ana.subjectId })).availableMinor, '603');
});

test('nobody’s money goes back by Efí, once, although the answer never came', async () => {
  const { endToEndId } = await call<{ endToEndId: string }>('POST', '/admin/receive', {
    payeeKey: 'ninguem@exemplo.com.br',
    amount: '4.01',
    requestId: 'devolve',
  });
  const find = () =>
    world.database.admin<{ id: string; status: string }>('select id, status from payments.receipts where end_to_end_id = $1', [endToEndId]);
  const [receipt] = await until('it stands still', find, ([row]) => row?.status === 'unmatched');
  await faults({ only: { devolve: { timeoutAfterExecute: 1 } } });
  await world.main.face.decideReceipt(
    { ...world.ctx(), tenantId: HOME, actor: { kind: 'service', id: 'operator' }, idempotencyKey: newId() },
    { receiptId: receiptName(receipt!.id), decision: 'give-back', reason: 'ninguém tem esta chave' },
  );
  await until('it is back', find, ([row]) => row?.status === 'returned');
  const back = (await lines()).filter((one) => one.endToEndId === endToEndId && one.status === 'returned');
  assert.deepEqual(
    back.map(({ amount }) => amount),
    ['4.01'],
  );
});

test('in the end our books and Efí’s two lists differ in nothing', async () => {
  const all: Movement[] = [];
  const period = { fromMs: began - 60_000, toMs: Date.now() };
  const found = await until(
    'the books agree',
    async () => {
      all.length = 0;
      const { fault } = await readStatement(rail, { ...period, toMs: Date.now() + 5_000 }, async (some) => all.push(...some) > 0 || true);
      assert.equal(fault, null);
      return reconcile(world.main.db, async () => all, period, 'efi');
    },
    (differences) => differences.length === 0,
  );
  assert.deepEqual(found, []);
  assert.ok(all.length >= 7, `${all.length} lines`);
});
