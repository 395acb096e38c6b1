import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { firstFreePort } from '../../server/src/platform/embedded-postgres/free-port.ts';
import { type Child, startChild } from './child.ts';
import { type Folders, makeFolders } from './folders.ts';
import { guardChild } from './guard.ts';
import { keepRunning } from './keeper.ts';
import { waitForHttp } from './readiness.ts';

let root = '';
let folders: Folders;
before(() => {
  root = mkdtempSync(path.join(tmpdir(), 'lastro-guard-'));
  folders = makeFolders(root);
});
after(() => rmSync(root, { recursive: true, force: true }));

const watchdog = path.join(import.meta.dirname, '../../server/src/platform/watchdog/watchdog.ts');
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A server that can be told to hang, by a loop that never ends or by standing still altogether. */
const program = (port: number) => `
import { createServer } from 'node:http';
const { startWatchdog } = await import(${JSON.stringify(watchdog)});
startWatchdog();
function spinForEver() { for (let n = 0; ; n++) Math.sqrt(n); }
createServer((request, response) => {
  if (request.url === '/hang') return setTimeout(spinForEver, 10), response.end();
  if (request.url === '/freeze') return response.end(), setTimeout(() => process.kill(process.pid, 'SIGSTOP'), 10);
  response.end(String(process.pid));
}).listen(${port}, '127.0.0.1');
`;

async function keep(told: string[], wanted: AbortSignal): Promise<{ url: string; current: () => Child }> {
  const port = await firstFreePort(21_000 + Math.floor(Math.random() * 8_000));
  const url = `http://127.0.0.1:${port}/health/live`;
  const command = [process.execPath, '--input-type=module', '-e', program(port)] as const;
  const keeper = await keepRunning({
    name: `servidor-${port}`,
    start: () => startChild(folders, { name: `servidor-${port}`, command, cwd: root, env: process.env }),
    ready: (child) => waitForHttp(url, child, wanted, 30_000),
    guard: (child) => guardChild(child, { url, wanted, tell: (line) => told.push(line) }),
    wanted,
    tell: (line) => told.push(line),
    giveUp: assert.fail,
    firstDelayMs: 10,
  });
  return { url, current: () => keeper.current() };
}

async function restartedWithin(limitMs: number, url: string, before: number): Promise<number> {
  const from = performance.now();
  for (;;) {
    const pid = await fetch(url, { signal: AbortSignal.timeout(1_000) }).then(
      async (answer) => Number(await answer.text()),
      () => 0,
    );
    if (pid > 0 && pid !== before) return performance.now() - from;
    assert.ok(performance.now() - from < limitMs, `not another process within ${limitMs} ms`);
    await wait(100);
  }
}

describe('a child that hangs', { concurrency: true }, () => {
  for (const [how, seen] of [
    ['hang', /spinForEver/],
    ['freeze', /não se sabe/],
  ] as const) {
    it(`by "${how}" is killed and another is there within 15 seconds, and it is told where it hung`, { timeout: 60_000 }, async () => {
      const end = new AbortController();
      const told: string[] = [];
      const { url, current } = await keep(told, end.signal);
      const { pid } = current();
      await fetch(url.replace('/health/live', `/${how}`));
      try {
        await restartedWithin(15_000, url, pid);
        assert.match(told.find((line) => line.includes('não responde')) ?? '', seen);
      } finally {
        end.abort();
        current().kill();
        await current().ended;
      }
    });
  }

  it('is not one that is only busy for some seconds', { timeout: 60_000 }, async () => {
    const end = new AbortController();
    const told: string[] = [];
    const { current } = await keep(told, end.signal);
    const { pid } = current();
    process.kill(pid, 'SIGSTOP');
    await wait(3_500);
    process.kill(pid, 'SIGCONT');
    await wait(3_000);
    assert.deepEqual([current().pid, told], [pid, []]);
    end.abort();
    current().kill();
    await current().ended;
  });
});
