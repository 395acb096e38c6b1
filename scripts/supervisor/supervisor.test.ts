import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { identifyProcess, isSameProcessAlive } from '../../server/src/platform/embedded-postgres/process-info.ts';
import { type Child, startChild } from './child.ts';
import { withLogin } from './database.ts';
import { type Folders, makeFolders } from './folders.ts';
import { keepRunning, NeverReadyError } from './keeper.ts';
import { stopLeftovers } from './leftovers.ts';
import { takeLock } from './lock.ts';
import { waitForHttp } from './readiness.ts';
import { readSecrets } from './secrets.ts';
import { createShutdown } from './shutdown.ts';

let root = '';
let folders: Folders;
before(() => {
  root = mkdtempSync(path.join(tmpdir(), 'lastro-supervisor-'));
  folders = makeFolders(root);
});
after(() => rmSync(root, { recursive: true, force: true }));

const node = (name: string, script: string): Child =>
  startChild(folders, { name, command: [process.execPath, '-e', script], cwd: root, env: process.env });
const forever = 'setInterval(() => {}, 1000)';
const lockFile = () => path.join(folders.run, 'supervisor.json');
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('the lock of a clone', () => {
  it('is held once, tells its holder, and is free after the release', () => {
    const lock = takeLock(lockFile(), 'http://localhost:3000');
    assert.ok('release' in lock);
    const second = takeLock(lockFile(), 'http://localhost:3001');
    assert.ok(!('release' in second));
    assert.deepEqual([second.pid, second.about], [process.pid, 'http://localhost:3000']);
    lock.release();
    const third = takeLock(lockFile(), '');
    assert.ok('release' in third);
    third.release();
  });

  it('of a dead process, of a recycled pid, of another clone, and one cut in half count for nothing', () => {
    const me = identifyProcess(process.pid)!;
    for (const stale of [
      { pid: 4_000_000, startedAt: me.startedAt, file: lockFile() },
      { pid: me.pid, startedAt: 'another boot:1', file: lockFile() },
      { ...me, file: '/elsewhere/.lastro/run/supervisor.json' },
    ]) {
      writeFileSync(lockFile(), JSON.stringify(stale));
      const lock = takeLock(lockFile(), '');
      assert.ok('release' in lock);
      lock.release();
    }
    writeFileSync(lockFile(), '{"pid":');
    const lock = takeLock(lockFile(), '');
    assert.ok('release' in lock);
    lock.release();
    assert.deepEqual(readdirSync(folders.run), []);
  });
});

describe('children', () => {
  it('stand in a session of their own, log into a file, and end at SIGTERM', async () => {
    const child = node('one', `console.log('hello'); ${forever}`);
    while (child.lastLines(1).length === 0) await wait(20);
    const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
    assert.equal(Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]), child.pid);
    await child.stop(5_000);
    assert.deepEqual(await child.ended, { code: null, signal: 'SIGTERM' });
    assert.deepEqual([child.lastLines(5), readdirSync(folders.run)], [['hello'], []]);
  });

  it('that ignore SIGTERM are killed with all they started, after the grace or at once when hurried', async () => {
    const script = `process.on('SIGTERM', () => {}); const c = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(forever)}]); console.log(c.pid); ${forever}`;
    for (const hurry of [undefined, AbortSignal.abort()]) {
      const child = node('stubborn', script);
      while (child.lastLines(1).length === 0) await wait(20);
      const grandchild = identifyProcess(Number(child.lastLines(1)[0]))!;
      await child.stop(hurry ? 60_000 : 200, hurry);
      await wait(100);
      assert.equal(isSameProcessAlive(grandchild), false);
      rmSync(child.logFile);
    }
  });

  it('left by a killed supervisor are stopped; those of others are not', async () => {
    const left = spawn(process.execPath, ['-e', forever], { detached: true, stdio: 'ignore' });
    const foreign = spawn(process.execPath, ['-e', forever], { detached: true, stdio: 'ignore' });
    const [mine, other] = [identifyProcess(left.pid!)!, identifyProcess(foreign.pid!)!];
    const write = (name: string, content: object) => writeFileSync(path.join(folders.run, `${name}.json`), JSON.stringify(content));
    write('servidor', { ...mine, file: path.join(folders.run, 'servidor.json') });
    write('recycled', { pid: other.pid, startedAt: 'another boot:1', file: path.join(folders.run, 'recycled.json') });
    write('copied', { ...other, file: '/elsewhere/.lastro/run/copied.json' });
    try {
      assert.deepEqual(await stopLeftovers(folders, lockFile()), ['servidor']);
      assert.deepEqual([isSameProcessAlive(mine), isSameProcessAlive(other)], [false, true]);
      assert.deepEqual(readdirSync(folders.run), []);
    } finally {
      foreign.kill('SIGKILL');
      await once(foreign, 'exit');
    }
  });
});

describe('readiness', () => {
  const serve = (port: number) => `require('http').createServer((q, r) => r.end()).listen(${port}, '127.0.0.1')`;

  it("is the child's own answer, not that of a stranger on its port", async () => {
    const stranger = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    const { port } = stranger.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/`;
    const waiting = node('waiting', forever);
    await assert.rejects(waitForHttp(url, waiting, new AbortController().signal, 5_000), /tomada por outro programa/);
    await waiting.stop(1_000);
    stranger.close();
    await once(stranger, 'close');
    const serving = node('serving', serve(port));
    await waitForHttp(url, serving, new AbortController().signal, 5_000);
    await serving.stop(1_000);
  });

  it('is given up when the child ends or stays silent', async () => {
    const ended = node('ended', '');
    await assert.rejects(waitForHttp('http://127.0.0.1:9/', ended, new AbortController().signal, 5_000), /terminou/);
    const silent = node('silent', `console.log('busy'); ${forever}`);
    await assert.rejects(waitForHttp('http://127.0.0.1:9/', silent, new AbortController().signal, 300), /não respondeu.*busy/s);
    await silent.stop(1_000);
  });
});

describe('keeping a child running', () => {
  const plan = (start: () => Child, told: string[], giveUp: (reason: string) => void, wanted = new AbortController().signal) => ({
    name: 'servidor',
    start,
    ready: () => wait(100).then(() => undefined),
    wanted,
    tell: (line: string) => told.push(line),
    giveUp,
    maxRestarts: 2,
    firstDelayMs: 10,
  });

  it('restarts it, and gives up when it dies too often', async () => {
    const told: string[] = [];
    const gaveUp = Promise.withResolvers<string>();
    await keepRunning(
      plan(() => node('dying', "setTimeout(() => { console.log('last words'); process.exit(3); }, 250)"), told, gaveUp.resolve),
    );
    assert.match(await gaveUp.promise, /caiu 3 vezes/);
    assert.equal(told.filter((line) => /código 3.*last words/s.test(line)).length, 3);
  });

  it('does not try again what never got ready', async () => {
    let starts = 0;
    const start = () => {
      starts += 1;
      return node('broken', "console.error('no such file'); process.exit(1)");
    };
    const never = { ...plan(start, [], assert.fail), ready: () => new Promise<void>(() => undefined) };
    await assert.rejects(keepRunning(never), (error: Error) => error instanceof NeverReadyError && /no such file/.test(error.message));
    assert.equal(starts, 1);
  });

  it('leaves it alone when the end is wanted', async () => {
    const end = new AbortController();
    const told: string[] = [];
    const keeper = await keepRunning(plan(() => node('ending', forever), told, assert.fail, end.signal));
    end.abort();
    await keeper.current().stop(1_000);
    await wait(100);
    assert.deepEqual(told, []);
  });
});

describe('shutdown', () => {
  it('ends in order whatever started first, goes on after a failing step, and takes one Ctrl-C for one', async () => {
    const order: string[] = [];
    const shutdown = createShutdown((line) => order.push(line));
    for (const name of ['sandbox', 'servidor', 'Postgres'] as const) {
      shutdown.add(name, async () => {
        order.push(name);
        if (name === 'sandbox') throw new Error('would not');
      });
    }
    shutdown.request(0);
    shutdown.request(0); // the same keystroke, passed on by npm
    await shutdown.requested;
    assert.equal(shutdown.hurry.aborted, false);
    assert.equal(await shutdown.unwind(), 1);
    assert.deepEqual(order, ['servidor', 'sandbox', 'sandbox: would not', 'Postgres']);
    await wait(550);
    shutdown.request(0);
    assert.equal(shutdown.hurry.aborted, true);
  });
});

describe('secrets and addresses', () => {
  it('are made once, private, and never overwritten when damaged', () => {
    const made = readSecrets(folders.state);
    const file = path.join(folders.state, 'secrets.json');
    assert.equal(Buffer.from(made.LASTRO_MASTER_KEY, 'base64').length, 32);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(readSecrets(folders.state), made);
    cpSync(file, `${file}.kept`);
    writeFileSync(file, '{"LASTRO_');
    assert.throws(() => readSecrets(folders.state), /não pode ser lido/);
    assert.equal(readFileSync(file, 'utf8'), '{"LASTRO_');
  });

  it('the application logs in as itself', () => {
    assert.equal(
      withLogin('postgres://owner:x@db.example:5433/lastro?sslmode=require', 'a/b'),
      'postgres://lastro_app:a%2Fb@db.example:5433/lastro?sslmode=require',
    );
  });
});
