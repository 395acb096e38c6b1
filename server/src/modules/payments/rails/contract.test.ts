/**
 * One contract for every adapter: whatever manner the provider has, and however its wire says it, the facts are the same. Each adapter runs
 * against the sandbox that speaks its wire; the table names every switch there is, and a new switch without a line fails.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSandbox, type Sandbox } from '../../../../../sandbox/src/app.ts';
import { FAULT_NAMES, type FaultName, type FaultsOfOne } from '../../../../../sandbox/src/fault-schema.ts';
import { makeEndToEndId, makeReturnId } from '../domain/end-to-end-id.ts';
import type { Adapter } from './adapter.ts';
import { ADAPTERS } from './adapters.ts';
import type { Announcement, Order, ProviderFact, Rail } from './port.ts';

const API_KEY = 'contract-key';
const SECRET = 'contract-secret';
const CERTIFICATE = { header: 'x-client-verify', value: 'SUCCESS' };
const LIMITS = { timeoutMs: 1_500, queueMs: 5_000 };
/** How long what is said at first stays so, before the provider turns. */
const LATE_MS = 1_500;
const AMOUNT = { text: '12.34', minor: 1_234n };
const REJECTED = 'rejeita';

type Fact = ProviderFact['fact'];
/** What a switch leads to: the answer to the order, and what the provider says in the end when it is asked. */
type Line = { with?: FaultsOfOne; key?: string; sent?: Fact; again?: Fact; first?: Fact; asked?: Fact; told?: 'rightly' | 'not' };
const TAKEN: Line = { sent: 'accepted', asked: 'settled' };
const LOST: Line = { sent: 'unclear', asked: 'settled' };
const AWAY: Line = { sent: 'unclear', asked: 'not-found' };
const TURNED: Line = { sent: 'not-sent', asked: 'not-found' };
const MUTE: Line = { sent: 'accepted', asked: 'unclear' };
const FINAL = { finalInPost: true };
const TOLD: Line = { ...TAKEN, told: 'rightly' };
const UNTOLD: Line = { ...TAKEN, told: 'not' };

/** Of payments. `statement.*` has a test of its own; directory and block list are no rail. */
const LINES: Partial<Record<FaultName, Line>> = {
  error400: AWAY,
  error401: TURNED,
  error403: TURNED,
  error429: TURNED,
  error500: AWAY,
  error500AfterExecute: LOST,
  timeoutBeforeExecute: AWAY,
  timeoutAfterExecute: LOST,
  arriveLate: { with: { arriveLateMs: LATE_MS }, sent: 'unclear', first: 'not-found', asked: 'settled' },
  forget: { sent: 'accepted', asked: 'not-found' },
  duplicate422: { ...TAKEN, again: 'duplicate' },
  duplicate409: { ...TAKEN, again: 'duplicate' },
  finalInPost: { sent: 'settled', asked: 'settled' },
  settledThenRejected: { with: { turnAfterMs: LATE_MS }, sent: 'accepted', first: 'settled', asked: 'refused' },
  rejectedThenSettled: { with: { turnAfterMs: LATE_MS }, sent: 'accepted', first: 'refused', asked: 'settled' },
  'answer.html200': LOST,
  'answer.html502': LOST,
  'answer.cutOff': LOST,
  'answer.failureInside': LOST,
  'answer.unknownCode': LOST,
  'answer.statusUnknown': LOST,
  'answer.ownIdMissing': LOST,
  'answer.ownIdOther': LOST,
  'answer.amountMissing': { with: FINAL, sent: 'settled', asked: 'settled' },
  'answer.amountOther': { with: FINAL, sent: 'differs', asked: 'settled' },
  'answer.amountNumber': { with: FINAL, ...LOST },
  'answer.amountDecimals': { with: FINAL, ...LOST },
  'answer.reasonNul': TAKEN,
  'answer.reasonSurrogate': TAKEN,
  'answer.reasonLong': TAKEN,
  'query.error400': MUTE,
  'query.error401': MUTE,
  'query.error403': MUTE,
  'query.error429': MUTE,
  'query.error500': MUTE,
  'query.html200': MUTE,
  'query.html502': MUTE,
  'query.cutOff': MUTE,
  'query.failureInside': MUTE,
  'query.unknownCode': MUTE,
  'query.statusUnknown': MUTE,
  'query.ownIdMissing': MUTE,
  'query.ownIdOther': MUTE,
  'query.amountMissing': TAKEN,
  'query.amountOther': { sent: 'accepted', asked: 'differs' },
  'query.amountNumber': MUTE,
  'query.amountDecimals': MUTE,
  'query.reasonNul': { key: REJECTED, sent: 'accepted', asked: 'refused' },
  'query.reasonSurrogate': { key: REJECTED, sent: 'accepted', asked: 'refused' },
  'query.reasonLong': { key: REJECTED, sent: 'accepted', asked: 'refused' },
  'webhook.duplicate': TOLD,
  'webhook.reorder': TOLD,
  'webhook.beforeAnswer': TOLD,
  'webhook.never': UNTOLD,
  'webhook.neverReceived': TOLD,
  'webhook.newIds': { with: { webhook: { duplicate: true } }, ...TOLD },
  'webhook.typeUnknown': UNTOLD,
  'webhook.amountMissing': UNTOLD,
  'webhook.amountOther': UNTOLD,
  'webhook.amountNumber': UNTOLD,
  'webhook.amountDecimals': UNTOLD,
  'webhook.ownIdMissing': UNTOLD,
  'webhook.ownIdOther': UNTOLD,
  'webhook.reasonNul': TOLD,
  'webhook.reasonSurrogate': TOLD,
  'webhook.reasonLong': TOLD,
};
const ELSEWHERE = /^(statement|dict|blocklist)\./;

/** How each adapter is set up against its sandbox. Whoever adds an adapter adds its line. */
const WIRES: Record<string, { settings: (url: string) => Record<string, unknown>; secrets: Record<string, string> }> = {
  'pix-sandbox': { settings: (url) => ({ url }), secrets: { apiKey: API_KEY, webhookSecret: SECRET } },
  efi: {
    settings: (url) => ({ url, payerKey: 'conta@exemplo.com.br', maxInFlight: 64, certificate: CERTIFICATE }),
    secrets: { clientId: 'cliente', clientSecret: 'segredo-do-cliente', webhookHmac: SECRET },
  },
};

const nested = (name: FaultName): FaultsOfOne => {
  const [group, inner] = name.split('.') as [string, string?];
  return (inner === undefined ? { [group]: true } : { [group]: { [inner]: true } }) as FaultsOfOne;
};
const merge = (one: FaultsOfOne, other: FaultsOfOne): FaultsOfOne => ({
  ...one,
  ...other,
  ...(one.webhook || other.webhook ? { webhook: { ...one.webhook, ...other.webhook } } : {}),
});
const slug = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '-');

test('every switch of the sandbox has its line, and every adapter its sandbox', () => {
  assert.deepEqual(Object.keys(LINES).toSorted(), FAULT_NAMES.filter((name) => !ELSEWHERE.test(name)).toSorted());
  assert.deepEqual(Object.keys(WIRES).toSorted(), ADAPTERS.map(({ id }) => id).toSorted());
});

for (const adapter of ADAPTERS)
  describe(`the contract of a rail: ${adapter.id}`, { concurrency: 12 }, () => {
    const world = openWire(adapter);
    before(world.open);
    after(world.close);

    for (const [name, line] of Object.entries(LINES) as [FaultName, Line][])
      test(name, async (t) => {
        const rail = world.rail(t.after.bind(t));
        const { order, minor } = world.order(keyOf(name, line));
        const from = Date.now();
        const said = await rail.submitPayment(order, minor);
        assert.equal(said.fact, line.sent, 'code' in said ? said.code : 'why' in said ? said.why : undefined);
        const ask = () => rail.queryPayment(order.endToEndId, minor);
        if (line.first) await isAtFirst(ask, line.first, from + LATE_MS);
        if (line.again) assert.equal((await rail.submitPayment(order, minor)).fact, line.again);
        const end = await becomes(ask, line.asked!);
        if (end.fact === 'settled') {
          const expected = name === 'query.amountMissing' ? null : minor;
          assert.equal(end.amountMinor, expected);
          assert.ok(end.atMs === null || Math.abs(end.atMs - Date.now()) < 60_000);
        }
        if (line.told) await world.isTold(order, line.told);
      });

    test('the rejection of an order, known at once or when it is asked about', async (t) => {
      const rail = world.rail(t.after.bind(t));
      const { order, minor } = world.order('rejeita@exemplo.com.br');
      assert.equal((await rail.submitPayment(order, minor)).fact, 'accepted');
      await becomes(() => rail.queryPayment(order.endToEndId, minor), 'refused');
      const other = world.order(world.finalRejected);
      assert.equal((await rail.submitPayment(other.order, minor)).fact, 'refused');
      assert.equal((await rail.queryPayment(makeEndToEndId('12345678', Date.now(), 'never sent'), minor)).fact, 'not-found');
    });

    test('what arrived is found, announced, given back once, and stands on the statement with what was sent', async (t) => {
      const rail = world.rail(t.after.bind(t));
      const from = new Date(Date.now() - 60_000).toISOString();
      const { order, minor } = world.order('extrato@exemplo.com.br');
      await rail.submitPayment(order, minor);
      await becomes(() => rail.queryPayment(order.endToEndId, minor), 'settled');
      const endToEndId = await world.receive('recebe@exemplo.com.br', '7.00');
      const found = await rail.queryReceipt(endToEndId);
      assert.ok(found.kind === 'found', JSON.stringify(found));
      assert.deepEqual(
        [found.value.endToEndId, found.value.amount, found.value.payeeKey, found.value.payer.ispb],
        [endToEndId, '7.00', 'recebe@exemplo.com.br', endToEndId.slice(1, 9)],
      );
      assert.equal((await rail.queryReceipt(makeEndToEndId('00000000', Date.now(), 'never arrived'))).kind, 'not-found');
      await world.hears(({ type, data }) => type === 'pix.received' && data.endToEndId === endToEndId && data.amount === '7.00');
      const back = { returnId: makeReturnId('12345678', Date.now(), endToEndId), endToEndId, amount: '7.00', reason: 'BE08' } as const;
      const ask = () => rail.queryReturn(back, 700n);
      assert.equal((await ask()).fact, 'not-found');
      assert.ok(['accepted', 'settled'].includes((await rail.submitReturn(back, 700n)).fact));
      const end = await becomes(ask, 'settled');
      assert.ok(end.fact === 'settled' && end.amountMinor === 700n);
      assert.ok(['accepted', 'settled', 'duplicate'].includes((await rail.submitReturn(back, 700n)).fact), 'again, and nothing more goes');
      const lines = await until(
        async () => world.statement(rail, from),
        (all) => all.some(({ returnId }) => returnId === back.returnId) && all.some((one) => one.endToEndId === order.endToEndId),
      );
      const of = (id: string) =>
        lines.filter((one) => one.endToEndId === id).map(({ direction, status, amount }) => [direction, status, amount]);
      assert.deepEqual(of(order.endToEndId), [['out', 'settled', AMOUNT.text]]);
      assert.deepEqual(of(endToEndId).toSorted(), [
        ['in', 'received', '7.00'],
        ['out', 'returned', '7.00'],
      ]);
    });

    for (const [name, sent, asked] of [
      ['error400', 'unclear', 'not-found'],
      ['error401', 'not-sent', 'not-found'],
      ['error429', 'not-sent', 'not-found'],
      ['timeoutBeforeExecute', 'unclear', 'not-found'],
      ['timeoutAfterExecute', 'unclear', 'settled'],
      ['error500AfterExecute', 'unclear', 'settled'],
      ['answer.unknownCode', 'unclear', 'settled'],
      ['answer.ownIdOther', 'unclear', 'settled'],
      ['answer.amountOther', 'differs', 'settled'],
    ] as const)
      test(`a return: ${name}`, async (t) => {
        const rail = world.rail(t.after.bind(t));
        const endToEndId = await world.receive('recebe@exemplo.com.br', '3.00', `return-${name}`);
        const back = { returnId: makeReturnId('12345678', Date.now(), endToEndId), endToEndId, amount: '3.00', reason: 'BE08' } as const;
        assert.equal((await rail.submitReturn(back, 300n)).fact, sent);
        await becomes(() => rail.queryReturn(back, 300n), asked);
      });

    test('a call at the door that is not proved is refused, whatever it says', () => world.refusesForgeries());
  });

/** Switches of the statement hold for all of it, so that nothing else may read it meanwhile. */
for (const adapter of ADAPTERS)
  test(`the statement of ${adapter.id}: what cannot be read says nothing`, { timeout: 60_000 }, async (t) => {
    const world = openWire(adapter);
    await world.open();
    t.after(world.close);
    const period = { from: new Date(Date.now() - 60_000).toISOString(), to: new Date(Date.now() + 60_000).toISOString() };
    for (const name of FAULT_NAMES.filter((one) => one.startsWith('statement.'))) {
      const rail = world.rail(() => undefined);
      await world.call('PUT', '/admin/faults', nested(name));
      assert.equal((await rail.statementPage(period)).kind, 'unclear', name);
      await world.call('DELETE', '/admin/faults');
      assert.equal((await rail.statementPage(period)).kind, 'found', `after ${name}`);
      await rail.close();
    }
  });

const keyOf = (name: FaultName, { key }: Line): string => `${key === REJECTED ? `${REJECTED}-` : ''}${slug(name)}@exemplo.com.br`;

async function until<T>(ask: () => Promise<T>, isIt: (value: T) => boolean, limitMs = 12_000): Promise<T> {
  for (const end = Date.now() + limitMs; ; await sleep(50)) {
    const value = await ask();
    if (isIt(value)) return value;
    assert.ok(Date.now() < end, `last seen: ${JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? String(one) : one))}`);
  }
}
/** What is said until the provider turns. A machine so slow that it asks after that has nothing to see of it. */
const isAtFirst = (ask: () => Promise<ProviderFact>, fact: Fact, turnsMs: number): Promise<ProviderFact> =>
  until(ask, (said) => said.fact === fact || Date.now() >= turnsMs);
const becomes = (ask: () => Promise<ProviderFact>, fact: Fact): Promise<ProviderFact> => until(ask, (said) => said.fact === fact);

/** A sandbox that speaks the adapter's wire, with a door of ours for what it announces. */
function openWire(adapter: Adapter) {
  const { settings, secrets } = WIRES[adapter.id]!;
  const folder = mkdtempSync(path.join(tmpdir(), 'rail-contract-'));
  const heard: Announcement[] = [];
  let sandbox: Sandbox;
  let url = '';
  let listener: Rail;
  let sequence = 0;
  const finalRejected = 'rejeita-ja@exemplo.com.br';
  const open = (): Rail => adapter.open({ settings: settings(url), secrets, ...LIMITS, capabilities: { statementLagMs: 0 } });
  const server = createServer((request, reply) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const query = Object.fromEntries(new URL(request.url!, 'http://x').searchParams);
      const told = listener.readAnnouncements({ headers: request.headers, query, body: Buffer.concat(chunks), nowMs: Date.now() });
      if (Array.isArray(told)) heard.push(...told);
      reply.writeHead(Array.isArray(told) ? 204 : told === 'unproved' ? 401 : 400).end();
    });
  });

  async function call<T>(method: string, at: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${url}${at}`, {
      method,
      headers: { authorization: `Bearer ${API_KEY}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${at}: ${answer.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  return {
    call,
    finalRejected,
    async open(): Promise<void> {
      const efi = {
        clientId: 'cliente',
        clientSecret: 'segredo-do-cliente',
        certificateHeaders: { [CERTIFICATE.header]: CERTIFICATE.value },
      };
      sandbox = createSandbox({
        dataDir: folder,
        apiKey: API_KEY,
        webhookSecret: SECRET,
        settlementDelayMs: 100,
        webhookRetryMaxMs: 2_000,
        efi,
      });
      url = await sandbox.listen();
      listener = open();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const door = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/pix/contract`;
      if (listener.registerWebhook) assert.deepEqual(await listener.registerWebhook(door), { kind: 'ok' });
      else await call('PUT', '/admin/webhook', { url: door });
      const faults = Object.entries(LINES) as [FaultName, Line][];
      const only = Object.fromEntries(
        faults.map(([name, line]) => {
          const key = keyOf(name, line);
          return [key, merge(merge(nested(name), line.with ?? {}), line.key === REJECTED ? { rejectKeys: [key] } : {})];
        }),
      );
      const returns = Object.fromEntries(Object.keys(LINES).map((name) => [`return-${name}`, nested(name as FaultName)]));
      await call('PUT', '/admin/faults', {
        only: { ...only, ...returns, [finalRejected]: { finalInPost: true, rejectKeys: [finalRejected] } },
      });
    },
    async close(): Promise<void> {
      server.closeAllConnections();
      server.close();
      await listener?.close();
      await sandbox?.close();
      rmSync(folder, { recursive: true, force: true });
    },
    /** A connection of its own, so that one manner opens no breaker to another. */
    rail(after: (close: () => Promise<void>) => void): Rail {
      const rail = open();
      after(() => rail.close());
      return rail;
    },
    order(key: string): { order: Order; minor: bigint } {
      sequence += 1;
      const endToEndId = makeEndToEndId('12345678', Date.now(), `${sequence}/${randomBytes(8).toString('hex')}`);
      const payer = { ispb: '12345678', branch: '0001', account: '10001', taxId: '52998224725', name: 'Ana de Souza' };
      const payee = { key, ispb: '00000000', branch: '0001', account: '1' };
      return { order: { endToEndId, amount: AMOUNT.text, payer, payee }, minor: AMOUNT.minor };
    },
    async receive(payeeKey: string, amount: string, requestId?: string): Promise<string> {
      return (await call<{ endToEndId: string }>('POST', '/admin/receive', { payeeKey, amount, ...(requestId ? { requestId } : {}) }))
        .endToEndId;
    },
    hears: (isIt: (one: Announcement) => boolean) =>
      until(
        async () => heard,
        (all) => all.some(isIt),
      ),
    /** `rightly`: as it was, under the order's own id. `not`: nothing that could be taken for it. */
    async isTold({ endToEndId, amount }: Order, told: 'rightly' | 'not'): Promise<void> {
      const isIt = ({ type, data }: Announcement) => type === 'pix.settled' && data.endToEndId === endToEndId && data.amount === amount;
      if (told === 'rightly')
        await until(
          async () => heard,
          (all) => all.some(isIt),
        );
      else await sleep(500);
      assert.equal(heard.some(isIt), told === 'rightly');
    },
    async statement(rail: Rail, from: string) {
      const lines = [];
      const to = new Date(Date.now() + 60_000).toISOString();
      for (let cursor: string | undefined; ; ) {
        const page = await rail.statementPage({ from, to, ...(cursor === undefined ? {} : { cursor }) });
        assert.ok(page.kind === 'found', JSON.stringify(page));
        lines.push(...page.value.lines);
        if (!page.value.nextCursor) return lines;
        cursor = page.value.nextCursor;
      }
    },
    /** Each proof wrong by itself, with the others right. */
    refusesForgeries(): void {
      const body = Buffer.from(JSON.stringify({ pix: [], id: '1', type: 'pix.settled', at: new Date().toISOString(), data: {} }));
      const signed = { 'x-sandbox-timestamp': String(Math.floor(Date.now() / 1_000)), 'x-sandbox-signature': `v1=${'0'.repeat(64)}` };
      const shown = { [CERTIFICATE.header]: CERTIFICATE.value };
      const calls = [
        { query: {}, headers: {} },
        { query: {}, headers: shown },
        { query: { hmac: 'outro' }, headers: { ...shown, ...signed } },
        { query: { hmac: SECRET }, headers: signed },
        { query: { hmac: SECRET }, headers: { [CERTIFICATE.header]: 'NONE' } },
      ];
      for (const { query, headers } of calls)
        assert.equal(
          listener.readAnnouncements({ headers, query, body, nowMs: Date.now() }),
          'unproved',
          JSON.stringify({ query, headers }),
        );
    },
  };
}
