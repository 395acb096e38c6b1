import { randomBytes } from 'node:crypto';
import { flawsOfProduction } from './production-settings.ts';

/** How one environment variable is read. Also the source of the generated reference. */
export type Setting = {
  kind: 'text' | 'integer' | 'flag' | 'url' | 'list' | 'map' | 'bytes32';
  doc: string;
  /** Used when the variable is absent. A setting without one (and not `optional`) is required. */
  default?: string;
  optional?: boolean;
  secret?: boolean;
  /** In the development profile an absent secret is made up for the life of the process; elsewhere it is an error. */
  madeUpInDevelopment?: boolean;
  /** Smallest and largest value of an integer. */
  range?: [number, number];
};

type Value<S extends Setting> = S['kind'] extends 'integer'
  ? number
  : S['kind'] extends 'flag'
    ? boolean
    : S['kind'] extends 'list'
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
  LASTRO_PROFILE: {
    kind: 'text',
    doc: 'development fills in what production must be given: secrets, demo tenants, plain-http cookies.',
    default: 'production',
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
    doc: 'Tests only: kills the process at a crash point of a payment, `hold:after#1` (first passing) or `@file` (the point the file names). Refused outside development.',
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
  PIX_PROVIDER_URL: { kind: 'url', doc: 'Payment provider.', default: 'http://127.0.0.1:4010' },
  PIX_PROVIDER_API_KEY: { kind: 'text', doc: 'Key for the payment provider.', secret: true, default: 'sandbox-key' },
  PIX_WEBHOOK_SECRET: { kind: 'text', doc: 'Proves the provider’s webhooks.', secret: true, default: 'sandbox-webhook-secret' },
  PIX_ISPB: { kind: 'text', doc: 'ISPB of this institution.', default: '12345678' },
  PIX_INSTITUTION_NAME: { kind: 'text', doc: 'Name of this institution on a comprovante.', default: 'Lastro' },
  PIX_INSTITUTION_CITY: { kind: 'text', doc: 'City of this institution in the BR Codes of its customers.', default: 'Sao Paulo' },
  PIX_PROVIDER_TIMEOUT_MS: { kind: 'integer', doc: 'Time-out of one call to the provider.', default: '3000', range: [50, 60000] },
  PIX_LOOKUPS_PER_PERSON: {
    kind: 'integer',
    doc: 'Look-ups of Pix keys that a person may have in hand. The directory’s rule is 100 for a natural person, of which a look-up that finds nothing costs 20; two a minute come back.',
    default: '100',
    range: [1, 1_000_000_000],
  },
  PAYMENTS_MUST_END_WITHIN_MS: {
    kind: 'integer',
    doc: 'How long a payment may take. Beyond it, one that was certainly never sent gives the money back, and one that may have been waits for people. At most the 12 hours for which an end-to-end id is good.',
    default: '43200000',
    range: [10_000, 43_200_000],
  },
  PAYMENTS_LEASE_MS: {
    kind: 'integer',
    doc: 'How long a process keeps a payment to itself before others may resume it.',
    default: '10000',
    range: [200, 300000],
  },
  RISK_BLOCKLIST_URL: { kind: 'url', doc: 'Block list look-up; <PIX_PROVIDER_URL>/blocklist/check when absent.', optional: true },
  WEB_DIST: { kind: 'text', doc: 'Folder of the built web app.', optional: true },
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

export type Config = Parsed<typeof settings>;

/** Prefixes that belong to us: a variable with one of them that nobody knows is a typing error and stops the start. */
const OURS = /^(LASTRO|PIX|PAYMENTS|RISK|OTLP)_/;
/** Set by the supervisor or by other programs of the repository, not read here. */
const NOT_OURS = new Set(['PIX_PROVIDER_PORT', 'LASTRO_URL', 'LASTRO_CLIENT_ID', 'LASTRO_CLIENT_SECRET', 'LASTRO_TOKEN']);

const PROFILES = new Set(['development', 'production']);

/** Reads the configuration once. Throws one error that names every problem found. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const problems: string[] = [];
  const development = env.LASTRO_PROFILE === 'development';
  const values: Record<string, unknown> = {};
  const given: { name: string; setting: Setting; text: string }[] = [];
  const profile = env.LASTRO_PROFILE || settings.LASTRO_PROFILE.default;
  if (!PROFILES.has(profile)) problems.push(`LASTRO_PROFILE is development or production, and not "${profile}"`);
  for (const [name, setting] of Object.entries(settings) as [string, Setting][]) {
    let text = env[name];
    if (text === undefined || text === '') text = setting.default;
    if (text === undefined && setting.madeUpInDevelopment && development) text = randomBytes(32).toString('base64');
    if (text === undefined) {
      if (!setting.optional) problems.push(`${name} is required: ${setting.doc}`);
      continue;
    }
    given.push({ name, setting, text });
    try {
      values[name] = parse(setting, text);
    } catch (error) {
      problems.push(`${name}: ${(error as Error).message}`);
    }
  }
  if (values.LASTRO_CACHE !== 'memory' && values.LASTRO_CACHE !== 'postgres')
    problems.push(`LASTRO_CACHE is memory or postgres, and not "${values.LASTRO_CACHE}"`);
  for (const name of Object.keys(env)) {
    if (OURS.test(name) && !(name in settings) && !NOT_OURS.has(name)) problems.push(`${name} is not a setting of Lastro`);
  }
  if (!development) problems.push(...flawsOfProduction(given));
  if (env.LASTRO_CRASH_AT && !development) problems.push('LASTRO_CRASH_AT is for tests in the development profile');
  if (problems.length > 0) throw new Error(`configuration:\n  ${problems.join('\n  ')}`);
  return values as Config;
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
      return text
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean);
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

function parseMap(text: string): Record<string, string> {
  const map: Record<string, string> = {};
  for (const pair of text.split(',').filter(Boolean)) {
    const cut = pair.indexOf('=');
    if (cut < 1 || !URL.canParse(pair.slice(cut + 1))) throw new Error(`module=url pairs, not "${pair}"`);
    map[pair.slice(0, cut).trim()] = pair.slice(cut + 1).replace(/\/$/, '');
  }
  return map;
}
