/** /metrics says what users feel, in figures that move as they should when something really happens. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createBusAdmin } from '#platform/bus/admin.ts';
import { until } from '../../../scripts/lib/person.ts';
import { newId } from '../../src/platform/id.ts';
import { FULANO } from '../simulation/money-checks.ts';
import { ownHeaders, startWholePlatform, TENANT_A, type WholePlatform } from '../support/whole-platform.ts';
import { type Cast, castOf } from './good-requests.ts';

const DAILY_BALANCE = 'cashflow.daily-balance';
let platform: WholePlatform;
let cast: Cast;

before(async () => {
  // A lease longer than the provider's time-out: the payment waits for its answer, and nobody takes it over meanwhile.
  platform = await startWholePlatform({ PAYMENTS_LEASE_MS: '5000' });
  cast = await castOf(platform);
});
after(() => platform?.close());

/** All samples of one scrape; `name{label="value"}` with the labels in the order of the text. */
async function scrape() {
  const text = await platform.figures();
  assert.match(text, /^# HELP /);
  const samples = new Map<string, number>();
  for (const [, name, value] of text.matchAll(/^([a-z_]+(?:\{.*\})?) (\S+)$/gm)) samples.set(name!, Number(value));
  return {
    text,
    /** The sum of the samples of that name whose labels include these; 0 when there is none. */
    of(name: string, labels: Record<string, string> = {}): number {
      let sum = 0;
      for (const [sample, value] of samples) {
        const isIt = sample === name || sample.startsWith(`${name}{`);
        if (isIt && Object.entries(labels).every(([label, text]) => sample.includes(`${label}="${text}"`))) sum += value;
      }
      return sum;
    },
  };
}
type Scrape = Awaited<ReturnType<typeof scrape>>;

/** Scrapes until the figures are as they should be. */
const scraped = (what: string, isSo: (now: Scrape) => boolean): Promise<Scrape> => until(what, scrape, isSo);

async function pay(code: string, amountMinor: string, end: string, person = cast.person): Promise<void> {
  const quote = await platform.send('POST', '/bff/v1/pix/decode', { headers: ownHeaders(person), body: { code } });
  const { quoteId } = quote.body as { quoteId: string };
  const paid = await platform.send('POST', '/bff/v1/payments', { headers: ownHeaders(person), body: { quoteId, amountMinor } });
  assert.equal(paid.status, 201, paid.text);
  const { id } = paid.body as { id: string };
  await until(
    `payment ${end}`,
    () => person.get<{ status: string }>(`/bff/v1/payments/${id}`),
    ({ status }) => status === end,
  );
}

test('payments by outcome, with the time they took', async () => {
  const poor = await platform.signUp(330_000_001);
  const first = await scrape();
  await pay(FULANO, '1111', 'settled');
  await pay('rejeita@exemplo.com.br', '1112', 'failed');
  await pay(FULANO, '1116', 'declined', poor);
  const rise = { settled: 1, failed: 1, declined: 1, unknown: 0 };
  const now = await scraped(
    'three outcomes',
    (seen) => seen.of('lastro_payment_seconds_count') >= first.of('lastro_payment_seconds_count') + 3,
  );
  for (const [status, by] of Object.entries(rise)) {
    assert.equal(now.of('lastro_payments_total', { status }) - first.of('lastro_payments_total', { status }), by, status);
    assert.equal(now.of('lastro_payment_seconds_count', { status }) - first.of('lastro_payment_seconds_count', { status }), by, status);
  }
  const took = now.of('lastro_payment_seconds_sum', { status: 'settled' }) - first.of('lastro_payment_seconds_sum', { status: 'settled' });
  assert.ok(took > 0 && took < 60, `seconds, not milliseconds: ${took}`);
  const times = (seen: Scrape, step: string) => seen.of('lastro_machine_step_seconds_count', { machine: 'payments.payment', step });
  for (const step of ['assess', 'hold', 'send', 'post', 'release']) assert.ok(times(now, step) > times(first, step), step);
});

test('a payment without an answer counts as unknown, and once as settled', async () => {
  const first = await scrape();
  await platform.sandbox.call('PUT', '/admin/faults', { timeoutAfterExecute: { count: 1 }, webhook: { never: true } });
  try {
    await pay(FULANO, '1113', 'settled');
  } finally {
    await platform.sandbox.call('DELETE', '/admin/faults');
  }
  const now = await scrape();
  for (const status of ['unknown', 'settled'])
    assert.equal(now.of('lastro_payments_total', { status }) - first.of('lastro_payments_total', { status }), 1, status);
  const took = now.of('lastro_payment_seconds_sum') - first.of('lastro_payment_seconds_sum');
  assert.ok(took >= 1, `it waited for the time-out: ${took}`);
});

test('webhook lag: what the provider announces late is measured as late', async () => {
  const first = await scrape();
  const DELAY_MS = 700;
  await platform.sandbox.call('PUT', '/admin/faults', { webhook: { delayMs: DELAY_MS } });
  try {
    await platform.fund(cast.person, 55n);
  } finally {
    await platform.sandbox.call('DELETE', '/admin/faults');
  }
  const received = { type: 'pix.received' };
  const now = await scraped(
    'the lag',
    (seen) => seen.of('lastro_pix_received_seconds_count') > first.of('lastro_pix_received_seconds_count'),
  );
  const rise = (name: string, labels = {}) => now.of(name, labels) - first.of(name, labels);
  assert.equal(rise('lastro_pix_webhook_lag_seconds_count', received), 1);
  assert.ok(rise('lastro_pix_webhook_lag_seconds_sum', received) >= DELAY_MS / 1000);
  assert.equal(rise('lastro_pix_received_seconds_count'), 1);
  assert.ok(rise('lastro_pix_received_seconds_sum') >= DELAY_MS / 1000);
});

test('bus lag by consumer group: a group held still falls behind, alone, and catches up', async () => {
  const admin = createBusAdmin(platform.database.db);
  const caughtUp = (seen: Scrape) => seen.of('lastro_bus_lag_events') === 0;
  const rest = await scraped('every group caught up', caughtUp);
  const groups = (await admin.status()).map(({ group }) => group);
  assert.ok(groups.length >= 4 && groups.includes(DAILY_BALANCE), groups.join());
  for (const group of groups)
    assert.match(rest.text, new RegExp(`lastro_bus_lag_events\\{group="${group}"\\} 0`), 'also the idle are told');
  await admin.pause(DAILY_BALANCE, true);
  await pay(FULANO, '1114', 'settled');
  const behind = await scraped(
    'one group behind',
    (seen) =>
      seen.of('lastro_bus_lag_events', { group: DAILY_BALANCE }) > 0 && seen.of('lastro_bus_lag_seconds', { group: DAILY_BALANCE }) > 0,
  );
  assert.equal(behind.of('lastro_bus_paused', { group: DAILY_BALANCE }), 1);
  await scraped(
    'the others catch up',
    (seen) => seen.of('lastro_bus_lag_events') === seen.of('lastro_bus_lag_events', { group: DAILY_BALANCE }),
  );
  await admin.pause(DAILY_BALANCE, false);
  const again = await scraped('every group caught up again', caughtUp);
  assert.equal(again.of('lastro_bus_lag_seconds'), 0);
  assert.equal(again.of('lastro_bus_paused'), 0);
});

test('dead letters: counted by group until they are put back in line', { timeout: 60_000 }, async () => {
  const admin = createBusAdmin(platform.database.db);
  assert.equal((await scrape()).of('lastro_bus_dead_letters'), 0);
  await platform.database.admin('alter table audit.records add constraint planted check (false) not valid');
  await pay(FULANO, '1115', 'settled');
  const dead = await scraped('dead letters', (seen) => seen.of('lastro_bus_dead_letters') > 0);
  const [group] = (await admin.status()).filter(({ deadLetters }) => deadLetters > 0).map((one) => one.group) as [string];
  assert.equal(dead.of('lastro_bus_dead_letters', { group }), dead.of('lastro_bus_dead_letters'), 'of no other group');
  await platform.database.admin('alter table audit.records drop constraint planted');
  await scraped('the group goes on', (seen) => seen.of('lastro_bus_lag_events', { group }) === 0);
  await admin.redrive(group);
  await scraped('no dead letter left', (seen) => seen.of('lastro_bus_dead_letters') === 0);
});

test('ledger backlog: what cannot be written waits, and is seen waiting', async () => {
  const { serviceToken: token } = cast;
  const account = async () => {
    const body = { id: newId(), code: 'metrics', asset: 'BRL', normalSide: 'credit' };
    assert.equal((await platform.send('POST', '/v1/ledger/accounts', { token, body })).status, 201);
    return body.id;
  };
  const [debitAccountId, creditAccountId] = [await account(), await account()];
  const transfer = () => ({ id: newId(), kind: 'transfer', debitAccountId, creditAccountId, amountMinor: '1' });
  const post = () => platform.send('POST', '/v1/ledger/transfers', { token, body: transfer() });
  assert.equal((await post()).status, 201);
  const first = await scrape();
  assert.equal(first.of('lastro_ledger_backlog'), 0);
  const release = await holdHead();
  const answers = [];
  try {
    answers.push(post());
    await new Promise((resolve) => setTimeout(resolve, 300)); // Under way before the others come: those make the next batch.
    answers.push(post(), post(), post());
    await scraped('a backlog', (seen) => seen.of('lastro_ledger_backlog') >= 3);
  } finally {
    await release();
  }
  for (const { status } of await Promise.all(answers)) assert.equal(status, 201);
  const now = await scraped('no backlog', (seen) => seen.of('lastro_ledger_backlog') === 0);
  assert.equal(now.of('lastro_ledger_commands_total') - first.of('lastro_ledger_commands_total'), 4);
  assert.ok(now.of('lastro_ledger_batch_seconds_sum') - first.of('lastro_ledger_batch_seconds_sum') >= 0.3);
});

/** Keeps the head of the tenant's ledger from being written until released. */
async function holdHead(): Promise<() => Promise<void>> {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isHeld: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    isHeld = resolve;
  });
  const done = platform.database.db.tx({ module: 'ledger', tenants: [TENANT_A] }, async (tx) => {
    await tx.query('select from ledger.heads where tenant_id = $1 for update', [TENANT_A]);
    isHeld();
    await released;
  });
  await held;
  return async () => {
    release();
    await done;
  };
}

test('waiting for an answer: every request counts under its route, refused ones too', async () => {
  const name = 'lastro_http_request_seconds_count';
  const first = await scrape();
  for (let i = 0; i < 3; i++)
    assert.equal((await platform.send('GET', '/v1/ledger/trial-balance', { token: cast.serviceToken })).status, 200);
  for (let i = 0; i < 2; i++) assert.equal((await platform.send('GET', '/v1/ledger/trial-balance')).status, 401);
  const route = '/v1/ledger/trial-balance';
  const now = await scraped('five requests', (seen) => seen.of(name, { route }) === first.of(name, { route }) + 5);
  const rise = (status: string) => now.of(name, { route, status, method: 'GET' }) - first.of(name, { route, status, method: 'GET' });
  assert.deepEqual([rise('2xx'), rise('4xx'), rise('5xx')], [3, 2, 0]);
  await assert.doesNotReject(platform.send('GET', '/v1/nothing-of-that-name'));
  assert.doesNotMatch((await scrape()).text, /nothing-of-that-name/, 'no address of somebody’s choosing becomes a label');
});
