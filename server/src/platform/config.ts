import { randomBytes } from 'node:crypto';
import { flawsOfProduction } from './production-settings.ts';

/** How one environment variable is read. Also the source of the generated reference. */
export type Setting = {
  kind: 'text' | 'integer' | 'flag' | 'url' | 'list' | 'databases' | 'map' | 'bytes32';
  doc: string;
  /** Used when the variable is absent. A setting without one (and not `optional`) is required. */
  default?: string;
  optional?: boolean;
  secret?: boolean;
  /** In development mode an absent secret is made up for the life of the process; elsewhere it is an error. */
  madeUpInDevelopment?: boolean;
  /** Smallest and largest value of an integer. */
  range?: [number, number];
};

type Value<S extends Setting> = S['kind'] extends 'integer'
  ? number
  : S['kind'] extends 'flag'
    ? boolean
    : S['kind'] extends 'list' | 'databases'
      ? string[]
      : S['kind'] extends 'map'
        ? Record<string, string>
        : S['kind'] extends 'bytes32'
          ? Buffer
          : string;

export type Parsed<T extends Record<string, Setting>> = {
  [K in keyof T]: T[K] extends { optional: true } ? Value<T[K]> | undefined : Value<T[K]>;
};

export const settings = {
  LASTRO_MODE: {
    kind: 'text',
    doc: 'development fills in what production must be given: secrets, demo tenants, plain-http cookies.',
    default: 'production',
  },
  LASTRO_PROFILE: {
    kind: 'text',
    doc: 'A part of the house by the name of what it is for: cash, risk, split, core or opf (server/src/profiles.ts). MODULES, when given, has the last word.',
    optional: true,
  },
  PORT: { kind: 'integer', doc: 'Public HTTP port.', default: '3000', range: [0, 65535] },
  HOST: { kind: 'text', doc: 'Address the public port listens on.', default: '127.0.0.1' },
  INTERNAL_HOST: {
    kind: 'text',
    doc: 'Address the internal port listens on. Other machines reach it only when this names one of their network; never a public one.',
    default: '127.0.0.1',
  },
  INTERNAL_PORT: {
    kind: 'integer',
    doc: 'Port of the faces for other processes, needed when MODULES is a part, and of /metrics. 0 picks a free one.',
    optional: true,
    range: [0, 65535],
  },
  PUBLIC_URL: { kind: 'url', doc: 'Address people use; the issuer is this plus /oidc.', default: 'http://localhost:3000' },
  DATABASE_URL: { kind: 'text', doc: 'Postgres of the application. Its role owns no table.', secret: true },
  DATABASE_LISTEN_URL: {
    kind: 'text',
    doc: 'The same database for LISTEN, when DATABASE_URL leads to a pooler that lends connections for one transaction. DATABASE_URL when absent.',
    optional: true,
    secret: true,
  },
  DATABASE_POOL: { kind: 'integer', doc: 'Connections of this process.', default: '16', range: [2, 200] },
  DATABASE_REPLICA_URLS: {
    kind: 'databases',
    doc: 'Copies of DATABASE_URL (hot standbys) that answer what is only shown, each once it has all the caller wrote.',
    optional: true,
    secret: true,
  },
  DATABASE_REPLICA_LAG_MS: {
    kind: 'integer',
    doc: 'A copy further behind than so many milliseconds serves nobody.',
    default: '5000',
    range: [200, 60_000],
  },
  LASTRO_CACHE: {
    kind: 'text',
    doc: 'Where copies are kept and requests are counted: memory (each process for itself) or postgres (all processes together).',
    default: 'memory',
  },
  LASTRO_BLOB_FOLDER: {
    kind: 'text',
    doc: 'Folder for files, on storage that all processes share; files are kept in Postgres when absent.',
    optional: true,
  },
  MODULES: { kind: 'list', doc: 'Modules that live in this process; all when absent.', optional: true },
  MODULE_URLS: { kind: 'map', doc: 'Internal addresses of modules that live elsewhere: ledger=http://10.0.0.5:4001,risk=…', default: '' },
  ROLES: { kind: 'list', doc: 'What this process does for its modules: http, worker.', default: 'http,worker' },
  LASTRO_MASTER_KEY: {
    kind: 'bytes32',
    doc: 'Base64 of 32 random bytes that wrap every data key.',
    secret: true,
    madeUpInDevelopment: true,
  },
  LASTRO_INTERNAL_SECRET: {
    kind: 'bytes32',
    doc: 'Base64 of 32 random bytes that sign calls between processes.',
    secret: true,
    madeUpInDevelopment: true,
  },
  LASTRO_CRASH_AT: {
    kind: 'text',
    doc: 'Tests only: kills the process at a crash point of a long process, `payments.payment/hold:after#1` (first passing) or `@file` (the point the file names). Refused outside development.',
    optional: true,
  },
  LASTRO_CHECK_CALLS: {
    kind: 'flag',
    doc: 'Whether a call between modules of this process passes the encoding and the checks of one between processes. In development it does unless told.',
    optional: true,
  },
  LASTRO_ANCHOR_TSA_URL: {
    kind: 'url',
    doc: 'Time-stamping authority (RFC 3161) that stamps the statement of each day of the ledger and the audit trail.',
    optional: true,
  },
  LASTRO_ANCHOR_TSA_CA: {
    kind: 'text',
    doc: 'File with the PEM certificates a token must lead to; needed with LASTRO_ANCHOR_TSA_URL.',
    optional: true,
  },
  LASTRO_ANCHOR_FOLDER: {
    kind: 'text',
    doc: 'Folder, on storage that others keep, into which the statement of each day is written once.',
    optional: true,
  },
  MAIL_URL: {
    kind: 'text',
    doc: 'How mail leaves: smtp://user:password@host:587, smtps://…:465 or file:///folder. Into .lastro/mail in development when absent; in production none is sent then.',
    optional: true,
    secret: true,
  },
  MAIL_FROM: { kind: 'text', doc: 'Who mail is from, as it stands in the message.', default: 'Lastro <nao-responda@localhost>' },
  LOG_LEVEL: { kind: 'text', doc: 'fatal, error, warn, info, debug or trace.', default: 'info' },
  OTLP_TRACES_URL: { kind: 'url', doc: 'OTLP/HTTP collector for traces.', optional: true },
  TRUST_PROXY: { kind: 'text', doc: 'Addresses or networks of proxies whose X-Forwarded-* are believed.', optional: true },
  RATE_PER_MINUTE: {
    kind: 'integer',
    doc: 'Requests a minute of one network (an IPv4 address, or 64 bits of an IPv6 one), and of one person.',
    default: '1200',
    range: [1, 10_000_000],
  },
} as const satisfies Record<string, Setting>;

/** What a module says of its settings; see `Manifest`. */
export type Declared = { name: string; settings?: Readonly<Record<string, Setting>>; prefixes?: readonly string[] };

export type Config = Parsed<typeof settings> & {
  /** Names of the modules that live in this process. */
  here: ReadonlySet<string>;
  /** The settings of each of them. */
  of: Readonly<Record<string, Record<string, unknown>>>;
};

/** Set by the supervisor or by other programs of the repository, not read here. */
const NOT_OURS = new Set(['PIX_PROVIDER_PORT', 'LASTRO_URL', 'LASTRO_CLIENT_ID', 'LASTRO_CLIENT_SECRET', 'LASTRO_TOKEN', 'LEDGER_APART']);
/** What Kubernetes tells every container of the services beside it. */
const SERVICE_LINK = /_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP)(_\w+)?)?)$/;

const MODES = new Set(['development', 'production']);

/** Names of modules by the name of the profile. */
export type Profiles = Readonly<Record<string, { modules: readonly string[] }>>;

type Environment = Record<string, string | undefined>;
type Given = { name: string; setting: Setting; text: string };
type Reading = { env: Environment; development: boolean; problems: string[]; given: Given[] };

/**
 * Reads the configuration once: the process's own settings, and those of the modules that live in it. Throws one error that names every
 * problem found.
 */
export function readConfig(env: Environment, modules: readonly Declared[], profiles: Profiles = {}): Config {
  const development = env.LASTRO_MODE === 'development';
  const reading: Reading = { env, development, problems: [], given: [] };
  const { problems } = reading;
  const mode = env.LASTRO_MODE || settings.LASTRO_MODE.default;
  if (!MODES.has(mode)) problems.push(`LASTRO_MODE is development or production, and not "${mode}"`);
  const own = readSettings(reading, settings) as Parsed<typeof settings>;
  if (own.LASTRO_CACHE !== 'memory' && own.LASTRO_CACHE !== 'postgres')
    problems.push(`LASTRO_CACHE is memory or postgres, and not "${own.LASTRO_CACHE}"`);
  const here = new Set(own.MODULES ?? modulesOf(own.LASTRO_PROFILE, profiles, problems) ?? modules.map(({ name }) => name));
  for (const name of here) {
    if (!modules.some((module) => module.name === name))
      problems.push(`MODULES names "${name}"; there are ${modules.map((module) => module.name).join(', ')}`);
  }
  const of = Object.fromEntries(
    modules.filter(({ name }) => here.has(name)).map(({ name, settings = {} }) => [name, readSettings(reading, settings)]),
  );
  problems.push(...unknownNames(env, modules));
  if (!development) problems.push(...flawsOfProduction(reading.given));
  if (env.LASTRO_CRASH_AT && !development) problems.push('LASTRO_CRASH_AT is for tests in development mode');
  if (problems.length > 0) throw new Error(`configuration:\n  ${[...new Set(problems)].join('\n  ')}`);
  return { ...own, here, of };
}

function modulesOf(name: string | undefined, profiles: Profiles, problems: string[]): readonly string[] | undefined {
  if (name === undefined) return undefined;
  // What LASTRO_MODE is now was called so once.
  if (MODES.has(name)) problems.push(`LASTRO_PROFILE is no longer ${name}: say LASTRO_MODE=${name}`);
  else if (!profiles[name]) problems.push(`LASTRO_PROFILE is one of ${Object.keys(profiles).join(', ')}, and not "${name}"`);
  return profiles[name]?.modules;
}

function readSettings(
  { env, development, problems, given }: Reading,
  declared: Readonly<Record<string, Setting>>,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(declared)) {
    let text = env[name];
    if (text === undefined || text === '') text = setting.default;
    if (text === undefined && setting.madeUpInDevelopment && development) text = randomBytes(32).toString('base64');
    if (text === undefined) {
      if (!setting.optional) problems.push(`${name} is required: ${setting.doc}`);
      continue;
    }
    // Two modules may read the same one.
    if (!given.some((one) => one.name === name)) given.push({ name, setting, text });
    try {
      values[name] = parse(setting, text);
    } catch (error) {
      problems.push(`${name}: ${(error as Error).message}`);
    }
  }
  return values;
}

/** A variable with a prefix of ours that nobody knows, also none of the modules that live elsewhere, is a typing error. */
function unknownNames(env: Environment, modules: readonly Declared[]): string[] {
  const prefixes = ['LASTRO', 'OTLP', ...modules.flatMap(({ name, prefixes = [] }) => [name.toUpperCase(), ...prefixes])];
  const known = new Set([settings, ...modules.map((module) => module.settings ?? {})].flatMap((one) => Object.keys(one)));
  return Object.keys(env)
    .filter((name) => prefixes.some((prefix) => name.startsWith(`${prefix}_`)) && !known.has(name))
    .filter((name) => !NOT_OURS.has(name) && !SERVICE_LINK.test(name))
    .map((name) => `${name} is not a setting of Lastro`);
}

function parse(setting: Setting, text: string): unknown {
  switch (setting.kind) {
    case 'integer': {
      const [least, most] = setting.range ?? [0, Number.MAX_SAFE_INTEGER];
      const value = Number(text);
      if (!/^\d+$/.test(text) || value < least || value > most) throw new Error(`a whole number from ${least} to ${most}`);
      return value;
    }
    case 'flag':
      if (text !== 'true' && text !== 'false') throw new Error('true or false');
      return text === 'true';
    case 'url':
      if (!URL.canParse(text)) throw new Error('an absolute URL');
      return text.replace(/\/$/, '');
    case 'list':
      return partsOf(text);
    case 'databases': {
      const urls = partsOf(text);
      // Without what was given: it has a password in it.
      if (!urls.every(isDatabase)) throw new Error('postgres://user:password@host:port/database, several with commas between them');
      return urls;
    }
    case 'map':
      return parseMap(text);
    case 'bytes32': {
      const bytes = Buffer.from(text, 'base64');
      if (bytes.length !== 32) throw new Error('base64 of 32 bytes');
      return bytes;
    }
    case 'text':
      return text;
  }
}

function partsOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}

function isDatabase(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^postgres(ql)?:$/.test(url.protocol) && url.host !== '';
}

function parseMap(text: string): Record<string, string> {
  const map: Record<string, string> = {};
  for (const pair of text.split(',').filter(Boolean)) {
    const cut = pair.indexOf('=');
    if (cut < 1 || !URL.canParse(pair.slice(cut + 1))) throw new Error(`module=url pairs, not "${pair}"`);
    map[pair.slice(0, cut).trim()] = pair.slice(cut + 1).replace(/\/$/, '');
  }
  return map;
}
