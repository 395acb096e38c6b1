/** One trace from the click to everything that follows from it, in whichever process it follows. Seen as a collector sees it. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { request } from 'undici';
import { type Person, until } from '../../../scripts/lib/person.ts';
import { FULANO } from '../simulation/money-checks.ts';
import { type CollectedSpan, type SpanCollector, startSpanCollector } from '../support/span-collector.ts';
import { ownHeaders, startWholePlatform, type WholePlatform } from '../support/whole-platform.ts';

let collector: SpanCollector;
let platform: WholePlatform;
let person: Person;
const folder = mkdtempSync(path.join(tmpdir(), 'lastro-trace-'));
const dieAt = path.join(folder, 'crash-at');

before(async () => {
  writeFileSync(dieAt, '');
  collector = await startSpanCollector();
  platform = await startWholePlatform({ ...collector.env, LOG_LEVEL: 'debug', LASTRO_CRASH_AT: `@${dieAt}` });
  person = await platform.signUp(340_000_001);
  await platform.fund(person, 100_000n);
});
after(async () => {
  await platform?.close();
  await collector?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What a browser's click would begin: a trace, and the span that is the parent of all. */
function click() {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-01` };
}
type Click = ReturnType<typeof click>;

async function quoted(): Promise<string> {
  const answer = await platform.send('POST', '/bff/v1/pix/decode', { headers: ownHeaders(person), body: { code: FULANO } });
  return (answer.body as { quoteId: string }).quoteId;
}
const paid = async (quoteId: string, amountMinor: string, { traceparent }: Click) =>
  platform.send('POST', '/bff/v1/payments', { headers: { ...ownHeaders(person), traceparent }, body: { quoteId, amountMinor } });
const settled = (id: string) =>
  until(
    'a settled payment',
    () => person.get<{ status: string }>(`/bff/v1/payments/${id}`),
    ({ status }) => status === 'settled',
  );
const ofTrace = (traceId: string) => collector.spans().filter((span) => span.traceId === traceId);
const names = (spans: readonly CollectedSpan[]) => [...new Set(spans.map(({ name }) => name))].toSorted();

/** The spans of a trace once those of these names are all there. */
function traced(
  traceId: string,
  wanted: readonly string[],
  which: (span: CollectedSpan) => boolean = () => true,
): Promise<CollectedSpan[]> {
  return until(
    `the spans ${wanted.join(', ')}`,
    async () => ofTrace(traceId).filter(which),
    (spans) => wanted.every((name) => spans.some((span) => span.name === name)),
  );
}

async function openScreen() {
  const { body, statusCode } = await request(`${platform.baseUrl}/bff/v1/events`, { headers: ownHeaders(person) });
  assert.equal(statusCode, 200);
  let text = '';
  body.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  body.on('error', () => undefined);
  return {
    shows: (pattern: RegExp) =>
      until(
        `${pattern} on the screen`,
        async () => text,
        (now) => pattern.test(now),
      ),
    close: () => body.destroy(),
  };
}

test('from the click to risk, hold, provider, ledger, event log, cash flow, audit and the live screen', { timeout: 60_000 }, async () => {
  const screen = await openScreen();
  await screen.shows(/event: balance/);
  const mine = click();
  const answer = await paid(await quoted(), '1234', mine);
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.headers['x-trace-id'], mine.traceId, 'the answer names it');
  const { id } = answer.body as { id: string };
  await settled(id);
  await screen.shows(new RegExp(`"id":"${id}","status":"settled"`));
  const spans = await traced(mine.traceId, [
    'POST /bff/v1/payments',
    'payments.payment drive',
    'risk assess',
    'provider POST /spi/payments',
    'handle cashflow.daily-balance',
    'handle audit.records',
    'live payment',
    'live day',
  ]);
  screen.close();

  const known = new Set([mine.spanId, ...spans.map(({ spanId }) => spanId)]);
  const first = spans.find(({ name }) => name === 'POST /bff/v1/payments')!;
  assert.equal(first.parentSpanId, mine.spanId, 'it begins at the click');
  await until(
    'one tree without loose ends',
    async () => ofTrace(mine.traceId),
    (all) => {
      for (const { spanId } of all) known.add(spanId);
      return all.every(({ parentSpanId }) => parentSpanId !== undefined && known.has(parentSpanId));
    },
  );
  assert.deepEqual(
    spans.filter(({ failed }) => failed),
    [],
  );

  // Batches serve many at a time: they are linked to each of them. Two for the ledger, the hold and the posting.
  const linked = collector.spans().filter(({ links }) => links.includes(mine.traceId));
  assert.ok(linked.filter(({ name }) => name === 'ledger.batch').length >= 2, names(linked).join());
  for (const name of ['payments create', 'payments.payment commit']) assert.ok(names(linked).includes(name), name);

  const { admin } = platform.database;
  const events = await admin<{ type: string; traceparent: string }>('select type, traceparent from bus.events where traceparent like $1', [
    `%${mine.traceId}%`,
  ]);
  const types = new Set(events.map(({ type }) => type));
  for (const type of ['payments.payment-progressed.v1', 'risk.decision-made.v1', 'ledger.entry-posted.v1'])
    assert.ok(types.has(type), `${type} among ${[...types].join()}`);
  const other = await admin('select from bus.events where key = $1 and traceparent not like $2', [id, `%${mine.traceId}%`]);
  assert.equal(other.length, 0, 'every event of the payment');
  const audited = await until(
    'the audit',
    () => admin<{ n: number }>('select count(*)::int as n from audit.records where trace_id = $1', [mine.traceId]),
    ([row]) => row!.n >= events.length,
  );
  assert.ok(audited[0]!.n >= 5);
});

type Line = { msg: string; traceId?: string; route?: string; status?: number };
const lines = (): Line[] =>
  platform
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);

test('log lines and problems name the trace of their request, also when it is refused before anybody looked at it', async () => {
  const cases: [string, string, number, object | undefined][] = [
    ['POST', '/bff/v1/payments', 400, { quoteId: 1 }],
    ['POST', '/v1/payments', 401, {}],
    ['GET', '/v1/nothing', 404, undefined],
    ['POST', '/v1/nothing', 404, {}],
    ['POST', '/webhooks/pix/sandbox', 401, {}],
  ];
  for (const [method, target, status, body] of cases) {
    const mine = click();
    const headers = { ...ownHeaders(person), traceparent: mine.traceparent };
    const answer = await platform.send(method, target, { headers, ...(body ? { body } : {}) });
    assert.equal(answer.status, status, `${target}: ${answer.text}`);
    assert.equal(answer.headers['x-trace-id'], mine.traceId, target);
    assert.equal((answer.body as { traceId: string }).traceId, mine.traceId, target);
    await until(
      `the log line of ${target}`,
      async () => lines().filter(({ msg, traceId }) => msg === 'request' && traceId === mine.traceId),
      (found) => found.length === 1 && found[0]!.status === status,
    );
  }
  const malformed = await platform.send('GET', '/v1/nothing', { headers: { traceparent: '00-zz-zz-01' } });
  assert.match(String(malformed.headers['x-trace-id']), /^[0-9a-f]{32}$/, 'what is no trace begins a new one');
});

test('killed after sending: the process that takes the payment over goes on in its trace', { timeout: 60_000 }, async () => {
  const quoteId = await quoted();
  const mine = click();
  const firstProcess = platform.server();
  writeFileSync(dieAt, 'payments.payment/send:after');
  const answer = await paid(quoteId, '1235', mine).catch(() => undefined);
  await firstProcess.ended;
  assert.equal(firstProcess.endedBy(), 'SIGKILL');
  const [row] = await platform.database.admin<{ id: string; traceparent: string }>(
    'select id, traceparent from payments.payments where amount_minor = 1235',
  );
  assert.equal(row!.traceparent.split('-')[1], mine.traceId, 'the trace is stored with the payment');
  if (answer?.status === 201) assert.equal(answer.headers['x-trace-id'], mine.traceId);

  await platform.killAndRestart(async () => writeFileSync(dieAt, ''));
  await until(
    'the payment settled',
    () => platform.database.admin<{ status: string }>('select status from payments.payments where id = $1', [row!.id]),
    ([now]) => now!.status === 'settled',
  );
  const isOfSecond = ({ instance }: CollectedSpan) => instance.endsWith(`/${platform.server().pid}`);
  await traced(mine.traceId, ['payments.payment drive', 'handle cashflow.daily-balance'], isOfSecond);
  const asked = ofTrace(mine.traceId).filter((span) => isOfSecond(span) && span.name.startsWith('provider '));
  assert.ok(asked.length >= 1, 'the provider was asked or told again in the same trace');
  const batches = collector.spans().filter((span) => isOfSecond(span) && span.name === 'ledger.batch');
  assert.ok(
    batches.some(({ links }) => links.includes(mine.traceId)),
    'the posting is linked to it',
  );
});
