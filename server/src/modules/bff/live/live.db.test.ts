import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { request } from 'undici';
import { PAYMENT_PROGRESSED } from '#payments/events';
import { newId } from '#platform/id.ts';
import { type BffServer, ownHeaders, startBffServer } from '../../../../test/support/bff-server.ts';
import type { CookieClient } from '../../../../test/support/cookie-client.ts';
import { LASTRO, MARIA, OUTRA } from '../../../../test/support/identity-server.ts';

let server: BffServer;
let browser: CookieClient;
let subjectId: string;
let relay: { stop(): Promise<void>; wake(): void };

before(async () => {
  server = await startBffServer();
  relay = server.bus.startRelay('bff');
  const ctx = { tenantId: LASTRO, actor: { kind: 'system', id: 'test' } } as const;
  ({ subjectId } = await server.identity.face!.impl.registerPerson(ctx, MARIA));
  browser = await server.logIn();
});
after(async () => {
  await relay?.stop();
  await server?.close();
});

/** A payment's status changes; the outbox of the BFF stands in for the one of payments. */
async function progress(id: string, status: string, of = { tenantId: LASTRO, subjectId }): Promise<void> {
  await server.deps.db.tx({ module: 'bff', tenants: [of.tenantId] }, (tx) =>
    server.bus.publish(tx, [
      {
        id: newId(),
        type: PAYMENT_PROGRESSED,
        tenantId: of.tenantId,
        key: id,
        subjectId: of.subjectId,
        actor: { kind: 'system', id: 'test' },
        time: new Date().toISOString(),
        data: { paymentId: id, status },
      },
    ]),
  );
}

async function connect(headers: Record<string, string> = {}) {
  const response = await request(`${server.publicUrl}/bff/v1/events`, {
    headers: {
      host: new URL(server.publicUrl).host,
      'user-agent': 'test-browser/1',
      cookie: `lastro=${browser.cookie('lastro')}`,
      ...headers,
    },
  });
  let text = '';
  let closed = false;
  response.body.setEncoding('utf8');
  response.body.on('data', (part: string) => {
    text += part;
  });
  response.body.on('close', () => {
    closed = true;
  });
  response.body.on('error', () => undefined);
  const until = async (pattern: RegExp): Promise<string> => {
    for (let i = 0; i < 200; i++) {
      if (pattern.test(text)) return text;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    return assert.fail(`did not hear ${pattern} in ${JSON.stringify(text)}`);
  };
  return {
    status: response.statusCode,
    headers: response.headers,
    until,
    text: () => text,
    closed: () => closed,
    end: () => response.body.destroy(),
  };
}
const ids = (text: string) => [...text.matchAll(/data: \{"id":"(\w+)"/g)].map((match) => match[1]);

test('a screen hears its payments, its balance and its day, and nobody else’s', async () => {
  const screen = await connect();
  assert.equal(screen.status, 200);
  await screen.until(/event: day/);
  await screen.until(/"availableMinor":"10000"/);
  server.fakes.balanceMinor = '8950';
  await progress('pay_of_another', 'settled', { tenantId: LASTRO, subjectId: newId() });
  await progress('pay_elsewhere', 'settled', { tenantId: OUTRA, subjectId });
  await progress('pay_mine', 'settled');
  await screen.until(/"id":"pay_mine","status":"settled"/);
  await screen.until(/"availableMinor":"8950"/);
  const day = { date: '2026-03-01', openingMinor: '0', inMinor: '1', outMinor: '0', netMinor: '1', closingMinor: '1' };
  await server.bus.broadcast('cashflow.day', { tenantId: LASTRO, subjectId, accountId: newId(), day, updatedAt: '2026-03-01T00:00:00Z' });
  await screen.until(/"date":"2026-03-01".*"updatedAt":"2026-03-01T00:00:00Z"/);
  assert.deepEqual(ids(screen.text()), ['pay_mine']);
  screen.end();
});

test('a line that comes back hears what it missed, once and in order', async () => {
  const first = await connect();
  await first.until(/event: balance/);
  await progress('pay_a', 'processing');
  const heard = await first.until(/"id":"pay_a"/);
  const last = heard.match(/id: (\d+)\nevent: payment/)![1]!;
  first.end();
  for (const id of ['pay_b', 'pay_c']) await progress(id, 'sent');
  await new Promise((resolve) => setTimeout(resolve, 300));
  const second = await connect({ 'last-event-id': last });
  await progress('pay_d', 'settled');
  await second.until(/"id":"pay_d"/);
  assert.deepEqual(ids(second.text()), ['pay_b', 'pay_c', 'pay_d']);
  second.end();
  const nonsense = await connect({ 'last-event-id': 'drop table' });
  await nonsense.until(/event: balance/);
  assert.deepEqual(ids(nonsense.text()), []);
  nonsense.end();
});

test('a line whose place this log has not reads its data afresh, once, and then hears what comes', async () => {
  const screen = await connect({ 'last-event-id': '999999999999' });
  await screen.until(/id: \d+\n\nevent: reload\ndata: \{\}/);
  await progress('pay_afresh', 'sent');
  await screen.until(/"id":"pay_afresh"/);
  assert.deepEqual([ids(screen.text()), screen.text().match(/event: reload/g)?.length], [['pay_afresh'], 1]);
  screen.end();
});

test('too many screens of one session are refused, and places become free again', async () => {
  const screens = [];
  for (let i = 0; i < 6; i++) screens.push(await connect());
  const refused = await connect();
  assert.equal(refused.status, 429);
  for (const screen of screens) screen.end();
  // The server hears of an end a moment later.
  let again = await connect();
  for (let tries = 0; again.status !== 200 && tries < 80; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    again = await connect();
  }
  assert.equal(again.status, 200);
  again.end();
});

test('the log-out closes the lines of the session, and tells them', async () => {
  const screen = await connect();
  await screen.until(/event: balance/);
  await browser.send(`${server.publicUrl}/bff/v1/logout`, { method: 'POST', headers: await ownHeaders(browser, server.publicUrl) });
  await screen.until(/event: session\ndata: \{"expired":true,"reason":"logout"\}/);
  for (let i = 0; i < 40 && !screen.closed(); i++) await new Promise((resolve) => setTimeout(resolve, 25));
  assert.ok(screen.closed());
});

test('a session that expires while only listening ends its lines at the next sweep', async () => {
  browser = await server.logIn(server.browser());
  const screen = await connect();
  await screen.until(/event: balance/);
  await server.database.admin("update bff.sessions set last_seen_at = now() - interval '31 minutes'");
  const pulse = server.bff.workers![0] as unknown as { sweep(): Promise<void> };
  await pulse.sweep();
  await screen.until(/"expired":true,"reason":"expired"/);
});

test('the owner hears that another browser showed the session’s cookie, also when the line was away meanwhile', async () => {
  browser = await server.logIn(server.browser());
  const screen = await connect();
  await screen.until(/event: balance/);
  await progress('pay_before', 'sent');
  const before = (await screen.until(/"id":"pay_before"/)).match(/id: (\d+)\nevent: payment/)![1]!;
  const thief = await connect({ 'user-agent': 'another-browser/9' });
  assert.equal(thief.status, 401);
  await screen.until(/event: session\ndata: \{"refused":"other-browser"\}/);
  screen.end();
  const again = await connect({ 'last-event-id': before });
  await again.until(/event: session\ndata: \{"refused":"other-browser"\}/);
  assert.equal(again.status, 200, 'and goes on');
  again.end();
});

test('draining ends every line', async () => {
  browser = await server.logIn(server.browser());
  const screen = await connect();
  await screen.until(/event: balance/);
  assert.equal(screen.headers.connection, 'close', 'a line kept alive would hold up the drain until somebody’s time-out');
  await server.app.close();
  for (let i = 0; i < 40 && !screen.closed(); i++) await new Promise((resolve) => setTimeout(resolve, 25));
  assert.ok(screen.closed());
});
