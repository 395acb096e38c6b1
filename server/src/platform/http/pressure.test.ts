/** A process that stays too busy says so at once; one bad second is nothing to refuse for. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { App } from './app.ts';
import { addBackPressure } from './pressure.ts';

const MOST_DELAY_MS = 100;
let app: App;
before(async () => {
  const { default: fastify } = await import('fastify');
  app = fastify() as unknown as App;
  await addBackPressure(app, { mostDelayMs: MOST_DELAY_MS, settledAfterMs: 0 });
  app.get('/work', async () => 'done');
  app.get('/health/live', async () => 'alive');
  await app.listen({ port: 0, host: '127.0.0.1' });
});
after(() => app.close());

const ask = async (url: string): Promise<number> => (await app.inject({ url })).statusCode;
/** Keeps the event loop from anything else for longer than the limit, again and again for a time. */
async function stall(ms: number): Promise<void> {
  for (const end = performance.now() + ms; performance.now() < end; await nextTurn())
    for (const turn = performance.now() + 3 * MOST_DELAY_MS; performance.now() < turn; );
}

test('one second in which the process stood still refuses nobody', async () => {
  await stall(1_200);
  assert.equal(await ask('/work'), 200);
  await sleep(1_200);
  assert.equal(await ask('/work'), 200);
});

test('a process that stays too busy refuses, answers its probes, and takes work again', async () => {
  const answers: number[] = [];
  for (let round = 0; round < 10 && !answers.includes(503); round++) {
    await stall(600);
    answers.push(await ask('/work'));
  }
  assert.equal(answers.at(-1), 503, answers.join());
  assert.equal(answers[0], 200, 'not at the first sign');
  assert.equal(await ask('/work'), 503);
  assert.equal(await ask('/health/live'), 200);
  for (const end = Date.now() + 10_000; (await ask('/work')) !== 200; await sleep(100)) assert.ok(Date.now() < end);
});
