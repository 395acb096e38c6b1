/** The Chromium of the tests with an open debugging port, as Lighthouse wants it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CHROMIUM_ARGS, findChromium } from '../lib/chromium.ts';

const READY_WITHIN_MS = 20_000;

export type DebuggedBrowser = {
  port: number;
  /** Puts these in place of all cookies it has. */
  setCookies(url: string, cookies: ReadonlyMap<string, string>): Promise<void>;
  close(): Promise<void>;
};

export async function openDebuggedBrowser(): Promise<DebuggedBrowser> {
  const { executablePath, env } = await findChromium();
  const profile = mkdtempSync(path.join(tmpdir(), 'lastro-lighthouse-'));
  const args = [...CHROMIUM_ARGS, '--accept-lang=pt-BR', `--user-data-dir=${profile}`, '--remote-debugging-port=0', 'about:blank'];
  const child = spawn(executablePath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  const close = async () => {
    child.kill();
    await ended;
    rmSync(profile, { recursive: true, force: true });
  };
  try {
    const address = await new Promise<string>((resolve, reject) => {
      let said = '';
      const timer = setTimeout(() => reject(new Error(`the browser opened no debugging port:\n${said}`)), READY_WITHIN_MS);
      child.stderr.on('data', (chunk: Buffer) => {
        said = (said + chunk.toString()).slice(-4_000);
        const found = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
        if (!found) return;
        clearTimeout(timer);
        resolve(found);
      });
      child.once('exit', () => reject(new Error(`the browser ended at once:\n${said}`)));
    });
    return {
      port: Number(new URL(address).port),
      async setCookies(url, cookies) {
        const httpOnly = [...cookies].map(([name, value]) => ({ url, name, value, httpOnly: true, sameSite: 'Lax' }));
        await command(address, 'Storage.clearCookies', {});
        await command(address, 'Storage.setCookies', { cookies: httpOnly });
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** One command of the debugging protocol, to the browser as a whole. */
async function command(address: string, method: string, params: object): Promise<void> {
  const socket = new WebSocket(address);
  try {
    await once(socket, 'open');
    socket.send(JSON.stringify({ id: 1, method, params }));
    const [{ data }] = (await once(socket, 'message')) as [{ data: string }];
    const { error } = JSON.parse(data) as { error?: { message: string } };
    if (error) throw new Error(`${method}: ${error.message}`);
  } finally {
    socket.close();
  }
}
