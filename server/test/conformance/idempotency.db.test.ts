/**
 * Every published operation that changes state may be repeated without fear: after an answer, while the first still runs, and after the process
 * died between committing and answering. New operations are covered by being in /openapi.json.
 */
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../../scripts/lib/person.ts';
import { newId } from '../../src/platform/id.ts';
import { type Answer, ownHeaders, startWholePlatform, type WholePlatform } from '../support/whole-platform.ts';
import { footprintOf, restingFootprint } from './footprint.ts';
import { type Cast, castOf, createGoodRequests, type Request } from './good-requests.ts';
import { all } from './of-modules.ts';
import { type Operation, readOperations } from './operations.ts';

const OTHERWISE = all('otherwise');
/** Why an operation needs no key, each proved below. */
const EXEMPT = all('exempt');

const folder = mkdtempSync(path.join(tmpdir(), 'lastro-idempotency-'));
const dieAt = path.join(folder, 'crash-at');
let platform: WholePlatform;
let cast: Cast;
let operations: Operation[];
let good: ReturnType<typeof createGoodRequests>;

before(async () => {
  writeFileSync(dieAt, '');
  platform = await startWholePlatform({ LASTRO_CRASH_AT: `@${dieAt}` });
  cast = await castOf(platform);
  operations = await readOperations(platform);
  good = createGoodRequests(platform, cast);
});
after(async () => {
  await platform?.close();
  rmSync(folder, { recursive: true, force: true });
});

const named = (name: string): Operation => operations.find((one) => one.name === name) ?? assert.fail(`no operation ${name}`);
const post = ({ target, token, headers }: Request, body: unknown, more: Record<string, string | undefined> = {}): Promise<Answer> => {
  const all = Object.entries({ ...headers, ...more }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return platform.send('POST', target, { ...(token ? { token } : {}), headers: Object.fromEntries(all), body });
};
const required = () => operations.filter(({ idempotency }) => idempotency === 'required');

test('each state-changing operation requires a key, or says why not, and its module’s fixture knows them all', () => {
  const changing = operations.filter(({ changesState }) => changesState);
  assert.deepEqual(
    required()
      .map(({ name }) => name)
      .toSorted(),
    Object.keys(OTHERWISE).toSorted(),
  );
  const exempt = changing.filter(({ idempotency }) => idempotency !== 'required').map((one) => [one.name, one.idempotency]);
  assert.deepEqual(Object.fromEntries(exempt), EXEMPT);
});

test('with a key: one effect and one answer, also while the first still runs; another body or no key is refused', {
  timeout: 600_000,
}, async (t) => {
  const first = new Map<Operation, { request: Request; text: string }>();
  for (const operation of required())
    await t.test(`${operation.name}, six times at once`, async () => {
      const request = await good.make(operation);
      const before = await footprintOf(platform.database);
      const answers = await Promise.all(Array.from({ length: 6 }, () => post(request, request.body)));
      for (const { status, text } of answers) {
        assert.equal(status, request.status, `${operation.name}: ${text}`);
        assert.equal(text, answers[0]!.text, `${operation.name}: every answer is the first`);
      }
      assert.notDeepEqual(await footprintOf(platform.database), before, `${operation.name} did something`);
      first.set(operation, { request, text: answers[0]!.text });
    });
  // Rest is waited for once, and not after each: it is what takes the time.
  const once = await restingFootprint(platform.database);
  for (const [operation, { request, text }] of first)
    await t.test(`${operation.name}, again`, async () => {
      const again = await post(request, request.body);
      assert.deepEqual([again.status, again.text], [request.status, text], operation.name);

      const other = await post(request, { ...request.body, ...OTHERWISE[operation.name] });
      assert.equal(other.status, 409, `${operation.name}: ${other.text}`);
      const { code, detail, action } = other.body as { code: string; detail: string; action: string };
      assert.equal(code, 'PLATFORM_IDEMPOTENCY_CONFLICT', operation.name);
      assert.match(detail, /chave já foi usada em (POST \/\S+|identity\.registerPerson) com outro corpo/, operation.name);
      assert.ok(action.length > 10, operation.name);

      const bare = await post(request, request.body, { 'idempotency-key': undefined });
      assert.deepEqual([bare.status, (bare.body as { code: string }).code], [400, 'PLATFORM_IDEMPOTENCY_KEY_REQUIRED'], operation.name);
    });
  assert.deepEqual(await restingFootprint(platform.database), once, 'the repetitions changed nothing');
});

test('one effect: six sign-ups made one person, six payments one payment, six requests for money one Pix', async () => {
  const [people] = await platform.database.admin<{ n: number }>(
    'select count(*)::int as n from (select cpf_hash from identity.people group by tenant_id, cpf_hash having count(*) > 1) as twice',
  );
  assert.equal(people!.n, 0);
  const amounts = await platform.database.admin<{ amount: string; n: number }>(
    `select amount_minor::text as amount, count(*)::int as n from payments.payments where amount_minor in (111, 112, 131, 132) group by 1
     union all select amount_minor::text, count(*)::int from payments.receipts where amount_minor in (113, 133) group by 1`,
  );
  assert.deepEqual(Object.fromEntries(amounts.map(({ amount, n }) => [amount, n])), { 111: 1, 112: 1, 113: 1 });
});

/** Resolves as soon as an answer is committed for each of the keys. */
async function committed(keys: readonly string[]): Promise<void> {
  const found = await platform.database.admin<{ schema: string }>(
    `select table_schema as schema from information_schema.tables where table_name = 'idempotency_keys'`,
  );
  const tables = found.map(({ schema }) => `select key from ${schema}.idempotency_keys`).join(' union all ');
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(2)) {
    const rows = await platform.database.admin(`select distinct key from (${tables}) as known where key = any($1)`, [keys]);
    if (rows.length === keys.length) return;
  }
  assert.fail('an answer was not committed');
}

test('killed after the commit, before anybody knows of the answer: the repetition gets it, once', { timeout: 600_000 }, async (t) => {
  const isPayment = ({ name }: Operation): boolean => name.endsWith('/v1/payments');
  for (const payment of required().filter(isPayment))
    await t.test(payment.name, async () => {
      const { request, lost } = await strikeExactly(payment);
      assert.equal(lost, undefined, 'nobody heard the answer');
      await assertDoneOnce(payment, request, lost);
    });
  const others = required().filter((operation) => !isPayment(operation));
  const struck = await strikeTogether(others);
  for (const [nth, operation] of others.entries())
    await t.test(operation.name, () => assertAnswered(operation, struck[nth]!.request, struck[nth]!.lost));
  const once = await restingFootprint(platform.database);
  for (const [nth, operation] of others.entries())
    await t.test(`${operation.name}, again`, () => assertRepeats(operation, struck[nth]!.request));
  assert.deepEqual(await restingFootprint(platform.database), once, 'the repetitions changed nothing');
});

type Struck = { request: Request; lost: Answer | undefined };

/** A payment's process dies exactly between commit and answer. */
async function strikeExactly(operation: Operation): Promise<Struck> {
  const request = await good.make(operation);
  const server = platform.server();
  writeFileSync(dieAt, 'payments.payment/>created:after');
  const first = post(request, request.body).catch(() => undefined);
  await server.ended;
  await platform.killAndRestart(async () => writeFileSync(dieAt, ''));
  return { request, lost: await first };
}

/** All are under way at once, and their process dies as soon as the last of them is seen to be committed. */
async function strikeTogether(operations: readonly Operation[]): Promise<Struck[]> {
  const requests: Request[] = [];
  for (const operation of operations) requests.push(await good.make(operation));
  const firsts = requests.map((request) => post(request, request.body).catch(() => undefined));
  await committed(requests.map(({ headers }) => headers['idempotency-key']!));
  await platform.killAndRestart();
  return Promise.all(requests.map(async (request, nth) => ({ request, lost: await firsts[nth] })));
}

async function assertDoneOnce(operation: Operation, request: Request, lost: Answer | undefined): Promise<void> {
  await assertAnswered(operation, request, lost);
  const once = await restingFootprint(platform.database);
  await assertRepeats(operation, request);
  assert.deepEqual(await restingFootprint(platform.database), once, operation.name);
}

/** Whoever asks again hears what the first would have heard. */
async function assertAnswered(operation: Operation, request: Request, lost: Answer | undefined): Promise<void> {
  const answer = await post(request, request.body);
  assert.equal(answer.status, request.status, `${operation.name}: ${answer.text}`);
  if (lost?.status === request.status) assert.equal(answer.text, lost.text, operation.name);
}

/** The same answer again and again, and none for another body. */
async function assertRepeats(operation: Operation, request: Request): Promise<void> {
  const [one, two] = [await post(request, request.body), await post(request, request.body)];
  assert.deepEqual([one.status, one.text], [request.status, two.text], operation.name);
  const other = await post(request, { ...request.body, ...OTHERWISE[operation.name] });
  assert.deepEqual([other.status, (other.body as { code: string }).code], [409, 'PLATFORM_IDEMPOTENCY_CONFLICT'], operation.name);
}

test('the ledger: commands are one by their id, and another content under it is refused', async () => {
  const others: Record<string, (body: Record<string, unknown>) => Record<string, unknown>> = {
    'POST /v1/ledger/accounts': (body) => ({ ...body, code: 'other' }),
    'POST /v1/ledger/transfers': (body) => ({ ...body, amountMinor: '6' }),
  };
  for (const [name, otherwise] of Object.entries(others)) {
    const request = await good.make(named(name));
    const answers = await Promise.all(Array.from({ length: 6 }, () => post(request, request.body)));
    for (const { status } of answers) assert.ok(status === 200 || status === 201, name);
    const once = await restingFootprint(platform.database);
    const again = await post(request, request.body);
    assert.ok([200, 201].includes(again.status), again.text);
    const refused = await post(request, otherwise(request.body));
    assert.equal(refused.status, 409, `${name}: ${refused.text}`);
    assert.match((refused.body as { code: string }).code, /^LEDGER_/);
    assert.deepEqual(await restingFootprint(platform.database), once, name);
  }
  const batch = await good.make(named('POST /v1/ledger/transfers/batch'));
  const first = await post(batch, batch.body);
  const once = await restingFootprint(platform.database);
  const seqs = ({ body }: Answer) =>
    (body as { results: { outcome: string; seq?: unknown }[] }).results.map(({ outcome, seq }) => [outcome, seq]);
  assert.deepEqual(seqs(await post(batch, batch.body)), seqs(first));
  const [command] = batch.body.commands as Record<string, unknown>[];
  const other = await post(batch, { ...batch.body, commands: [{ ...command, amountMinor: '6' }] });
  assert.match(other.text, /LEDGER_\w+/);
  assert.deepEqual(await restingFootprint(platform.database), once, 'the batch');
});

test('the ledger: lines sent again, and at once, are one by the ids of their commands', async () => {
  const { body, token } = await good.make(named('POST /v1/ledger/transfers'));
  const raw = [body, { ...body, id: newId() }].map((command) => JSON.stringify(command)).join('\n');
  const headers = { 'content-type': 'application/x-ndjson' };
  const send = () => platform.send('POST', '/v1/ledger/import', { raw, headers, ...(token ? { token } : {}) });
  const seqs = ({ text }: Answer) =>
    text
      .split('\n')
      .slice(0, 2)
      .map((line) => (JSON.parse(line) as { outcome: string; seq: number }).seq);
  const answers = await Promise.all([send(), send(), send()]);
  const once = await restingFootprint(platform.database);
  assert.ok(seqs(answers[0]!).every(Number.isSafeInteger), answers[0]!.text);
  for (const answer of [...answers, await send()]) assert.deepEqual(seqs(answer), seqs(answers[0]!));
  assert.deepEqual(await restingFootprint(platform.database), once);
});

test('the chart of accounts: the same lines again change nothing', async () => {
  const { target, token, body } = await good.make(named('PUT /v1/ledger/chart'));
  const put = () => platform.send('PUT', target, { ...(token ? { token } : {}), body });
  const first = await put();
  assert.ok(first.status < 300, first.text);
  const once = await restingFootprint(platform.database);
  const answers = await Promise.all([put(), put(), put()]);
  for (const { status, text } of answers) assert.deepEqual([status, text], [first.status, first.text]);
  assert.deepEqual(await restingFootprint(platform.database), once);
});

test('readings move nothing, a log-in is only put on record, a session ends once', async () => {
  const rest = async () =>
    Object.fromEntries(
      Object.entries(await restingFootprint(platform.database)).filter(([table]) => !/^(payments\.quotes|audit\..*)$/.test(table)),
    );
  for (const name of ['POST /v1/pix/decode', 'POST /bff/v1/pix/decode', 'POST /entrar/{uid}/login']) {
    const request = await good.make(named(name));
    const before = await rest();
    for (let i = 0; i < 3; i++) assert.equal((await post(request, request.body)).status, request.status, name);
    assert.deepEqual(await rest(), before, name);
  }
  const person = await platform.signUp(360_000_001);
  const end = () => platform.send('POST', '/bff/v1/logout', { headers: ownHeaders(person) });
  assert.equal((await end()).status, 204);
  const again = await end();
  assert.ok(again.status === 204 || again.status === 401, again.text);
});

test('a webhook is one by its event id', async () => {
  const raw = JSON.stringify({
    id: newId(),
    type: 'pix.settled',
    at: new Date().toISOString(),
    data: { endToEndId: `E12345678202601010000${'b'.repeat(11)}`, amount: '1.00' },
  });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', 'test-webhook-secret').update(`${timestamp}.${raw}`).digest('hex');
  const headers = { 'x-sandbox-timestamp': timestamp, 'x-sandbox-signature': `v1=${signature}` };
  const announce = () => platform.send('POST', '/webhooks/pix/sandbox', { raw, headers });
  for (const { status } of await Promise.all(Array.from({ length: 5 }, announce))) assert.equal(status, 204);
  assert.equal((await announce()).status, 204);
  const rows = await platform.database.admin('select from payments.provider_events where end_to_end_id = $1', [
    JSON.parse(raw).data.endToEndId,
  ]);
  assert.equal(rows.length, 1);
});

test('the same key is another one for somebody else', async () => {
  const key = `shared-${randomUUID()}`;
  for (const name of ['POST /v1/payments', 'POST /v1/people']) {
    const request = await good.make(named(name));
    const answer = await post(request, request.body, { 'idempotency-key': key });
    assert.equal(answer.status, request.status, answer.text);
  }
  const { token, ...request } = await good.make(named('POST /bff/v1/payments'));
  const answer = await post({ ...request, ...(token ? { token } : {}) }, request.body, { 'idempotency-key': key });
  assert.equal(answer.status, 409, 'the same person’s payments are one list, whichever door they come through');
  await until(
    'health',
    () => platform.send('GET', '/health/ready'),
    ({ status }) => status === 200,
  );
});
