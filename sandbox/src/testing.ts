import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSandbox, type Sandbox, type SandboxOptions } from './app.ts';
import type { WebhookEvent } from './records.ts';
import type { PaymentOrder } from './schemas.ts';
import { verifyWebhook } from './signature.ts';

const API_KEY = 'test-key';
export const SECRET = 'test-secret';

export interface Answer<T> {
  status: number;
  body: T;
}

/** Calls the sandbox; answers of other statuses are answers too. */
export async function call<T = Record<string, unknown>>(
  base: string,
  method: string,
  path: string,
  body?: unknown,
  key = API_KEY,
): Promise<Answer<T>> {
  const headers: Record<string, string> = { authorization: `Bearer ${key}` };
  if (body !== undefined) headers['content-type'] = 'application/json';
  const answer = await fetch(base + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await answer.text();
  return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as T };
}

/** A sandbox in this process, with its own folder, stopped after the test. */
export async function startSandbox(t: TestContext, options: Partial<SandboxOptions> = {}): Promise<{ base: string; sandbox: Sandbox }> {
  const settings = { dataDir: makeFolder(t), apiKey: API_KEY, webhookSecret: SECRET, settlementDelayMs: 10, ...options };
  const sandbox = createSandbox(settings);
  const base = await sandbox.listen();
  let isClosed = false;
  const close = sandbox.close;
  sandbox.close = async () => {
    if (!isClosed) await close();
    isClosed = true;
  };
  t.after(() => sandbox.close());
  return { base, sandbox };
}

export function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Receiver {
  readonly url: string;
  /** Events with a right signature, in the order they came. */
  readonly events: WebhookEvent[];
  forged: number;
  /** What it answers. */
  status: number;
}

/** The platform's side of the webhooks. */
export async function startReceiver(t: TestContext): Promise<Receiver> {
  const receiver = { url: '', events: [] as WebhookEvent[], forged: 0, status: 204 };
  const server = createServer((request, reply) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const { 'x-sandbox-timestamp': timestamp, 'x-sandbox-signature': signature } = request.headers;
      if (!verifyWebhook(SECRET, String(timestamp), body, String(signature), Date.now())) receiver.forged++;
      else if (receiver.status < 300) receiver.events.push(JSON.parse(body) as WebhookEvent);
      reply.writeHead(receiver.status).end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/pix/sandbox`;
  return receiver;
}

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

export function newEndToEndId(): string {
  const minute = new Date().toISOString().replace(/[-:T]/g, '').slice(0, 12);
  return `E12345678${minute}${Array.from(randomBytes(11), (byte) => ALPHABET[byte % 62]).join('')}`;
}

/** A valid order; `changes` go over it. */
export function newOrder(changes: Partial<PaymentOrder> = {}): PaymentOrder {
  return {
    endToEndId: newEndToEndId(),
    amount: '12.34',
    payer: { ispb: '12345678', branch: '1', account: '1000-1', taxId: '11144477735', name: 'Ana Lima' },
    payee: { key: 'maria@exemplo.com.br' },
    ...changes,
  };
}

export async function eventually(condition: () => boolean | Promise<boolean>, what: string, limitMs = 8_000): Promise<void> {
  for (const limit = Date.now() + limitMs; !(await condition()); await sleep(10)) assert.ok(Date.now() < limit, `never: ${what}`);
}
