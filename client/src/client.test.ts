import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLastro, LastroProblem, must, readLines, streamOf } from './index.ts';

type Seen = { url: string; method: string; key: string | null; auth: string | null; position: string | null; body: string };

/** A server made of answers, one a request; a string is a refused connection. */
function served(answers: (Response | string | ((seen: Seen) => Response | Promise<Response>))[]) {
  const seen: Seen[] = [];
  const fake = (async (input: Request, init?: RequestInit) => {
    const { headers } = input;
    const one = {
      url: input.url,
      method: input.method,
      key: headers.get('idempotency-key'),
      auth: headers.get('authorization'),
      position: headers.get('lastro-seen'),
      body: await input.text(),
    };
    seen.push(one);
    const answer = answers.shift();
    if (answer === undefined) throw new Error('nothing more was expected');
    if (typeof answer === 'string') throw new TypeError(answer);
    if (typeof answer !== 'function') return answer;
    const late = new Promise<never>((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal!.reason)));
    return Promise.race([answer(one), late]);
  }) as typeof fetch;
  return { seen, fake };
}
const json = (body: object, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
const token = (name: string) => json({ access_token: name, expires_in: 600 });
const open = (fake: typeof fetch, extra: object = {}) =>
  createLastro({ url: 'http://lastro.test/', credentials: { clientId: 'me', clientSecret: 's e' }, fetch: fake, pauseMs: 1, ...extra });
const command = { id: '0192f000-0000-7000-8000-000000000001', kind: 'release' as const, holdId: '0192f000-0000-7000-8000-000000000002' };

test('what got no answer is sent again: the same body and ids, a bounded number of times; what carries no ids gets a key', async () => {
  const done = { id: command.id, outcome: 'done', duplicate: true, seq: 1 };
  const { seen, fake } = served([token('t'), 'reset', json({}, 503), json({}, 429, { 'retry-after': '0' }), json(done, 201)]);
  const answer = await must(open(fake).api.POST('/v1/ledger/transfers', { body: command }));
  assert.equal(answer.outcome, 'done');
  const posts = seen.slice(1);
  assert.equal(posts.length, 4);
  assert.deepEqual(new Set(posts.map(({ body }) => body)), new Set([JSON.stringify(command)]));
  assert.deepEqual(new Set(posts.map(({ key }) => key)), new Set([null]), 'commands of the ledger carry ids of their own');
  const paying = served([token('t'), 'reset', json({}, 503), json({ id: 'pay_1' }, 201)]);
  await must(open(paying.fake).api.POST('/v1/payments', { body: { quoteId: 'qte_1', amountMinor: '1' } } as never));
  const keys = new Set(paying.seen.slice(1).map(({ key }) => key));
  assert.equal(keys.size, 1);
  assert.match([...keys][0]!, /^[0-9a-f-]{36}$/);
  const away = served([token('t'), 'a', 'b', 'c', 'd']);
  await assert.rejects(must(open(away.fake).api.POST('/v1/ledger/transfers', { body: command })), /^TypeError: d$/);
});

test('where a command was written is said by the requests that follow, the furthest of all', async () => {
  const page = () => json({ accounts: [], next: null });
  const done = (position: string) => json({ id: command.id, outcome: 'done', duplicate: false, seq: 1 }, 201, { 'lastro-seen': position });
  const { seen, fake } = served([token('t'), page(), done('ff'), done('a1'), page(), done('1000'), page()]);
  const { api } = open(fake);
  const list = () => must(api.GET('/v1/ledger/accounts'));
  const post = () => must(api.POST('/v1/ledger/transfers', { body: command }));
  for (const step of [list, post, post, list, post, list]) await step();
  assert.deepEqual(
    seen.map(({ position }) => position),
    [null, null, null, 'ff', 'ff', 'ff', '1000'],
  );
});

test('a refusal is a problem with its code, and is not repeated', async () => {
  const { seen, fake } = served([token('t'), json({ code: 'LEDGER_INSUFFICIENT_FUNDS', detail: 'pouco', action: 'menos' }, 422)]);
  const refused = must(open(fake).api.POST('/v1/ledger/transfers', { body: command }));
  await assert.rejects(refused, (error: LastroProblem) => {
    assert.ok(error instanceof LastroProblem);
    assert.deepEqual([error.status, error.code, error.action], [422, 'LEDGER_INSUFFICIENT_FUNDS', 'menos']);
    return true;
  });
  assert.equal(seen.length, 2);
});

test('an answer that does not begin in time is given up and asked for again', async () => {
  const { seen, fake } = served([token('t'), () => new Promise<Response>(() => undefined), json({ accounts: [], next: null })]);
  const lastro = open(fake, { timeoutMs: 30 });
  assert.deepEqual((await must(lastro.api.GET('/v1/ledger/accounts'))).accounts, []);
  assert.equal(seen.length, 3);
});

test('one token serves many requests, and a new one is asked for when it is no longer taken', async () => {
  const page = () => json({ accounts: [], next: null });
  const { seen, fake } = served([token('one'), page(), page(), json({}, 401), token('two'), page()]);
  const { api } = open(fake);
  await Promise.all([must(api.GET('/v1/ledger/accounts')), must(api.GET('/v1/ledger/accounts'))]);
  await must(api.GET('/v1/ledger/accounts'));
  assert.deepEqual(
    seen.map(({ url, auth }) => [new URL(url).pathname, auth?.split(' ')[1]]),
    [
      ['/oidc/token', Buffer.from('me:s%20e').toString('base64')],
      ['/v1/ledger/accounts', 'one'],
      ['/v1/ledger/accounts', 'one'],
      ['/v1/ledger/accounts', 'one'],
      ['/oidc/token', Buffer.from('me:s%20e').toString('base64')],
      ['/v1/ledger/accounts', 'two'],
    ],
  );
  assert.match(seen[0]!.body, /grant_type=client_credentials&scope=ledger%3Aread\+ledger%3Awrite/);
});

test('pages: every item, with the cursor of the page before', async () => {
  const page = (ids: string[], next: string | null) => json({ accounts: ids.map((accountId) => ({ accountId })), next });
  const { seen, fake } = served([token('t'), page(['a', 'b'], 'c1'), page([], 'c2'), page(['c'], null)]);
  const { api, pages } = open(fake);
  const found = [];
  const all = pages(
    (cursor) => must(api.GET('/v1/ledger/accounts', { params: { query: cursor ? { cursor } : {} } })),
    ({ accounts }) => accounts,
  );
  for await (const { accountId } of all) found.push(accountId);
  assert.deepEqual(found, ['a', 'b', 'c']);
  assert.deepEqual(
    seen.slice(1).map(({ url }) => new URL(url).search),
    ['', '?cursor=c1', '?cursor=c2'],
  );
});

test('lines: cut anywhere, also within a letter, and read only as fast as they are taken', async () => {
  const text = 'olá\nção\n\nfim';
  const bytes = Buffer.from(text);
  async function* chunks() {
    for (const byte of bytes) yield Uint8Array.of(byte);
  }
  const lines = [];
  for await (const line of readLines(chunks())) lines.push(line);
  assert.deepEqual(lines, text.split('\n'));
  let made = 0;
  function* endless() {
    for (;;) yield `line ${made++}`;
  }
  const reader = streamOf(endless()).getReader();
  const { value } = await reader.read();
  assert.match(new TextDecoder().decode(value), /^line 0\nline 1\n/);
  assert.ok(made < 30_000, `${made} lines were made for one read`);
  await reader.cancel();
});

test('an export and an import are streams of lines; an import that failed is not sent again by itself', async () => {
  const { seen, fake } = served([
    token('t'),
    new Response('{"export":1}\n{"end":{}}\n'),
    new Response('{"line":1,"outcome":"done"}\n{"end":{"lines":1}}\n'),
    'reset',
  ]);
  const lastro = open(fake);
  assert.deepEqual(await Array.fromAsync(lastro.exportLines({ fromSeq: '5' })), ['{"export":1}', '{"end":{}}']);
  assert.equal(new URL(seen[1]!.url).search, '?fromSeq=5');
  assert.equal((await Array.fromAsync(lastro.importLines(['a', 'b']))).length, 2);
  assert.equal(seen[2]!.body, 'a\nb\n');
  await assert.rejects(Array.fromAsync(lastro.importLines(['a'])), /reset/);
  assert.equal(seen.length, 4);
});
