/** The ways to providers as operators set them up: who goes which way, what stands still, and what no row ever holds. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '#platform/clock.ts';
import { newId } from '#platform/id.ts';
import { createLogger } from '#platform/log.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { openWorld, pay, reaches, type World } from '../../../../test/support/payments-world.ts';
import type { PaymentsDeps } from '../deps.ts';
import { openConnectionsDesk } from '../desk-connections.ts';
import { createRails } from './rails.ts';
import { secretFiles } from './secret-files.ts';

/** Rows are read again after two seconds. */
const TAKEN_UP_MS = 2_300;
const folder = mkdtempSync(path.join(tmpdir(), 'secrets-'));
let world: World;
before(async () => {
  world = await openWorld();
});
after(async () => {
  await world?.close();
  rmSync(folder, { recursive: true, force: true });
});

const desk = () => openConnectionsDesk({ db: world.main.db });
function railsOf(providerUrl = world.sandboxUrl) {
  const { db, bus, vault } = world.main;
  const config = { providerUrl, capabilities: {} };
  const platform = { db, bus, vault, clock: systemClock, log: createLogger({ level: 'fatal' }), metrics: createMetrics() };
  const own: Record<string, string> = { PIX_PROVIDER_API_KEY: 'test-key', PIX_WEBHOOK_SECRET: world.secret };
  const files = secretFiles(folder);
  const deps = { ...platform, config } as unknown as PaymentsDeps;
  return createRails(deps, { timeoutMs: 500, queueMs: 500 }, (name) => own[name] ?? files(name));
}

test('what the environment says is the row of the default connection, and a payment keeps its own', async () => {
  const ana = await world.person(10_000n);
  const { id } = await pay(world.main.face, ana, 1_000n);
  await reaches(world, ana, id, 'settled');
  const rows = await world.database.admin('select name, for_tenant, adapter, settings, secrets, state from payments.connections');
  assert.deepEqual(rows, [
    {
      name: 'pix',
      for_tenant: null,
      adapter: 'pix-sandbox',
      settings: { url: world.sandboxUrl },
      secrets: { apiKey: 'PIX_PROVIDER_API_KEY', webhookSecret: 'PIX_WEBHOOK_SECRET' },
      state: 'active',
    },
  ]);
  const kept = await world.database.admin('select distinct connection from payments.payments');
  assert.deepEqual(kept, [{ connection: 'pix' }]);
});

test('paused: no new payment by it, nothing charged; what is under way ends; resumed, it goes on', async () => {
  const ana = await world.person(10_000n);
  await world.sandboxCall('PUT', '/admin/faults', { timeoutAfterExecute: 1, webhook: { never: true } });
  const { id } = await pay(world.main.face, ana, 1_000n);
  await desk().setState('pix', 'paused');
  await sleep(TAKEN_UP_MS);
  await assert.rejects(pay(world.main.face, ana, 1_001n), { code: 'PAYMENTS_NO_CONNECTION' });
  await reaches(world, ana, id, 'settled');
  await world.sandboxCall('DELETE', '/admin/faults');
  const { availableMinor, heldMinor } = await world.main.face.getBalance(ana.ctx, { accountId: ana.subjectId });
  assert.deepEqual([availableMinor, heldMinor], ['9000', '0']);
  await desk().setState('pix', 'active');
  await sleep(TAKEN_UP_MS);
  const again = await pay(world.main.face, ana, 1_001n);
  await reaches(world, ana, again.id, 'settled');
});

test('a tenant’s own goes before the one for all; one that cannot be opened is nobody’s way, until its secret is there', async (t) => {
  const rails = railsOf();
  t.after(() => rails.close());
  const tenant = newId();
  await desk().add('nova', 'pix-sandbox', [
    `tenant=${tenant}`,
    `url=${world.sandboxUrl}`,
    'secret.apiKey=nova-key',
    'secret.webhookSecret=nova-hook',
  ]);
  assert.equal((await rails.choose(tenant))?.name, 'pix', 'its secrets are not there yet');
  const asked = await (await rails.of('nova')).queryPayment('E', 1n);
  assert.deepEqual(asked, { fact: 'not-sent', why: 'CONNECTION_NOT_READY' });
  writeFileSync(path.join(folder, 'nova-key'), 'test-key\n');
  writeFileSync(path.join(folder, 'nova-hook'), 'x\n');
  await sleep(TAKEN_UP_MS);
  assert.equal((await rails.choose(tenant))?.name, 'nova');
  assert.equal((await rails.choose(newId()))?.name, 'pix');
  const first = await rails.of('nova');
  await sleep(TAKEN_UP_MS);
  assert.equal(await rails.of('nova'), first, 'opened once');
  writeFileSync(path.join(folder, 'nova-key'), 'rotated\n');
  await sleep(TAKEN_UP_MS);
  assert.notEqual(await rails.of('nova'), first, 'a secret that changed opens it anew');
  const refused = await (await rails.of('nova')).queryPayment(`E12345678202601010000${'a'.repeat(11)}`, 1n);
  assert.deepEqual([refused.fact, 'why' in refused && refused.why], ['unclear', '401_UNAUTHORIZED']);
  assert.deepEqual(await (await rails.of('outra')).queryPayment('E', 1n), { fact: 'not-sent', why: 'CONNECTION_UNKNOWN' });
});

test('what is wrong is said when it is added: name, adapter, settings, secrets', async () => {
  const good = ['url=https://api.exemplo.com.br', 'secret.apiKey=a', 'secret.webhookSecret=b'];
  for (const [name, adapter, pairs, says] of [
    ['Nome', 'pix-sandbox', good, /lower-case/],
    ['x', 'outro', good, /no adapter/],
    ['x', 'pix-sandbox', good.slice(1), /settings of pix-sandbox/],
    ['x', 'pix-sandbox', good.slice(0, 2), /webhookSecret/],
    ['x', 'pix-sandbox', [...good, 'secret.outro=c'], /takes no secret called outro/],
    ['x', 'pix-sandbox', ['sem-valor'], /name=value/],
    ['x', 'pix-sandbox', ['tenant=fulano'], /by its id/],
    ['pix', 'pix-sandbox', good, /already/],
    ['x', 'efi', ['url=https://pix.exemplo.com.br', 'payerKey=k', 'secret.clientId=a'], /clientSecret, webhookHmac/],
  ] as const)
    await assert.rejects(desk().add(name, adapter, pairs), says, `${name} ${adapter} ${pairs}`);
  await assert.rejects(desk().setState('nenhuma', 'paused'), /no connection/);
  assert.equal(secretFiles(folder)('../etc/passwd'), undefined);
});
