/** What an operator's client does at a crash stage: decides about payments, over HTTP, with a service's token. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { DEMO_CLIENT_ID, DEMO_CLIENT_SECRET } from '../../src/modules/identity/seed.ts';
import { whileDown } from './money-checks.ts';

/** Asks until the server is there: the same key each time, so that it is done once. */
export async function decide(
  baseUrl: string,
  {
    id,
    route,
    scope,
    body,
  }: { id: string; route: 'resolve' | 'retry' | 'review'; scope: 'payments:resolve' | 'payments:review'; body: object },
): Promise<void> {
  const key = randomUUID();
  await whileDown(() => post(baseUrl, { target: `/v1/payments/${id}/${route}`, scope, body, key }), true);
}

async function post(
  baseUrl: string,
  { target, scope, body, key }: { target: string; scope: string; body: object; key: string },
): Promise<unknown> {
  const token = await serviceToken(baseUrl, scope);
  const answer = await fetch(`${baseUrl}${target}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  assert.ok(answer.ok, text);
  return JSON.parse(text);
}

async function serviceToken(baseUrl: string, scope: string): Promise<string> {
  const basic = Buffer.from(`${DEMO_CLIENT_ID}:${DEMO_CLIENT_SECRET}`).toString('base64');
  const grant = await fetch(`${baseUrl}/oidc/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
  });
  return ((await grant.json()) as { access_token: string }).access_token;
}
