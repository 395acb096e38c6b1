/**
 * What identifies a person or opens a door never leaves a process by its side doors: log lines of any level, spans and metrics. Planted in
 * every field of every kind of request, and in what the provider answers. That the logs are seen at all is proved by a harmless mark, the
 * trace id, which every one of those requests carries and every one must leave behind.
 */
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { request } from 'undici';
import { cpfFrom, Person, until } from '../../../scripts/lib/person.ts';
import { machineKeyText } from '../../src/modules/identity/machines/machine-key.ts';
import { DEMO_CLIENT_SECRET } from '../../src/modules/identity/seed.ts';
import { newId } from '../../src/platform/id.ts';
import { FULANO } from '../simulation/money-checks.ts';
import { type LeakyProvider, startLeakyProvider } from '../support/leaky-provider.ts';
import { INTERNAL_SECRET, MASTER_KEY } from '../support/running-platform.ts';
import { type SpanCollector, startSpanCollector } from '../support/span-collector.ts';
import {
  type Answer,
  openLogIn,
  ownHeaders,
  PASSWORD,
  type Sent,
  startWholePlatform,
  type WholePlatform,
} from '../support/whole-platform.ts';
import { PERSON } from './constants.ts';
import { type Cast, castOf, createGoodRequests } from './good-requests.ts';
import { type Operation, pathOf, propertiesOf, readOperations, typesOf } from './operations.ts';

const bare = (cpf: string) => cpf.replaceAll(/\D/g, '');
const CPF = '529.982.247-25';
const PLANTED: Record<string, string> = {
  cpf: CPF,
  'cpf without dots': bare(CPF),
  cnpj: '12.ABC.345/01DE-35',
  'e-mail': 'zoroastro.plantado@exemplo.com.br',
  phone: '+5511912345678',
  name: 'Zoroastro Plantado',
  password: 'a-senha-plantada-9f27',
  token: 'eyJhbGciOiJQUzI1NiJ9.eyJzdWIiOiJwbGFudGVkIn0.c2lnbmF0dXJlLXBsYW50ZWQ',
  'random Pix key': 'b6295ee1-f054-47d1-9e90-ee57b74f60d9',
  card: '4111 1111 1111 1111',
  'API key': machineKeyText('key', Buffer.alloc(32, 9)),
};
const ALL = Object.values(PLANTED).join(' ');

let collector: SpanCollector;
let provider: LeakyProvider;
let platform: WholePlatform;
let cast: Cast;
let operations: Operation[];
let good: ReturnType<typeof createGoodRequests>;
/** Real secrets that came up on the way, by what they are. */
const secrets: Record<string, string> = {};
const marks: { traceId: string; what: string }[] = [];
let unmarked = 0;

before(async () => {
  collector = await startSpanCollector();
  provider = await startLeakyProvider();
  platform = await startWholePlatform({ ...collector.env, LOG_LEVEL: 'trace', PIX_PROVIDER_URL: provider.url });
  provider.target = platform.sandbox.url;
  cast = await castOf(platform);
  operations = await readOperations(platform);
  good = createGoodRequests(platform, cast);
});
after(async () => {
  await platform?.close();
  await provider?.close();
  await collector?.close();
});

/** Sends with a trace of its own, whose id must then be found in a log line. */
async function send(what: string, method: string, target: string, sent: Sent = {}): Promise<Answer> {
  const traceId = randomBytes(16).toString('hex');
  const headers = { traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01`, ...sent.headers };
  const answer = await platform.send(method, target, { ...sent, headers });
  // An address so broken that no route is looked for has no trace.
  if (answer.headers['x-trace-id'] === traceId) marks.push({ traceId, what });
  else unmarked += 1;
  return answer;
}

const authorised = (operation: Operation): Sent => {
  const key = { 'idempotency-key': `planted-${newId()}` };
  // With a session the one would end it, and the other would never end.
  if (['/bff/v1/logout', '/bff/v1/events'].includes(operation.path)) return { headers: key };
  if (operation.session) return { headers: ownHeaders(cast.person) };
  return { token: operation.path.includes('/me') ? cast.personToken : cast.serviceToken, headers: key };
};

test('bodies: every field of every operation, names of fields, and JSON that is none', { timeout: 240_000 }, async () => {
  for (const operation of operations.filter(({ body }) => body)) {
    const { target, headers, token, body } = await good.make(operation);
    const post = (what: string, sent: Sent) =>
      send(`${operation.name}, ${what}`, operation.method, target, { headers, ...(token ? { token } : {}), ...sent });
    for (const [field, forms] of Object.entries(propertiesOf(operation.body!))) {
      if (!forms.some((form) => typesOf(form).has('string'))) continue;
      await post(`all in ${field}`, { body: { ...body, [field]: ALL } });
      for (const [kind, value] of Object.entries(PLANTED)) await post(`${kind} in ${field}`, { body: { ...body, [field]: value } });
    }
    await post('in the name of a field', { body: { ...body, [CPF]: 1, [PLANTED['e-mail']!]: ALL } });
    await post('in an object', { body: { ...body, planted: { deep: [ALL, { [ALL]: Number(bare(CPF)) }] } } });
    await post('half a JSON', { raw: `{"cpf":"${CPF}","password":"${PLANTED.password}","x":${ALL}` });
    await post('no JSON', { raw: ALL, headers: { ...headers, 'content-type': 'text/plain' } });
  }
});

test('paths and queries', { timeout: 120_000 }, async () => {
  for (const operation of operations) {
    const sent = { ...authorised(operation), ...(operation.body ? { body: {} } : {}) };
    const names = operation.parameters.filter((one) => one.in === 'query').map((one) => one.name);
    for (const [kind, value] of [...Object.entries(PLANTED), ['all', ALL] as const]) {
      const part = encodeURIComponent(value);
      if (operation.path.includes('{'))
        await send(`${kind} in ${operation.name}`, operation.method, operation.path.replace(/\{\w+\}/, part), sent);
      const query = [...names.map((name) => `${name}=${part}`), `planted=${part}`, `${part}=1`].join('&');
      await send(`${kind} in the query of ${operation.name}`, operation.method, `${pathOf(operation)}?${query}`, sent);
    }
  }
  for (const value of Object.values(PLANTED))
    for (const method of ['GET', 'POST', 'PUT'])
      await send('an address nobody has', method, `/v1/${encodeURIComponent(value)}/x?cpf=${encodeURIComponent(value)}`);
});

test('headers', { timeout: 120_000 }, async () => {
  const names = [
    'user-agent',
    'referer',
    'x-forwarded-for',
    'x-forwarded-host',
    'x-request-id',
    'cookie',
    'accept-language',
    'tracestate',
    'baggage',
  ];
  const more = ['origin', 'last-event-id', 'x-csrf-token', 'content-type', 'idempotency-key', 'if-none-match', 'forwarded'];
  for (const operation of operations) {
    const { token, headers } = authorised(operation);
    const planted = Object.fromEntries([...names, ...more].map((name) => [name, ALL]));
    const body = operation.body ? { body: {} } : {};
    await send(`every header of ${operation.name}`, operation.method, pathOf(operation), { ...body, headers: { ...headers, ...planted } });
    await send('a token', operation.method, pathOf(operation), {
      ...body,
      headers: { ...headers, authorization: `Bearer ${PLANTED.token}` },
    });
    await send('an API key', operation.method, pathOf(operation), {
      ...body,
      headers: { ...headers, authorization: `Bearer ${PLANTED['API key']}` },
    });
    await send('another kind', operation.method, pathOf(operation), { ...body, headers: { ...headers, authorization: `Basic ${ALL}` } });
    await send('no trace', operation.method, pathOf(operation), {
      ...body,
      ...(token ? { token } : {}),
      headers: { ...headers, traceparent: ALL },
    });
  }
});

test('live events', async () => {
  const traceId = randomBytes(16).toString('hex');
  const traceparent = `00-${traceId}-${randomBytes(8).toString('hex')}-01`;
  const headers = { ...ownHeaders(cast.person), 'last-event-id': PLANTED['cpf without dots']!, referer: ALL, traceparent };
  const { body, statusCode } = await request(`${platform.baseUrl}/bff/v1/events?cpf=${CPF}`, { headers });
  assert.ok([200, 400].includes(statusCode), String(statusCode));
  body.on('error', () => undefined).destroy();
});

test('log-in, sign-up, log-out and the issuer, with right and wrong words', async () => {
  const browser = new Person(platform.baseUrl);
  const uid = await openLogIn(browser);
  secrets['log-in id'] = uid;
  const wrong = { login: CPF, password: PLANTED.password };
  await send('a wrong password', 'POST', `/entrar/${uid}/login`, { headers: ownHeaders(browser), body: wrong });
  const planted = { name: PLANTED.name, cpf: CPF, email: PLANTED['e-mail'], password: PLANTED.password };
  const made = await send('a sign-up', 'POST', `/entrar/${uid}/sign-up`, { headers: ownHeaders(browser), body: planted });
  assert.equal(made.status, 201, made.text);
  const { redirectTo } = made.body as { redirectTo: string };
  const { headers } = await browser.request('GET', redirectTo);
  const back = new URL(headers.get('location') ?? '', platform.baseUrl);
  for (const name of ['code', 'state'])
    secrets[`authorization ${name}`] = back.searchParams.get(name) ?? assert.fail(`no ${name} in ${back}`);
  await browser.request('GET', `${back.pathname}${back.search}`);
  browser.csrfToken = (await browser.get<{ csrfToken: string }>('/bff/v1/session')).csrfToken;
  await until(
    'the account',
    () => browser.get<{ account: { status: string; pixKey: string } }>('/bff/v1/home'),
    ({ account }) => account.status === 'open',
  ).then(({ account }) => {
    secrets['own Pix key'] = account.pixKey;
  });
  for (const [name, value] of browser.cookies) if (value.length > 15) secrets[`cookie ${name}`] = value;
  secrets['CSRF token'] = browser.csrfToken;
  const again = await openLogIn(new Person(platform.baseUrl));
  await send('a CPF that is taken', 'POST', `/entrar/${again}/sign-up`, { headers: ownHeaders(browser), body: planted });
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    code: PLANTED.token!,
    code_verifier: ALL,
    redirect_uri: ALL,
    login_hint: ALL,
  });
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  await platform.send('POST', '/oidc/token', {
    raw: form.toString(),
    headers: { ...type, authorization: `Basic ${btoa(`demo:${PLANTED.password}`)}` },
  });
  await platform.send('GET', `/oidc/auth?client_id=${encodeURIComponent(ALL)}&login_hint=${encodeURIComponent(ALL)}&${form}`);
  await platform.send('POST', '/oidc/token/revocation', { raw: `token=${PLANTED.token}`, headers: type });
  await send('a log-out', 'POST', '/bff/v1/logout', { headers: ownHeaders(browser) });
});

test('webhooks, proved and not', async () => {
  const sign = (raw: string) => {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', 'test-webhook-secret').update(`${timestamp}.${raw}`).digest('hex');
    return { 'x-sandbox-timestamp': timestamp, 'x-sandbox-signature': `v1=${signature}` };
  };
  const endToEndId = `E12345678202601010000${'a'.repeat(11)}`;
  const at = new Date().toISOString();
  const bodies = [
    JSON.stringify({ id: ALL.slice(0, 90), type: 'pix.settled', at, data: { endToEndId, amount: '1.00', reason: CPF } }),
    JSON.stringify({
      id: CPF,
      type: 'pix.received',
      at,
      data: { endToEndId: `E${bare(CPF)}${'0'.repeat(20)}`, amount: '1.00', payer: ALL },
    }),
    JSON.stringify({ id: newId(), type: 'pix.zoroastro', at, data: { endToEndId, reason: PLANTED['e-mail'] }, cpf: CPF }),
    JSON.stringify({ id: newId(), type: ALL, at: ALL, data: { endToEndId: ALL, amount: ALL } }),
    `{"id":"${CPF}", ${ALL}`,
    ALL,
  ];
  const statuses = new Set<number>();
  for (const raw of bodies) {
    statuses.add((await send('a proved webhook', 'POST', '/webhooks/pix/sandbox', { raw, headers: sign(raw) })).status);
    await send('an unproved webhook', 'POST', '/webhooks/pix/sandbox', { raw, headers: { ...sign(raw), 'x-sandbox-signature': ALL } });
  }
  assert.deepEqual([...statuses].toSorted(), [204, 400]);
});

test('what the provider says in its errors', { timeout: 120_000 }, async () => {
  const decode = (what: string, code: string) =>
    send(what, 'POST', '/bff/v1/pix/decode', { headers: ownHeaders(cast.person), body: { code } });
  const leak = JSON.stringify({ code: ALL, message: ALL, owner: { name: PLANTED.name, taxId: CPF }, key: PLANTED['e-mail'] });
  const leaks = [
    { status: 500, body: ALL },
    { status: 422, body: leak },
    { status: 404, body: leak },
    { status: 409, body: JSON.stringify({ code: CPF }) },
    { status: 200, body: leak },
    { status: 200, body: `{"cpf":"${CPF}",${ALL}` },
    'hang-up' as const,
  ];
  const quoteIds = [];
  for (const _leak of leaks) quoteIds.push(((await decode('a code', FULANO)).body as { quoteId: string }).quoteId);
  for (const one of leaks) {
    for (const path of ['/dict', '/pix', '/spi', '/blocklist']) provider.leaks.set(path, one);
    await decode('a key', PLANTED['e-mail']!);
    await decode('a document as key', bare(CPF));
    await decode('a random key', PLANTED['random Pix key']!);
    const body = { quoteId: quoteIds.pop()!, amountMinor: '119', description: ALL.slice(0, 100) };
    const paid = await send('a payment', 'POST', '/bff/v1/payments', { headers: ownHeaders(cast.person), body });
    assert.equal(paid.status, 201, paid.text);
    await platform.sandbox
      .call('POST', '/admin/receive', { payeeKey: 'maria@exemplo.com.br', amount: '1.00', payer: { name: PLANTED.name } })
      .catch(() => undefined);
    const { id } = paid.body as { id: string };
    await until(
      'the provider asked about the payment',
      () =>
        platform.database.admin<{ n: number }>(
          `select count(*)::int as n from payments.steps where step in ('send', 'query') and payment_id = (select id from payments.payments order by created_at desc limit 1)`,
        ),
      ([row]) => row!.n > 0,
    );
    await send('its status', 'GET', `/bff/v1/payments/${id}`, { headers: ownHeaders(cast.person) });
  }
  provider.leaks.clear();
  assert.ok(provider.leaked() >= 3 * leaks.length, `${provider.leaked()} leaks`);
});

test('faults of ours: the database quotes whole rows, we do not', async () => {
  const { admin } = platform.database;
  await admin('alter table ledger.transfers add constraint planted_fault check (amount <> 424242)');
  await admin(`alter table identity.idempotency_keys add constraint planted_fault check (key not like 'planted-fault-%')`);
  const account = async () => {
    const body = { id: newId(), code: ALL.slice(0, 20), asset: 'BRL', normalSide: 'credit' };
    await send('an account', 'POST', '/v1/ledger/accounts', { token: cast.serviceToken, body: { ...body, code: 'planted' } });
    return body.id;
  };
  const [debitAccountId, creditAccountId] = [await account(), await account()];
  const body = {
    id: newId(),
    kind: 'transfer',
    debitAccountId,
    creditAccountId,
    amountMinor: '424242',
    metadata: { reference: CPF, note: PLANTED['e-mail'] },
  };
  const refused = await send('a broken transfer', 'POST', '/v1/ledger/transfers', { token: cast.serviceToken, body });
  assert.ok(refused.status >= 500, refused.text);
  const person = { name: PLANTED.name, cpf: cpfFrom(350_000_001), email: 'outro.plantado@exemplo.com.br', password: PLANTED.password };
  secrets['CPF of a sign-up that failed'] = bare(person.cpf);
  secrets['e-mail of a sign-up that failed'] = person.email;
  const headers = { 'idempotency-key': `planted-fault-${newId()}` };
  const failed = await send('a broken sign-up', 'POST', '/v1/people', { token: cast.serviceToken, headers, body: person });
  assert.equal(failed.status, 500, failed.text);
  for (const { text } of [refused, failed]) assertClean('an answer', text);
  await until(
    'the faults in the log',
    async () => platform.output(),
    (output) => (output.match(/"msg":"request failed"/g)?.length ?? 0) >= 2,
  );
});

/** What must not be found, by what it is. */
function wanted(): [string, string][] {
  const { person, personToken, serviceToken } = cast;
  const tokens = { 'token of a person': personToken, 'token of a service': serviceToken };
  const inside = Object.entries(tokens).map(([kind, token]) => [`signature of the ${kind}`, token.split('.')[2]!] as const);
  const own = {
    'CPF of a person': bare(cpfFrom(PERSON)),
    'e-mail of a person': `conforme.${PERSON}@exemplo.com.br`,
    'name of a person': 'Clara Conformidade',
  };
  const ours = {
    MASTER_KEY,
    INTERNAL_SECRET,
    DEMO_CLIENT_SECRET,
    PASSWORD,
    'webhook secret': 'test-webhook-secret',
    'provider key': 'test-key',
  };
  const cookies = [...person.cookies].filter(([, value]) => value.length > 15).map(([name, value]) => [`cookie ${name}`, value] as const);
  const payee = { 'name of a payee': 'Fulano de Tal', 'key of a payee': '123e4567-e12b-12d1-a456-426655440000' };
  return [PLANTED, secrets, tokens, Object.fromEntries(inside), own, ours, Object.fromEntries(cookies), payee].flatMap((group) =>
    Object.entries(group),
  );
}

/** As it is, and as it looks in addresses, in JSON and without its punctuation. */
function spellings(value: string): string[] {
  const digits = value.replaceAll(/\D/g, '');
  const base64 = Buffer.from(value).toString('base64').replace(/=+$/, '');
  const all = [value, encodeURIComponent(value), value.replaceAll(' ', '+'), JSON.stringify(value).slice(1, -1), base64];
  return [...new Set([...all, ...(digits.length >= 11 && digits.length <= 16 ? [digits] : [])])];
}

function found(text: string): string[] {
  return wanted().flatMap(([kind, value]) =>
    spellings(value)
      .filter((spelling) => text.includes(spelling))
      .map((spelling) => `${kind}: …${text.slice(Math.max(0, text.indexOf(spelling) - 200), text.indexOf(spelling) + 80)}…`),
  );
}
const assertClean = (what: string, text: string) => assert.deepEqual(found(text), [], what);

test('the search finds what it looks for', () => {
  for (const [kind, value] of wanted()) {
    assert.ok(value.length >= 8, kind);
    for (const spelling of spellings(value)) assert.ok(found(`{"msg":"x ${spelling} y"}`).length > 0, `${kind} as ${spelling}`);
  }
});

test('every request left its mark in the log, and none left what was planted in it', { timeout: 60_000 }, async () => {
  assert.ok(marks.length > 1_000 && unmarked < marks.length / 10, `${marks.length} requests, ${unmarked} without a trace`);
  const unseen = await until(
    'the last request in the log',
    async () => {
      const seen = new Set([...platform.output().matchAll(/"traceId":"([0-9a-f]{32})"[^\n]*"msg":"request"/g)].map(([, id]) => id));
      return marks.filter(({ traceId }) => !seen.has(traceId)).map(({ what }) => what);
    },
    (missing) => missing.length === 0,
  );
  assert.deepEqual(unseen, []);
  const output = platform.output();
  assert.ok(output.length < 3_900_000, 'nothing of the output was cut off');
  const levels = new Set([...output.matchAll(/"level":"(\w+)"/g)].map(([, level]) => level));
  for (const level of ['debug', 'info', 'warn', 'error']) assert.ok(levels.has(level), `${level} among ${[...levels].join()}`);
  assertClean('the output of the process', output);
});

test('spans and metrics: seen, and clean', async () => {
  await until(
    'spans of the last requests',
    async () => collector.text(),
    (text) => marks.every(({ traceId }) => text.includes(traceId)),
  );
  assertClean('the exported spans', collector.text());
  const text = await platform.figures();
  assert.match(text, /lastro_http_request_seconds_count\{method="POST",route="\/entrar\/:uid\/sign-up"/);
  assertClean('the metrics', text);
});
