/**
 * Whatever is sent to whatever operation of the published document: a refusal with a stable code, never a success and never a fault
 * of ours, and nothing changes. New operations are covered by being in /openapi.json.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Answer, ownHeaders, startWholePlatform, type WholePlatform } from '../support/whole-platform.ts';
import { ONLY } from './constants.ts';
import { type Footprint, footprintOf, restingFootprint } from './footprint.ts';
import { type Cast, castOf, createGoodRequests, type Request } from './good-requests.ts';
import { TOLD } from './of-modules.ts';
import { type Operation, pathOf, propertiesOf, readOperations, type Schema, typesOf } from './operations.ts';

/** Routes that take a whole file. */
const FILES = /\/banks\/(of\/\{accountId\}\/)?files$/;
const MIB = 1024 * 1024;
const SAMPLES: Record<string, unknown> = { string: 'texto', number: 12, boolean: true, object: { a: 1 }, array: ['a'], null: null };
/** Right in type, and not what anybody would send. */
const HOSTILE_TEXTS = [
  "' or 1=1; drop table payments.payments; --",
  '\u0000',
  'a\u0000b',
  '\ud800',
  '💥'.repeat(60),
  '-1',
  '9'.repeat(70),
  '1e309',
  '../../../etc/passwd',
  '{{7*7}}<%= 7*7 %>',
  'x'.repeat(100_000),
  '2026-02-30',
  '2026-13-45T99:99:99Z',
  '',
];
/** As they stand in an address, encoded or deliberately not. */
const HOSTILE_PARTS = [
  ...HOSTILE_TEXTS.filter((text) => text.length < 5_000 && text.isWellFormed()).map(encodeURIComponent),
  'x'.repeat(6_000),
  '%',
  '%zz',
  '%ff%fe',
  '%ed%a0%80',
  '2026-02-30T00:00:00Z',
  '0000-00-00',
  '9999-12-31',
  '-000001-01-01',
  'r999999999999999999',
];

let platform: WholePlatform;
let cast: Cast;
let operations: Operation[];
let good: ReturnType<typeof createGoodRequests>;

before(async () => {
  platform = await startWholePlatform();
  cast = await castOf(platform);
  operations = await readOperations(platform);
  good = createGoodRequests(platform, cast);
});
after(async () => {
  await platform?.close();
});

function assertRefused(answer: Answer, what: string, statuses?: readonly number[]): void {
  assert.ok(answer.status >= 400 && answer.status < 500, `${what}: ${answer.status} ${answer.text.slice(0, 300)}`);
  if (statuses) assert.ok(statuses.includes(answer.status), `${what}: ${answer.status} instead of ${statuses}`);
  assertProblem(answer, what);
}

function assertProblem(answer: Answer, what: string): void {
  assert.match(String(answer.headers['content-type']), /^application\/problem\+json/, `${what}: ${answer.text.slice(0, 200)}`);
  const { code, status, title, action } = answer.body as Record<string, unknown>;
  assert.match(String(code), /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/, what);
  assert.equal(status, answer.status, what);
  assert.ok(title && action, `${what} says what it is and what to do`);
}

const withBody = () => operations.filter((operation) => operation.body);
const post = (operation: Operation, { target, headers, token }: Request, sent: { body?: unknown; raw?: string | Buffer }) =>
  platform.send(operation.method, target, { ...sent, headers, ...(token ? { token } : {}) });

/** Everything that is wrong in type or in shape with a body that is otherwise fine. */
function* misshapen(schema: Schema, fine: Record<string, unknown>): Generator<[string, unknown]> {
  for (const [name, forms] of Object.entries(propertiesOf(schema))) {
    const allowed = new Set(forms.flatMap((form) => [...typesOf(form)]));
    for (const [type, value] of Object.entries(SAMPLES)) if (!allowed.has(type)) yield [`/${name} as ${type}`, { ...fine, [name]: value }];
  }
  yield ['an extra field', { ...fine, unexpected: 'x' }];
  yield ['a JSON array', [fine]];
  yield ['a JSON text', 'texto'];
  yield ['a JSON number', 12];
  yield ['null', null];
  yield ['an empty object', {}];
}

const RAW: [string, string | Buffer][] = [
  ['not JSON', 'valor=1&outro=2'],
  ['half a JSON', '{"a":'],
  ['nothing', ''],
  ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0x7b])],
  ['a thousand brackets', '['.repeat(1_000)],
  ['__proto__', '{"__proto__":{"polluted":"yes"}}'],
  ['constructor', '{"constructor":{"prototype":{"polluted":"yes"}}}'],
];

test('the document names what is to be tested, and every body has a request that works', { timeout: 240_000 }, async () => {
  assert.ok(operations.length > (ONLY ? 3 : 25), `${operations.length} operations`);
  assert.deepEqual(
    good.names.toSorted(),
    withBody()
      .map((operation) => operation.name)
      .toSorted(),
  );
  for (const operation of withBody()) {
    const request = await good.make(operation);
    const answer = await post(operation, request, { body: request.body });
    assert.equal(answer.status, request.status, `${operation.name}: ${answer.text}`);
  }
});

/** For these nothing is ever at rest; each has a test of its own. */
const NEVER_AT_REST = TOLD.flatMap(({ neverAtRest = [] }) => neverAtRest);
const RETRY = 'POST /v1/payments/{id}/retry';

/** For each operation with a body one that works and that nobody has sent yet, and then everything at rest. */
async function preparedRequests(): Promise<{ operation: Operation; request: Request }[]> {
  const prepared = [];
  for (const operation of withBody()) {
    if (!NEVER_AT_REST.includes(operation.name)) prepared.push({ operation, request: await good.make(operation) });
  }
  rest = await restingFootprint(platform.database);
  return prepared;
}
let rest: Footprint;
const assertNothingChanged = async (operation: Operation) =>
  assert.deepEqual(await footprintOf(platform.database), rest, `${operation.name} changed something`);

/** The server refuses before it has read everything and hangs up; then its answer may be lost on a client that still writes. */
async function postLarge(operation: Operation, request: Request, raw: string): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await post(operation, request, { raw });
    } catch (error) {
      if (!['EPIPE', 'ECONNRESET', 'UND_ERR_SOCKET'].includes((error as { code?: string }).code ?? '') || attempt === 10) throw error;
    }
  }
}

describe('bodies', () => {
  test('of a wrong type, with an extra field, or no object at all: refused, and nothing happened', { timeout: 240_000 }, async () => {
    const prepared = await preparedRequests();
    for (const { operation, request } of prepared) {
      let sent = 0;
      for (const [what, body] of misshapen(operation.body!, request.body)) {
        assertRefused(await post(operation, request, { body }), `${operation.name}, ${what}`, [400, 422]);
        sent += 1;
      }
      for (const [what, raw] of RAW) {
        const answer = await post(operation, request, { raw });
        assertRefused(answer, `${operation.name}, ${what}`, [400, 422]);
        assert.doesNotMatch(answer.text, /polluted":"yes/, `${operation.name}, ${what}`);
        sent += 1;
      }
      assert.ok(sent > 12, `${operation.name}: ${sent} requests`);
      await assertNothingChanged(operation);
    }
    // The last word: it was the shape, and nothing else about the request, that was refused.
    for (const { operation, request } of prepared) {
      const answer = await post(operation, request, { body: request.body });
      assert.equal(answer.status, request.status, `${operation.name}: ${answer.text}`);
    }
  });

  test('of an operation about what is under way: refused as any other, and nothing was hurried', { timeout: 120_000 }, async () => {
    const operation = withBody().find(({ name }) => name === RETRY)!;
    const request = await good.make(operation);
    const hurried = async () => {
      const [row] = await platform.database.admin<{ n: number }>(`select count(*)::int as n from payments.steps where step = 'retry'`);
      return row!.n;
    };
    const before = await hurried();
    for (const [what, body] of misshapen(operation.body!, request.body))
      assertRefused(await post(operation, request, { body }), `${operation.name}, ${what}`, [400, 422]);
    for (const [what, raw] of RAW) assertRefused(await post(operation, request, { raw }), `${operation.name}, ${what}`, [400, 422]);
    assertRefused(await postLarge(operation, request, JSON.stringify({ reason: 'x'.repeat(3 * MIB) })), operation.name, [413]);
    assert.equal(await hurried(), before);
    const fresh = await good.make(operation);
    assert.equal((await post(operation, fresh, { body: fresh.body })).status, fresh.status);
    assert.equal(await hurried(), before + 1);
  });

  test('that are too large, or in another format than JSON: refused, and nothing happened', { timeout: 240_000 }, async () => {
    for (const { operation, request } of await preparedRequests()) {
      const [first] = Object.keys(propertiesOf(operation.body!)) as [string];
      const large = JSON.stringify({ ...request.body, [first]: 'x'.repeat(MIB) });
      // Some routes take batches of up to 2 MiB, and those for files up to 12.
      assertRefused(await postLarge(operation, request, large), `${operation.name}, 1 MiB`, [400, 413]);
      const tooMuch = (FILES.test(operation.path) ? 16 : 3) * MIB;
      const larger = JSON.stringify({ ...request.body, [first]: 'x'.repeat(tooMuch) });
      assertRefused(await postLarge(operation, request, larger), `${operation.name}, ${tooMuch} bytes`, [413]);
      for (const type of ['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'x']) {
        const headers = { ...request.headers, 'content-type': type };
        const answer = await post(operation, { ...request, headers }, { raw: JSON.stringify(request.body) });
        assertRefused(answer, `${operation.name}, ${type}`, [415]);
      }
      await assertNothingChanged(operation);
    }
  });

  test('with texts nobody would send: no fault of ours', { timeout: 240_000 }, async () => {
    for (const operation of withBody()) {
      const request = await good.make(operation);
      const texts = Object.entries(propertiesOf(operation.body!)).filter(([, forms]) => forms.some((form) => typesOf(form).has('string')));
      for (const [name] of texts) {
        for (const text of HOSTILE_TEXTS) {
          const answer = await post(operation, request, { body: { ...request.body, [name]: text } });
          const what = `${operation.name}, /${name} = ${JSON.stringify(text.slice(0, 30))}`;
          if (answer.status >= 300) assertRefused(answer, what);
        }
      }
    }
    const { serviceToken: token } = cast;
    const transfers = operations.find(({ name }) => name === 'POST /v1/ledger/transfers')!;
    for (const text of HOSTILE_TEXTS) {
      const { body } = await good.make(transfers);
      for (const metadata of [{ reference: text }, { [text]: 'x' }]) {
        const answer = await platform.send('POST', '/v1/ledger/transfers', { token, body: { ...body, metadata } });
        if (answer.status >= 300) assertRefused(answer, `metadata ${JSON.stringify(metadata).slice(0, 60)}`);
      }
    }
  });
});

describe('addresses', () => {
  const authorised = (operation: Operation) => {
    if (operation.session) return { headers: ownHeaders(cast.person) };
    const isPersons = operation.path.includes('/me');
    return { token: isPersons ? cast.personToken : cast.serviceToken, headers: { 'idempotency-key': 'hostile-address-0001' } };
  };
  const assertHarmless = (answer: Answer, what: string): void => {
    if (answer.status === 302) return;
    if (answer.status !== 200) assertRefused(answer, what);
  };

  test('with hostile values in the path: refused', { timeout: 240_000 }, async () => {
    let sent = 0;
    for (const operation of operations.filter((one) => one.path.includes('{'))) {
      for (const part of HOSTILE_PARTS.filter(Boolean)) {
        const target = operation.path.replace(/\{\w+\}/, part);
        const answer = await platform.send(operation.method, target, {
          ...authorised(operation),
          ...(operation.body ? { body: {} } : {}),
        });
        assertRefused(answer, `${operation.name} at ${target.slice(0, 80)}`);
        sent += 1;
      }
    }
    assert.ok(sent > (ONLY ? 10 : 100), String(sent));
  });

  test('with hostile values in the query: refused, or answered as if they were any value', { timeout: 240_000 }, async () => {
    let sent = 0;
    for (const operation of operations) {
      const names = operation.parameters.filter((one) => one.in === 'query').map((one) => one.name);
      const needed = operation.parameters.filter((one) => one.in === 'query' && one.required).map((one) => `${one.name}=2026-11-01`);
      const base = pathOf(operation);
      for (const name of names) {
        const rest = needed.filter((one) => !one.startsWith(`${name}=`));
        for (const part of [...HOSTILE_PARTS, `a&${name}=b`]) {
          const target = `${base}?${[...rest, `${name}=${part}`].join('&')}`;
          assertHarmless(await platform.send(operation.method, target, authorised(operation)), `${operation.name} ${target.slice(0, 120)}`);
          sent += 1;
        }
      }
      if (names.length === 0 || operation.changesState) continue;
      for (const extra of ['unexpected=1', '__proto__[polluted]=yes', 'constructor=x', '__proto__=x']) {
        const target = `${base}?${[...needed, extra].join('&')}`;
        assertRefused(await platform.send(operation.method, target, authorised(operation)), `${operation.name} ?${extra}`);
        sent += 1;
      }
    }
    assert.ok(sent > 300, String(sent));
  });

  test('that no route knows, and methods that a route does not have: refused', async () => {
    for (const target of ['/v1/nothing', '/v1/%', '/v1/%00', '/bff/v1/nothing', '/v1//payments', '/v1/payments/%2e%2e/%2e%2e/metrics'])
      assertRefused(await platform.send('GET', target), target);
    for (const operation of operations) assertRefused(await platform.send('DELETE', pathOf(operation)), `DELETE ${operation.path}`);
  });
});

test('webhooks: forged, stale, malformed or oversized ones are refused and leave no trace', async () => {
  const atRest = await restingFootprint(platform.database);
  const body = JSON.stringify({ id: 'e1', type: 'pix.settled', at: '2026-01-01T00:00:00Z', data: { endToEndId: 'E0' } });
  const now = String(Math.floor(Date.now() / 1000));
  const forged = `v1=${'0'.repeat(64)}`;
  const cases: [string, Record<string, string>, string][] = [
    ['unsigned', {}, body],
    ['forged', { 'x-sandbox-timestamp': now, 'x-sandbox-signature': forged }, body],
    ['no hex', { 'x-sandbox-timestamp': now, 'x-sandbox-signature': 'v1=zz' }, body],
    ['no time', { 'x-sandbox-timestamp': 'NaN', 'x-sandbox-signature': forged }, body],
    ['empty', { 'x-sandbox-timestamp': now, 'x-sandbox-signature': forged }, ''],
    ['oversized', { 'x-sandbox-timestamp': now, 'x-sandbox-signature': forged }, 'x'.repeat(MIB)],
  ];
  for (const [what, headers, raw] of cases)
    assertRefused(await platform.send('POST', '/webhooks/pix/sandbox', { headers, raw }), what, [400, 401, 413]);
  assert.deepEqual(await footprintOf(platform.database), atRest);
});

test('after all that the platform still works', async () => {
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
  assert.equal((await platform.send('GET', '/health/ready')).status, 200);
  const { body } = await platform.send('GET', '/v1/ledger/trial-balance', { token: cast.serviceToken });
  const { assets } = body as { assets: { differenceMinor: string }[] };
  for (const asset of assets) assert.equal(asset.differenceMinor, '0');
  assert.doesNotMatch(platform.output(), /"level":"fatal"/);
});
