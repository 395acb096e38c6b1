/**
 * `npm run test:engines [-- --cases N --minutes M --seed S]`: what needs more than npm brings. Today that is schemathesis (from PyPI) against the
 * whole platform: requests made from our own OpenAPI documents, right and wrong ones, and each answer held against the document. Fails when it
 * cannot be installed.
 */
import { randomInt } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../server/src/platform/embedded-postgres/index.ts';
import { type Campaign, installSchemathesis, runCampaign } from './engines/schemathesis.ts';
import { makeFolders } from './supervisor/folders.ts';
import { makeTemplate, migrateTemplate } from './testing/template-database.ts';

const { values } = parseArgs({
  options: { cases: { type: 'string', default: '20000' }, minutes: { type: 'string', default: '30' }, seed: { type: 'string' } },
});
const wanted = Number(values.cases);
const seconds = Number(values.minutes) * 60;
const seed = Number(values.seed ?? randomInt(1, 2 ** 31));
/** Own sessions are found in the list of sessions, and then ended. */
const ENDS_SESSION = /logout|identity\/lock|devices\/forget|privacy\/erasure|sessions\/\{id\}\/end/;
/** What only people do, with a token of their own. */
const FOR_PEOPLE = /^\/v1\/(memberships|companies|invitations|people\/me)/;

const say = (line: string) => console.log(line);

const { root, state } = makeFolders();
const folder = path.join(state, 'engines');
mkdirSync(folder, { recursive: true });
const program = installSchemathesis(folder, say);
const postgres = await startEmbeddedPostgres({ dataDir: path.join(state, 'engines-pg'), settings: { max_connections: 100 } });
try {
  await makeTemplate(postgres.adminUrl);
  const { DATABASE_URL: _url, DATABASE_ADMIN_URL: _owner, PORT: _port, ...env } = process.env;
  const log = path.join(state, 'engines-migrate.log');
  const { ok } = await migrateTemplate(root, log, postgres.adminUrl, env);
  if (!ok) throw new Error(`the migrations failed: see ${log}`);
  process.env.TEST_DATABASE_ADMIN_URL = postgres.adminUrl;
  await shakePlatform();
} finally {
  await postgres.stop();
}

async function shakePlatform(): Promise<void> {
  const { startWholePlatform, ownHeaders, openLogIn } = await import('../server/test/support/whole-platform.ts');
  const { openDesk } = await import('../server/test/support/whole-desk.ts');
  const { OPERATOR_ROLES } = await import('../server/src/platform/operator-roles.ts');
  const { Person } = await import('./lib/person.ts');
  const platform = await startWholePlatform({ LOG_LEVEL: 'warn', WEB_DIST: pageFolder() });
  let cases = 0;
  try {
    const document = (await platform.send('GET', '/openapi.json')).body as { paths: Record<string, Record<string, object>> };
    // Proofs of who asks are given by us, to every request alike; left in, each request without its cookie would count as let through.
    const only = (name: string, wants: (path: string) => boolean, change = (described: object): unknown => described): string => {
      const file = path.join(folder, `${name}.json`);
      const kept = Object.entries(document.paths).filter(([one]) => wants(one));
      const described = Object.fromEntries(kept.map(([one, methods]) => [one, withoutSecurity(methods)]));
      writeFileSync(file, JSON.stringify({ ...document, paths: change(described) }));
      return file;
    };
    const person = await platform.signUp(1);
    await platform.fund(person, 1_000_000n);
    const asService = async () => ({ headers: { authorization: `Bearer ${await platform.serviceToken()}` } });
    const { 'idempotency-key': _key, ...session } = ownHeaders(person);
    const operator = await openDesk(platform, 'olga', OPERATOR_ROLES);
    let leavers = 0;
    const common = { baseUrl: platform.baseUrl, seed };
    const campaigns: (() => Promise<Omit<Campaign, keyof typeof common | 'operations' | 'cases' | 'maxSeconds'> & { share: number }>)[] = [
      async () => ({
        name: 'v1-ledger',
        share: 0.35,
        // Lines of an import are no JSON that a schema could make.
        document: only('v1-ledger', (one) => one.startsWith('/v1/ledger/') && one !== '/v1/ledger/import'),
        open: asService,
      }),
      async () => ({
        name: 'v1',
        share: 0.3,
        document: only('v1', (one) => one.startsWith('/v1/') && !one.startsWith('/v1/ledger/') && !FOR_PEOPLE.test(one)),
        open: asService,
      }),
      async () => ({
        name: 'v1-people',
        share: 0.05,
        document: only('v1-people', (one) => FOR_PEOPLE.test(one)),
        open: async () => ({ headers: { authorization: `Bearer ${await platform.personToken(1)}` } }),
      }),
      async () => ({
        name: 'bff',
        share: 0.2,
        // The stream of events does not end; what ends the session has a campaign of its own, and the desk a host.
        document: only('bff', (one) => one.startsWith('/bff/v1/') && !/events|live|\/desk\//.test(one) && !ENDS_SESSION.test(one)),
        open: async () => ({ headers: session }),
      }),
      // A person for each pass: after one of them has worked there is nobody to ask for.
      async () => ({
        name: 'bff-endings',
        share: 0.01,
        endsItself: true,
        document: only('bff-endings', (one) => one.startsWith('/bff/v1/') && !/\/desk\//.test(one) && ENDS_SESSION.test(one)),
        async open() {
          leavers += 1;
          const { 'idempotency-key': _none, ...headers } = ownHeaders(await platform.signUp(1_000 + leavers));
          return { headers };
        },
      }),
      async () => ({
        name: 'desk',
        share: 0.04,
        document: only('desk', (one) => one.startsWith('/bff/v1/desk/') && !/events|live/.test(one)),
        open: async () => ({ headers: operator }),
      }),
      async () => ({
        name: 'entrar',
        share: 0.05,
        // Without its examples: who signs up has ended the log-in, and all that follows would only hear so.
        document: only('entrar', (one) => one.startsWith('/entrar/'), withoutExamples),
        async open() {
          const browser = new Person(platform.baseUrl);
          const uid = await openLogIn(browser);
          const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
          const headers = { cookie, 'x-requested-with': 'lastro', origin: platform.baseUrl, 'sec-fetch-site': 'same-origin' };
          return { headers, parameters: { 'path.uid': uid } };
        },
        // The pages of the log-in are at the same addresses, for GET.
        without: ['unsupported_method', 'allow_header_conformance'],
      }),
    ];
    say(`schemathesis, seed ${seed}`);
    const shake = async (make: (typeof campaigns)[number]): Promise<void> => {
      const { share, ...campaign } = await make();
      const operations = countOperations(campaign.document);
      const outcome = await runCampaign(program, folder, {
        ...campaign,
        ...common,
        operations,
        cases: Math.ceil(wanted * share),
        maxSeconds: seconds,
      });
      cases += outcome.cases;
      say(`${outcome.ok ? '✓' : '✗'} ${campaign.name}: ${outcome.cases} cases on ${operations} operations`);
      if (!outcome.ok) {
        process.exitCode = 1;
        say(outcome.log.slice(-20_000));
      }
    };
    // One after the other for a token or a session of its own; several at a time, since each uses one processor.
    const [ledger, rest, ...people] = campaigns;
    await Promise.all([
      shake(ledger!),
      shake(rest!),
      (async () => {
        for (const one of people) await shake(one);
      })(),
    ]);
  } finally {
    await platform.close();
  }
  say(`${cases} cases in all`);
  if (cases < wanted) {
    say(`fewer than the ${wanted} that were wanted`);
    process.exitCode = 1;
  }
}

function withoutSecurity(methods: Record<string, object>): Record<string, object> {
  return Object.fromEntries(Object.entries(methods).map(([method, operation]) => [method, { ...operation, security: [] }]));
}

function withoutExamples(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(withoutExamples);
  if (part === null || typeof part !== 'object') return part;
  const kept = Object.entries(part).filter(([name]) => name !== 'example' && name !== 'examples');
  return Object.fromEntries(kept.map(([name, one]) => [name, withoutExamples(one)]));
}

/** The pages of the log-in answer at addresses of the API, too; any page will do here. */
function pageFolder(): string {
  const pages = path.join(folder, 'pages');
  mkdirSync(pages, { recursive: true });
  writeFileSync(
    path.join(pages, 'index.html'),
    '<!doctype html><html lang="pt-BR"><head><title>Lastro</title></head><body></body></html>\n',
  );
  return pages;
}

function countOperations(file: string): number {
  const { paths } = JSON.parse(readFileSync(file, 'utf8')) as { paths: Record<string, object> };
  return Object.values(paths).reduce((sum, methods) => sum + Object.keys(methods).length, 0);
}
