/** What demonstrations by API are made of: a call with an expected answer, a step with its tick, a service's token. */
import assert from 'node:assert/strict';
import { DEMO_CLIENT_ID, DEMO_CLIENT_SECRET } from '../../server/src/modules/identity/seed.ts';

export const demoUrl = process.env.LASTRO_DEMO_URL ?? `http://localhost:${process.env.PORT ?? '3000'}`;

type Sent = { token?: string; body?: unknown; headers?: Record<string, string> };

/** Throws when the answer has another status; a refusal is an answer as good as another. */
export async function call<T>(status: number, method: string, at: string, { token, body, headers }: Sent = {}): Promise<T> {
  const isForm = body instanceof URLSearchParams;
  const answer = await fetch(demoUrl + at, {
    method,
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await answer.text();
  assert.equal(answer.status, status, `${method} ${at}: ${answer.status} ${text.slice(0, 300)}`);
  return JSON.parse(text) as T;
}

/** Ends the demonstration when it fails. */
export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const value = await work().catch((error: Error) => {
    console.log(`  ✗ ${title}\n    ${error.message}`);
    process.exit(1);
  });
  console.log(`  ✓ ${title}`);
  return value;
}

export async function serviceToken(scope: string): Promise<string> {
  const basic = Buffer.from(`${DEMO_CLIENT_ID}:${DEMO_CLIENT_SECRET}`).toString('base64');
  const { access_token: token } = await call<{ access_token: string }>(200, 'POST', '/oidc/token', {
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
  });
  return token;
}
