import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { cpfFrom } from '../../../scripts/lib/person.ts';
import { createCookieClient } from '../support/cookie-client.ts';
import { PASSWORD, type WholePlatform } from '../support/whole-platform.ts';
import type { Ask } from './of-modules.ts';

/** A person of the other tenant, logged in on its own host name. */
export async function browserOf(platform: WholePlatform, number: number): Promise<Ask> {
  const origin = `http://outra.localhost:${platform.port}`;
  const client = createCookieClient(platform.port);
  const own = { 'x-requested-with': 'lastro', origin: platform.baseUrl, 'sec-fetch-site': 'same-origin' };
  const { url: page } = await client.follow(`${origin}/bff/login?returnTo=/inicio`, (url) => url.pathname.startsWith('/entrar/'));
  const login = { login: cpfFrom(number), password: PASSWORD };
  const posted = await client.send(`${page}/login`, { body: login, headers: { ...own, origin: new URL(page).origin } });
  assert.equal(posted.status, 200, posted.text);
  await client.follow(String(posted.json().redirectTo), (url) => url.pathname === '/inicio');
  const session = (await client.send(`${origin}/bff/v1/session`)).json();
  assert.equal(session.authenticated, true, JSON.stringify(session));
  return async (method, target, body) => {
    const headers = { 'x-csrf-token': String(session.csrfToken), 'idempotency-key': randomUUID(), origin, 'sec-fetch-site': 'same-origin' };
    const answer = await client.send(`${origin}${target}`, { method: method as 'GET', headers, ...(body === undefined ? {} : { body }) });
    const isJson = String(answer.headers['content-type']).includes('json');
    return { ...answer, body: isJson && answer.text ? answer.json() : undefined };
  };
}
