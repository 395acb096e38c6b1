/** A database that can be read and not written (a full disk, a standby): clear refusals, nothing half done, and it goes on by itself. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../../../scripts/lib/person.ts';
import { MODULES } from '../../src/module-list.ts';
import { FULANO } from '../simulation/money-checks.ts';
import { ownHeaders, startWholePlatform, type WholePlatform } from '../support/whole-platform.ts';
import { type Cast, castOf } from './good-requests.ts';

let platform: WholePlatform;
let cast: Cast;
before(async () => {
  platform = await startWholePlatform();
  cast = await castOf(platform);
});
after(() => platform?.close());

async function writable(isWritable: boolean): Promise<void> {
  const { admin } = platform.database;
  const [row] = await admin<{ name: string }>('select current_database() as name');
  await admin(`alter database ${row!.name} set default_transaction_read_only = ${isWritable ? 'off' : 'on'}`);
  // Sessions that are open keep what they began with.
  await admin(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'lastro_app'`);
}

test('while nothing can be written payments are refused and readings answered; afterwards the same request pays', {
  timeout: 90_000,
}, async () => {
  const { person } = cast;
  const quote = await platform.send('POST', '/bff/v1/pix/decode', { headers: ownHeaders(person), body: { code: FULANO } });
  const body = { quoteId: (quote.body as { quoteId: string }).quoteId, amountMinor: '1717' };
  const headers = ownHeaders(person);
  const pay = () => platform.send('POST', '/bff/v1/payments', { headers, body });
  await writable(false);
  const refused = await until('a refusal', pay, ({ status }) => status >= 500);
  assert.match((refused.body as { code: string }).code, /^[A-Z_]+$/);
  const read = () => platform.send('GET', '/v1/ledger/trial-balance', { token: cast.serviceToken });
  await until('a reading', read, ({ status }) => status === 200);
  assert.ok((await pay()).status >= 500, 'it still cannot be written');
  assert.equal((await platform.send('GET', '/health/live')).status, 200);
  await writable(true);
  const paid = await until('the payment', pay, ({ status }) => status === 201);
  await until(
    'settled',
    () => person.get<{ status: string }>(`/bff/v1/payments/${(paid.body as { id: string }).id}`),
    ({ status }) => status === 'settled',
  );
  const letters = MODULES.map(({ name }) => `(select count(*) from ${name}.inbox_dead_letters)`);
  const [dead] = await platform.database.admin<{ n: number }>(`select (${letters.join(' + ')})::int as n`);
  assert.equal(dead!.n, 0, 'an outage makes no dead letters');
});
