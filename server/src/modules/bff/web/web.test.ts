import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import type { App } from '#platform/http/app.ts';
import { createHttpServer } from '#platform/http/server.ts';
import { createLogger } from '#platform/log.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import type { SessionAnswer } from '../contract.ts';
import { addressKey, isHashedName, isPageView, projectOf } from './policy.ts';
import { webRoutes } from './routes.ts';

let root: string;
let app: App;
let now = 1_000_000;
const NOBODY: SessionAnswer = { authenticated: false, csrfToken: 'c', sandbox: true };
let who = (): SessionAnswer => NOBODY;

before(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'lastro-web-'));
  await mkdir(path.join(root, 'dist/media'), { recursive: true });
  await writeFile(path.join(root, 'secret.txt'), 'not for you');
  await writeFile(path.join(root, 'dist/main-7QXJ4B2Z.js'), 'export {}');
  await writeFile(path.join(root, 'dist/icon.svg'), '<svg/>');
  await writeFile(path.join(root, 'dist/.env'), 'x');
  app = await serve(path.join(root, 'dist'));
});
after(async () => {
  await app?.close();
  await rm(root, { recursive: true, force: true });
});

async function serve(webDist: string | undefined, compress = false): Promise<App> {
  const log = createLogger({ level: 'fatal' });
  const server = await createHttpServer({
    log,
    metrics: createMetrics(),
    verifyToken: () => Promise.reject(new Error('none')),
    ratePerMinute: 0,
    compress,
  });
  await server.register(async (scope) => webRoutes(scope as App, { webDist, now: () => now, answer: async () => who(), log }));
  return server;
}
const get = (url: string, accept = 'text/html') => app.inject({ url, headers: { accept } });

test('before the web app is built a page says so; once built it is served without a restart', async () => {
  const before = await get('/inicio');
  assert.equal(before.statusCode, 503);
  assert.match(before.body, /build:web/);
  await writeFile(
    path.join(root, 'dist/index.html'),
    '<html><script>1</script><script src="main-7QXJ4B2Z.js"></script><la-root ngCspNonce="__CSP_NONCE__"></la-root></html>',
  );
  now += 5_000;
  assert.equal((await get('/inicio')).statusCode, 200);
});

test('each answer has a nonce of its own, in the page and in its policy', async () => {
  const [one, two] = [await get('/'), await get('/entrar/abc?screen=sign-up')];
  const nonceOf = (text: string) => text.match(/ngCspNonce="([^"]+)"/)![1]!;
  assert.notEqual(nonceOf(one.body), nonceOf(two.body));
  const policy = String(one.headers['content-security-policy']);
  assert.ok(policy.includes(`'nonce-${nonceOf(one.body)}'`));
  assert.ok(policy.includes("require-trusted-types-for 'script'"));
  assert.ok(!policy.includes('unsafe'));
  assert.equal([...one.body.matchAll(/<script nonce=/g)].length, 2);
  assert.equal(one.headers['cache-control'], 'no-store');
});

test('the page tells who is there and names the code of its address; what a person is called cannot end the script', async () => {
  await writeFile(path.join(root, 'dist/index.html'), '<html><body><la-root></la-root></body></html>');
  const of = {
    '': ['chunk-landing.js'],
    'entrar/*': ['chunk-entrar.js'],
    inicio: ['chunk-shell.js', 'chunk-inicio.js'],
    '*': ['chunk-shell.js'],
  };
  await writeFile(path.join(root, 'dist/preloads.json'), JSON.stringify(of));
  now += 5_000;
  const ahead = async (url: string) =>
    [...(await get(url)).body.matchAll(/<link rel="modulepreload" href="([^"]+)" nonce="[^"]+" fetchpriority="low">/g)].map(
      (one) => one[1],
    );
  assert.deepEqual(await ahead('/'), ['chunk-landing.js']);
  assert.deepEqual(await ahead('/entrar/abc?screen=sign-up'), ['chunk-entrar.js']);
  assert.deepEqual(await ahead('/inicio'), [], 'who is not in leaves for the log-in');
  const person = { id: 'p', name: "Ana </script><b> $' $& Lima", firstName: 'Ana', initials: 'AL' };
  who = () => ({ authenticated: true, csrfToken: 'c', sandbox: true, person });
  assert.deepEqual(await ahead('/inicio?x=1'), of.inicio);
  assert.deepEqual(await ahead('/'), of.inicio, 'who is in is sent on to the home');
  assert.deepEqual(await ahead('/pagar/pay_1'), of['*'], 'a page without code of its own comes with the frame’s');
  const { body } = await get('/inicio');
  const told = body.match(/<script type="application\/json" id="session">(.*?)<\/script>/)![1]!;
  assert.deepEqual(JSON.parse(told).person, person);
  who = () => {
    throw new Error('the database is away');
  };
  const without = await get('/inicio');
  assert.equal(without.statusCode, 200);
  assert.ok(!without.body.includes('id="session"'), 'the app asks by itself');
  who = () => NOBODY;
});

test('the shop’s project has a page of its own under its address, with or without an account before it, and names its own code', async () => {
  const account = '0190a3d2-0000-7000-8000-00000000000a';
  await mkdir(path.join(root, 'dist/negocio'), { recursive: true });
  await writeFile(path.join(root, 'dist/negocio/index.html'), '<html><body><la-shop></la-shop></body></html>');
  await writeFile(path.join(root, 'dist/negocio/preloads.json'), JSON.stringify({ hoje: ['chunk-hoje.js'], '*': ['chunk-frame.js'] }));
  now += 5_000;
  who = () => ({ authenticated: true, csrfToken: 'c', sandbox: true });
  for (const [address, code] of [
    ['/negocio', 'chunk-hoje.js'],
    ['/negocio/hoje', 'chunk-hoje.js'],
    [`/c/${account}/negocio/hoje`, 'chunk-hoje.js'],
    [`/c/${account}/negocio/lancar?x=1`, 'chunk-frame.js'],
  ] as const) {
    const { body } = await get(address);
    assert.ok(body.includes('la-shop') && body.includes(code), address);
  }
  for (const address of ['/inicio', `/c/${account}/inicio`, '/negocios', `/c/${account}/negocio-novo`])
    assert.ok(!(await get(address)).body.includes('la-shop'), address);
  assert.equal((await get('/negocio/index.html')).statusCode, 404);
  assert.equal(projectOf(`/c/${account}/negocio/caixa`), 'negocio');
  assert.equal(addressKey(`/c/${account}/negocio/caixa`), 'caixa');
  assert.equal(addressKey('/negocio/caixa/1'), 'caixa/*');
  who = () => NOBODY;
});

test('files are cached by name: hashed ones for ever', async () => {
  const hashed = await get('/main-7QXJ4B2Z.js', '*/*');
  assert.equal(hashed.statusCode, 200);
  assert.equal(hashed.headers['cache-control'], 'public, max-age=31536000, immutable');
  assert.match(String(hashed.headers['content-type']), /javascript/);
  const icon = await get('/icon.svg', '*/*');
  assert.equal(icon.headers['cache-control'], 'public, max-age=3600');
  assert.equal((await get('/index.html')).statusCode, 404);
});

test('files travel as the build packed them, the page and large answers packed on the way', async () => {
  const script = 'export const text = "um real, dois reais";'.repeat(100);
  const file = path.join(root, 'dist/main-7QXJ4B2Z.js');
  await Promise.all([
    writeFile(file, script),
    writeFile(`${file}.br`, brotliCompressSync(script)),
    writeFile(`${file}.gz`, gzipSync(script)),
  ]);
  await writeFile(path.join(root, 'dist/index.html'), `<html>${'<p>um real</p>'.repeat(200)}__CSP_NONCE__</html>`);
  now += 5_000;
  const compressing = await serve(path.join(root, 'dist'), true);
  const ask = (url: string, encoding: string, accept = '*/*') =>
    compressing.inject({ url, headers: { accept, 'accept-encoding': encoding } });
  for (const [asked, told, unpack] of [
    ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
  ] as const) {
    for (const [url, whole] of [
      ['/main-7QXJ4B2Z.js', script],
      ['/inicio', undefined],
    ] as const) {
      const answer = await ask(url, asked, url === '/inicio' ? 'text/html' : '*/*');
      assert.equal(answer.headers['content-encoding'], told, `${url} ${asked}`);
      assert.match(String(answer.headers.vary), /accept-encoding/i);
      const body = unpack(answer.rawPayload).toString();
      if (whole) assert.equal(body, whole);
      assert.ok(answer.rawPayload.length < body.length / 4);
    }
  }
  assert.equal((await ask('/main-7QXJ4B2Z.js', 'identity')).body, script);
  const unpacked = await ask('/icon.svg', 'br');
  assert.equal(brotliDecompressSync(unpacked.rawPayload).toString(), '<svg/>', 'what the build did not pack is packed on the way');
  await compressing.close();
});

test('what is not there, not ours or outside is a problem, not a page', async () => {
  for (const url of [
    '/v1/nothing',
    '/bff/v1/nothing',
    '/missing.js',
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/.env',
    '/%00.js',
    '/media',
    '/%zz.js',
  ]) {
    const answer = await get(url, url === '/media' ? 'application/json' : 'text/html');
    assert.ok([400, 404].includes(answer.statusCode), `${url} ${answer.statusCode}`);
    assert.ok(!answer.body.includes('not for you'));
  }
});

test('page views and hashed names are told apart from the rest', () => {
  assert.ok(isPageView({ method: 'GET', path: '/pagamento/pay_1', accept: 'text/html' }));
  for (const one of ['/v1', '/bff/login', '/oidc/auth', '/health/live', '/metrics', '/docs', '/openapi.json', '/a.css']) {
    assert.ok(!isPageView({ method: 'GET', path: one, accept: 'text/html' }), one);
  }
  assert.ok(!isPageView({ method: 'GET', path: '/inicio', accept: 'application/json' }));
  for (const name of ['main-7QXJ4B2Z.js', 'media/inter-XK2LMN9P.woff2', 'styles-ABCDEFGH.css', 'chunk-6h-nUxKF.js', 'chunk-jVgiXJsE.js'])
    assert.ok(isHashedName(name), name);
  for (const name of ['icon.svg', 'main.js', 'manifest-padrao.json', 'logo-completo.svg', 'icon-template.svg'])
    assert.ok(!isHashedName(name), name);
});
