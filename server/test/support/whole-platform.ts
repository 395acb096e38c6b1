/** The whole platform as real processes with a database of its own, and ways to talk to it that a client library would not allow. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Pool } from 'undici';
import { cpfFrom, Person, until } from '../../../scripts/lib/person.ts';
import { MODULES, scopesOf } from '../../src/module-list.ts';
import { BFF_CALLBACK_PATH, bffClientId, clientSecretPurpose } from '../../src/modules/identity/events.ts';
import { DEMO_CLIENT_ID, DEMO_CLIENT_SECRET, DEVELOPMENT_TENANTS } from '../../src/modules/identity/seed.ts';
import { derivedSecret } from '../../src/platform/vault/derived-secret.ts';
import {
  freePort,
  MASTER_KEY,
  NO_PROOFS,
  type RunningProcess,
  type SandboxProcess,
  startSandboxProcess,
  startServerProcess,
} from './running-platform.ts';
import { openTestDatabase, type TestDatabase } from './test-database.ts';

export const [TENANT_A, TENANT_B] = DEVELOPMENT_TENANTS.map((tenant) => tenant.id) as [string, string];

export type Sent = {
  token?: string;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, with `content-type: application/json` unless the headers say otherwise. */
  raw?: string | Buffer;
};
export type Answer = { status: number; headers: Record<string, string | string[] | undefined>; text: string; body: unknown };

export type WholePlatform = {
  database: TestDatabase;
  sandbox: SandboxProcess;
  baseUrl: string;
  port: number;
  /** Where the server's faces and figures are. */
  internalUrl: string;
  /** What /metrics says at this moment. */
  figures(): Promise<string>;
  /** The server process that runs at this moment. */
  server(): RunningProcess;
  /** Everything that every server process printed. */
  output(): string;
  /** SIGKILL, and a new process on the same port. `between` runs while none is there. */
  killAndRestart(between?: () => Promise<void>): Promise<void>;
  send(method: string, target: string, sent?: Sent): Promise<Answer>;
  /** An access token of a service of the tenant, with these scopes only (all of the demonstration's when left out). */
  serviceToken(options?: { tenantId?: string; scopes?: readonly string[] }): Promise<string>;
  /** A signed-up person with an open account; `number` makes the CPF. */
  signUp(number: number, name?: string): Promise<Person>;
  /** An access token of the person that `signUp` made of that number, as the BFF would get it. */
  personToken(number: number, tenantId?: string): Promise<string>;
  /** A person of either tenant, registered over the API; the account opens by itself. Answers the subject's id. */
  register(number: number, tenantId?: string): Promise<string>;
  /** Money by a Pix from outside. */
  fund(person: Person, amountMinor: bigint): Promise<void>;
  close(): Promise<void>;
};

type Home = { account: { status: string; pixKey: string }; balance: { availableMinor: string } };
const decimal = (minor: bigint) => `${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`;
const OTHER_CLIENT_ID = 'servico-da-outra';
/** Of everybody that `signUp` and `register` make. */
export const PASSWORD = 'conforme-o-combinado';
const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

/** What the web app sends with every POST of a person with a session. */
export function ownHeaders(person: Person, key: string = randomUUID()): Record<string, string> {
  return {
    cookie: [...person.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    'user-agent': 'lastro-person/1',
    'x-csrf-token': person.csrfToken,
    'x-requested-with': 'lastro',
    'idempotency-key': key,
    origin: person.baseUrl,
    'sec-fetch-site': 'same-origin',
  };
}

/** Opens the log-in page in a fresh browser; answers the id of the log-in under way. */
export async function openLogIn(browser: Person, start = '/bff/login?returnTo=/inicio'): Promise<string> {
  let target = start;
  for (let hop = 0; hop < 6; hop++) {
    const { headers } = await browser.request('GET', target);
    target = headers.get('location') ?? '';
    const uid = new URL(target, browser.baseUrl).pathname.match(/^\/entrar\/([\w-]+)$/)?.[1];
    if (uid) return uid;
  }
  throw new Error('the log-in led to no page of ours');
}

export async function startWholePlatform(env: Record<string, string> = {}): Promise<WholePlatform> {
  const folder = mkdtempSync(path.join(tmpdir(), 'lastro-whole-'));
  const database = await openTestDatabase();
  const port = await freePort();
  const internalPort = await freePort();
  const internalUrl = `http://127.0.0.1:${internalPort}`;
  const sandbox = await startSandboxProcess({ dataDir: folder, port: await freePort(), webhookPort: port });
  const start = () =>
    startServerProcess({
      databaseUrl: database.appUrl,
      port,
      sandboxUrl: sandbox.url,
      env: { INTERNAL_PORT: String(internalPort), ...NO_PROOFS, ...env },
    });
  let server = await start();
  let before = '';
  const baseUrl = `http://localhost:${port}`;
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 64 });
  await addServiceOfOtherTenant(database);

  const askToken = async (authorization: string, form: Record<string, string>): Promise<string> => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', authorization };
    const answer = await platform.send('POST', '/oidc/token', { raw: new URLSearchParams(form).toString(), headers });
    if (answer.status !== 200) throw new Error(`no token: ${answer.status} ${answer.text}`);
    return (answer.body as { access_token: string }).access_token;
  };
  const allScopes = async (): Promise<string[]> => {
    const rows = await database.admin<{ scopes: string[] }>('select scopes from identity.clients where client_id = $1', [DEMO_CLIENT_ID]);
    return rows[0]?.scopes ?? [];
  };

  const platform: WholePlatform = {
    database,
    sandbox,
    baseUrl,
    port,
    internalUrl,
    figures: async () => (await fetch(`${internalUrl}/metrics`)).text(),
    server: () => server,
    output: () => before + server.output(),
    async killAndRestart(between = async () => undefined) {
      await server.kill();
      before += server.output();
      await between();
      server = await start();
    },
    async send(method, target, { token, headers, body, raw } = {}) {
      const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
      const answer = await pool.request({
        method: method as 'GET',
        path: target,
        headers: {
          host: `localhost:${port}`,
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(payload === undefined ? {} : { body: payload }),
        headersTimeout: 20_000,
      });
      const text = await answer.body.text();
      const isJson = /json(?!l)(?<!ndjson)/.test(String(answer.headers['content-type'] ?? ''));
      return { status: answer.statusCode, headers: answer.headers, text, body: isJson && text ? JSON.parse(text) : undefined };
    },
    async serviceToken({ tenantId = TENANT_A, scopes } = {}) {
      const [id, secret] = tenantId === TENANT_A ? [DEMO_CLIENT_ID, DEMO_CLIENT_SECRET] : [OTHER_CLIENT_ID, otherSecret()];
      return askToken(basic(id, secret), { grant_type: 'client_credentials', scope: (scopes ?? (await allScopes())).join(' ') });
    },
    async register(number, tenantId = TENANT_A) {
      const body = { name: 'Clara Conformidade', cpf: cpfFrom(number), email: `conforme.${number}@exemplo.com.br`, password: PASSWORD };
      const headers = { 'idempotency-key': `register-${number}-${tenantId}` };
      const answer = await platform.send('POST', '/v1/people', { token: await platform.serviceToken({ tenantId }), headers, body });
      if (answer.status !== 201) throw new Error(`no person: ${answer.status} ${answer.text}`);
      return (answer.body as { subjectId: string }).subjectId;
    },
    async personToken(number, tenantId = TENANT_A) {
      const browser = new Person(baseUrl);
      const tenant = DEVELOPMENT_TENANTS.find((one) => one.id === tenantId)!;
      const clientId = bffClientId(tenant.slug);
      const redirectUri = `http://${tenant.hosts[0]}:${port}${BFF_CALLBACK_PATH}`;
      const verifier = randomBytes(32).toString('base64url');
      const query = new URLSearchParams({
        client_id: clientId,
        response_type: 'code',
        redirect_uri: redirectUri,
        scope: ['openid', ...scopesOf(MODULES).people].join(' '),
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
      });
      const uid = await openLogIn(browser, `/oidc/auth?${query}`);
      const credentials = { login: cpfFrom(number), password: PASSWORD };
      const { redirectTo } = await browser.post<{ redirectTo: string }>(200, `/entrar/${uid}/login`, credentials);
      const { headers } = await browser.request('GET', redirectTo);
      const code = new URL(headers.get('location') ?? '', baseUrl).searchParams.get('code') ?? '';
      const secret = derivedSecret(Buffer.from(MASTER_KEY, 'base64'), clientSecretPurpose(clientId));
      const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier };
      return askToken(basic(clientId, secret), form);
    },
    async signUp(number, name = 'Clara Conformidade') {
      const person = new Person(baseUrl);
      const cpf = cpfFrom(number);
      await person.signUp({ name, cpf, email: `conforme.${number}@exemplo.com.br`, password: PASSWORD });
      await until(
        'the account',
        () => person.get<Home>('/bff/v1/home'),
        (home) => home.account.status === 'open',
      );
      return person;
    },
    async fund(person, amountMinor) {
      const { account, balance } = await person.get<Home>('/bff/v1/home');
      const wanted = String(BigInt(balance.availableMinor) + amountMinor);
      await sandbox.call('POST', '/admin/receive', { payeeKey: account.pixKey, amount: decimal(amountMinor) });
      await until(
        'the money',
        () => person.get<Home>('/bff/v1/home'),
        (home) => home.balance.availableMinor === wanted,
      );
    },
    async close() {
      await pool.destroy();
      await server.kill();
      await sandbox.kill();
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return platform;
}

/** The installation's second tenant has a service, too, with the same scopes as the demonstration's. */
async function addServiceOfOtherTenant(database: TestDatabase): Promise<void> {
  await database.admin(
    `insert into identity.clients (client_id, tenant_id, name, kind, scopes, redirect_uris, created_at)
     select $1, $2, 'Outra', kind, scopes, redirect_uris, created_at from identity.clients where client_id = $3`,
    [OTHER_CLIENT_ID, TENANT_B, DEMO_CLIENT_ID],
  );
}

const otherSecret = () => derivedSecret(Buffer.from(MASTER_KEY, 'base64'), clientSecretPurpose(OTHER_CLIENT_ID));
