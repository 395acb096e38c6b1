import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSandbox } from './app.ts';
import { openJournal } from './journal.ts';
import { signWebhook, verifyWebhook } from './signature.ts';
import { call, eventually, makeFolder, newOrder, SECRET, startReceiver, startSandbox } from './testing.ts';

interface Child {
  readonly base: string;
  readonly process: ChildProcess;
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

async function startChild(t: TestContext, dataDir: string, env: Record<string, string> = {}): Promise<Child> {
  const settings = {
    PORT: '0',
    SANDBOX_DATA: dataDir,
    SANDBOX_API_KEY: 'test-key',
    SANDBOX_WEBHOOK_SECRET: SECRET,
    SETTLEMENT_DELAY_MS: '20',
  };
  const child = fork(join(import.meta.dirname, 'main.ts'), {
    env: { ...process.env, ...settings, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  const stop = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return exited;
  };
  t.after(() => stop('SIGKILL'));
  const { listening } = await new Promise<{ listening: string }>((ready) =>
    child.once('message', (message) => ready(message as { listening: string })),
  );
  return { base: listening, process: child, stop };
}

type Statement = { lines: { endToEndId: string; status: string }[]; sums: { out: { count: number } } };
const statement = async (base: string) => (await call<Statement>(base, 'GET', '/admin/statement')).body;

test('kill -9 under load: everything acknowledged is there, executed once, and announced', async (t) => {
  const dataDir = makeFolder(t);
  const receiver = await startReceiver(t);
  receiver.status = 503;
  const first = await startChild(t, dataDir, { SANDBOX_WEBHOOK_URL: receiver.url });
  const orders = Array.from({ length: 400 }, () => newOrder());
  const acknowledged = new Set<string>();
  // Settled together and at once: some fail while nobody waits for them yet.
  const load = Promise.allSettled(
    orders.map(async (order) => {
      const { status } = await call(first.base, 'POST', '/spi/payments', order);
      if (status === 201) acknowledged.add(order.endToEndId);
    }),
  );
  await eventually(() => acknowledged.size > 50, 'some answers');
  await first.stop('SIGKILL');
  await load;

  receiver.status = 204;
  const second = await startChild(t, dataDir, { SANDBOX_WEBHOOK_URL: receiver.url });
  const before = new Set((await statement(second.base)).lines.map((line) => line.endToEndId));
  for (const id of acknowledged) assert.ok(before.has(id), 'an acknowledged payment was lost');
  await Promise.all(orders.map((order) => call(second.base, 'POST', '/spi/payments', order)));
  await eventually(async () => (await statement(second.base)).sums.out.count === orders.length, 'all settled');
  const { lines } = await statement(second.base);
  assert.equal(lines.length, orders.length);
  assert.equal(new Set(lines.map((line) => line.endToEndId)).size, orders.length);
  const announced = () => new Set(receiver.events.map((event) => event.data.endToEndId)).size;
  await eventually(() => announced() === orders.length, 'all announced', 20_000);
});

test('a settlement that was pending goes on after a restart; keys, URL and the answer are kept', async (t) => {
  const dataDir = makeFolder(t);
  const receiver = await startReceiver(t);
  const first = await startSandbox(t, { dataDir, settlementDelayMs: 700 });
  await call(first.base, 'PUT', '/admin/webhook', { url: receiver.url });
  const owner = { name: 'Bia Reis', taxId: '52998224725' };
  await call(first.base, 'PUT', '/dict/keys/bia%40lastro.example', { ispb: '12345678', branch: '1', account: '2-2', owner });
  const order = newOrder();
  const answer = await call(first.base, 'POST', '/spi/payments', order);
  const receive = { payeeKey: 'bia@lastro.example', amount: '1.00', requestId: 'r1' };
  const received = await call(first.base, 'POST', '/admin/receive', receive);
  await first.sandbox.close();
  const second = await startSandbox(t, { dataDir });
  assert.deepEqual((await call(second.base, 'POST', '/spi/payments', order)).body, answer.body);
  assert.deepEqual((await call(second.base, 'POST', '/admin/receive', receive)).body, received.body);
  assert.partialDeepStrictEqual((await call(second.base, 'POST', '/dict/resolve', { key: 'bia@lastro.example' })).body, {
    owner: { name: 'Bia Reis' },
  });
  await eventually(() => receiver.events.some((event) => event.data.endToEndId === order.endToEndId), 'announced after the restart');
});

test('undelivered webhooks are tried again, also after a restart, and delivered ones are not', async (t) => {
  const dataDir = makeFolder(t);
  const receiver = await startReceiver(t);
  receiver.status = 500;
  const first = await startSandbox(t, { dataDir, webhookUrl: receiver.url });
  await call(first.base, 'POST', '/spi/payments', newOrder());
  await sleep(200);
  receiver.status = 204;
  await eventually(() => receiver.events.length === 1, 'delivered by a retry');
  receiver.status = 500;
  const order = newOrder();
  await call(first.base, 'POST', '/spi/payments', order);
  await sleep(100);
  await first.sandbox.close();
  receiver.status = 204;
  await startSandbox(t, { dataDir, webhookUrl: receiver.url });
  await eventually(() => receiver.events.length === 2, 'delivered after the restart');
  assert.equal(receiver.events[1]!.data.endToEndId, order.endToEndId);
  await sleep(300);
  assert.equal(receiver.events.length, 2);
});

test('a torn last line is cut off; damage before it is refused', async (t) => {
  const dataDir = makeFolder(t);
  const first = await startSandbox(t, { dataDir });
  const order = newOrder();
  await call(first.base, 'POST', '/spi/payments', order);
  await eventually(async () => (await statement(first.base)).sums.out.count === 1, 'settled');
  await first.sandbox.close();
  const file = join(dataDir, 'journal.jsonl');
  for (const torn of ['{"t":"executed","endToEnd', '{"t":"exe\n']) {
    appendFileSync(file, torn);
    const again = await startSandbox(t, { dataDir });
    assert.equal((await statement(again.base)).lines.length, 1);
    await again.sandbox.close();
    assert.doesNotMatch(readFileSync(file, 'utf8'), /"exe\n|endToEnd$/);
  }
  writeFileSync(file, `{"t":\n${readFileSync(file, 'utf8')}`);
  assert.throws(() => createSandbox({ dataDir, apiKey: 'a', webhookSecret: 'b' }), /damaged/);
});

test('the journal replays what it was given, across its read buffer, in order', async (t) => {
  const folder = makeFolder(t);
  const journal = openJournal<{ n: number; pad: string }>(folder);
  assert.throws(() => openJournal(folder), /in use/);
  await Promise.all(Array.from({ length: 3000 }, (_, n) => journal.append({ n, pad: 'é'.repeat(400) })));
  await journal.close();
  await assert.rejects(journal.append({ n: 0, pad: '' }));
  const again = openJournal<{ n: number; pad: string }>(folder);
  const numbers: number[] = [];
  again.replay(({ n, pad }) => {
    assert.equal(pad.length, 400);
    numbers.push(n);
  });
  await again.close();
  assert.deepEqual(
    numbers,
    Array.from({ length: 3000 }, (_, n) => n),
  );
});

test('SIGTERM answers what runs, exits with 0 and leaves the folder free; a child ends with its parent', async (t) => {
  const dataDir = makeFolder(t);
  const child = await startChild(t, dataDir);
  await call(child.base, 'PUT', '/admin/faults', { latencyMs: 30_000 });
  const order = newOrder();
  const answer = call(child.base, 'POST', '/spi/payments', order);
  await eventually(async () => (await call(child.base, 'GET', `/spi/payments/${order.endToEndId}`)).status === 200, 'accepted');
  const exit = child.stop('SIGTERM');
  assert.equal((await answer).status, 201);
  assert.equal(await exit, 0);
  const next = await startChild(t, dataDir);
  const exited = new Promise((done) => next.process.once('exit', done));
  next.process.disconnect();
  assert.equal(await exited, 0);
});

test('signatures: the right secret, body and time, and nothing else', () => {
  const nowMs = 1_780_000_000_000;
  const timestamp = String(nowMs / 1000);
  const signature = signWebhook('s', timestamp, '{"a":1}');
  assert.ok(verifyWebhook('s', timestamp, '{"a":1}', signature, nowMs));
  assert.ok(!verifyWebhook('t', timestamp, '{"a":1}', signature, nowMs));
  assert.ok(!verifyWebhook('s', timestamp, '{"a":2}', signature, nowMs));
  assert.ok(!verifyWebhook('s', String(nowMs / 1000 + 1), '{"a":1}', signature, nowMs));
  assert.ok(!verifyWebhook('s', timestamp, '{"a":1}', signature, nowMs + 301_000));
  assert.ok(!verifyWebhook('s', timestamp, '{"a":1}', '', nowMs));
  assert.ok(!verifyWebhook('s', 'NaN', '{"a":1}', signature, nowMs));
});
