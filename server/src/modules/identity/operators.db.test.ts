/** Operators are a realm apart: their own names, client, host, cookie and scopes, and nothing by password alone. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Actor } from '#platform/context.ts';
import { type BffServer, ownHeaders, startBffServer } from '../../../test/support/bff-server.ts';
import { LASTRO, MARIA, OUTRA, OWN_PAGE } from '../../../test/support/identity-server.ts';
import { addOperator, deskOf, enterDesk, type TestOperator } from '../../../test/support/operator.ts';
import { MODULES, scopesOf } from '../../module-list.ts';

const ROOT: Actor = { kind: 'service', id: 'admin:test' };
let server: BffServer;
let ana: TestOperator;

before(async () => {
  server = await startBffServer();
  await server.identity.face!.impl.registerPerson({ tenantId: LASTRO, actor: ROOT }, MARIA);
  ana = await addOperator(server, { name: 'Ana Analista', email: MARIA.email, roles: ['analyst'] });
});
after(() => server?.close());

const session = async (browser: Awaited<ReturnType<typeof server.logIn>>, origin: string) =>
  (await browser.send(`${origin}/bff/v1/session`)).json() as Record<string, unknown> & { authenticated: boolean };

test('a first password gives nothing but a second factor; with it the session has the scopes of the roles', async () => {
  const first = await addOperator(
    server,
    { name: 'Bia Primeira', email: 'bia@exemplo.com.br', roles: ['analyst', 'auditor'] },
    { factor: false },
  );
  const { browser, desk } = await enterDesk(server, first);
  assert.equal((await session(browser, desk)).mustAddFactor, true);
  const caller = await first.callerOf(browser);
  assert.deepEqual([...caller.scopes], []);
  assert.deepEqual(caller.actor, { kind: 'operator', id: first.subjectId });
  assert.equal(caller.subjectId, undefined, 'an operator has nothing of their own');

  const colleagues = `${desk}/bff/v1/desk/identity/colleagues`;
  assert.equal((await browser.send(colleagues)).status, 403, 'not even who the others are');
  await first.addTotp(browser, desk);
  const again = await enterDesk(server, first);
  const proved = await first.callerOf(again.browser);
  const { roles } = scopesOf(MODULES);
  assert.deepEqual([...proved.scopes].sort(), [...new Set([...roles.analyst, ...roles.auditor])].sort());
  assert.equal(proved.proof?.acr, 'aal2');
  assert.equal((await again.browser.send(colleagues)).status, 200);
  assert.equal((await again.browser.send(`${desk}/bff/v1/desk/identity/operators`)).status, 200, 'an auditor sees who there is');
  assert.equal((await again.browser.send(`${desk}/bff/v1/desk/identity/approvals`)).status, 403, 'and decides nothing');
});

test('one e-mail address is two people: neither password opens the other realm', async () => {
  const browser = server.browser();
  const { url: page } = await browser.follow(`${deskOf(server)}/bff/login`, (url) => url.pathname.startsWith('/entrar/'));
  const asCustomer = await browser.send(`${page}/login`, { body: { login: MARIA.email, password: MARIA.password }, headers: OWN_PAGE });
  assert.equal(asCustomer.status, 401, asCustomer.text);
  const byCpf = await browser.send(`${page}/login`, { body: { login: MARIA.cpf, password: MARIA.password }, headers: OWN_PAGE });
  assert.equal(byCpf.status, 401, 'a CPF names no operator');
  const signUp = { body: { ...MARIA, email: 'nova@exemplo.com.br' }, headers: { ...OWN_PAGE, 'idempotency-key': 'operators-sign-up-1' } };
  assert.equal((await browser.send(`${page}/sign-up`, signUp)).status, 403, 'nobody signs up as an operator');
  await assert.rejects(server.logIn(server.browser(), server.publicUrl, MARIA.email, ana.password), /log-in: 401/);
});

test('a session of one realm is none in the other, whatever host its cookie is shown at', async () => {
  const { browser, desk } = await enterDesk(server, ana);
  const cookie = browser.cookie('lastro-operacao')!;
  assert.ok(cookie);
  const thief = server.browser();
  thief.setCookie('localhost', 'lastro', cookie);
  assert.equal((await thief.send(`${server.publicUrl}/bff/v1/home`)).status, 401);
  const customer = await server.logIn();
  const other = server.browser();
  other.setCookie(new URL(desk).hostname, 'lastro-operacao', customer.cookie('lastro')!);
  assert.equal((await other.send(`${desk}/bff/v1/identity/security`)).status, 401);
});

test('what customers have is not at the desk, and the desk is not at the customers’ host', async () => {
  const { browser, desk } = await enterDesk(server, ana);
  const home = await browser.send(`${desk}/bff/v1/statement`);
  assert.equal(home.status, 404, home.text);
  assert.equal((await session(browser, desk)).authenticated, true);
  assert.equal((await session(browser, server.publicUrl)).authenticated, false);
  const outra = desk.replace('operacao.', 'operacao.outra.');
  browser.setCookie(new URL(outra).hostname, 'lastro-operacao', browser.cookie('lastro-operacao')!);
  assert.equal((await session(browser, outra)).authenticated, false, 'an operator of one tenant is nobody to another');
});

test('another role, and being disabled, end what was open before; the last admin stays', async () => {
  const { operators } = ana;
  const carlos = await addOperator(server, { name: 'Carlos Chefe', email: 'carlos@exemplo.com.br', roles: ['admin'] });
  const { browser, desk } = await enterDesk(server, carlos);
  const versionOf = async ({ subjectId }: TestOperator) =>
    (await operators.list(LASTRO)).find((one) => one.subjectId === subjectId)!.version;
  const change = async (who: TestOperator, roles: string[], isDisabled = false) => {
    const version = await versionOf(who);
    return server.deps.db.tx({ module: 'identity', tenants: [LASTRO] }, (tx) =>
      operators.change(tx, LASTRO, { subjectId: who.subjectId, version, roles, isDisabled }, ROOT),
    );
  };
  await assert.rejects(change(carlos, ['support']), { code: 'IDENTITY_LAST_ADMIN' });
  await assert.rejects(change(carlos, ['admin'], true), { code: 'IDENTITY_LAST_ADMIN' });
  await assert.rejects(change(carlos, ['emperor']), { code: 'IDENTITY_ROLE_UNKNOWN' });
  const dora = await addOperator(server, { name: 'Dora Chefe', email: 'dora@exemplo.com.br', roles: ['admin'] });
  await change(carlos, ['support']);
  assert.equal((await browser.send(`${desk}/bff/v1/identity/security`)).status, 401, 'the scopes of before are gone with their session');
  await change(carlos, ['support'], true);
  await assert.rejects(enterDesk(server, carlos), /log-in: 401/);
  // Two at once who would each leave the other alone: one is refused.
  await change(carlos, ['admin']);
  const both = await Promise.allSettled([change(carlos, ['support']), change(dora, ['support'])]);
  assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
});

test('an operator keeps a second factor; the list is the tenant’s own', async () => {
  const eva = await addOperator(server, { name: 'Eva', email: 'eva@exemplo.com.br', roles: ['support'] });
  const { browser, desk } = await enterDesk(server, eva);
  const headers = await ownHeaders(browser, desk);
  const gone = await browser.send(`${desk}/bff/v1/identity/totp/remove`, { headers, body: { proof: { code: eva.nextCode() } } });
  assert.equal(gone.json().code, 'IDENTITY_LAST_FACTOR', gone.text);
  assert.ok((await eva.operators.list(LASTRO)).length >= 2);
  assert.deepEqual(await eva.operators.list(OUTRA), []);
});
