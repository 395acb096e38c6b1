import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCache } from '#platform/cache/create-cache.ts';
import { memoryDriver } from '#platform/cache/memory.ts';
import { createLogger } from '#platform/log.ts';
import { createBlockList } from './block-list.ts';

let asked = 0;
let status = 200;
const server = createServer((request, response) => {
  asked++;
  request.resume();
  setTimeout(() => response.writeHead(status, { 'content-type': 'application/json' }).end('{"listed":true,"reason":"FRAUD"}'), 30);
});
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
after(() => server.close());
beforeEach(() => {
  asked = 0;
  status = 200;
});

function open(keepMs: number) {
  const cache = createCache(memoryDriver(), createLogger({ level: 'silent' }));
  const { port } = server.address() as AddressInfo;
  return createBlockList({ url: `http://127.0.0.1:${port}/check`, apiKey: 'x', timeoutMs: 1_000, keepMs, cache });
}

test('payments to one payee at the same time ask the list once, and one soon after does not ask again', async () => {
  const list = open(200);
  const answers = await Promise.all(Array.from({ length: 50 }, () => list.check('key', 'tax')));
  assert.deepEqual(new Set(answers.map((answer) => JSON.stringify(answer))), new Set(['{"listed":true,"reason":"FRAUD"}']));
  await list.check('key', 'tax');
  assert.equal(asked, 1);
  await list.check('key', null);
  await list.check(null, 'tax');
  assert.equal(asked, 3, 'others are others');
  await sleep(250);
  await list.check('key', 'tax');
  assert.equal(asked, 4);
  await list.close();
});

test('what the list did not say is not kept', async () => {
  const list = open(60_000);
  status = 500;
  assert.deepEqual(await list.check('key', 'tax'), { listed: null, why: 'HTTP_500' });
  status = 200;
  assert.deepEqual(await list.check('key', 'tax'), { listed: true, reason: 'FRAUD' });
  await list.close();
});
