import type { Db } from '#platform/db/db.ts';
import { isUuid } from '#platform/id.ts';
import { CONNECTION_NAME } from './connections/names.ts';
import { adapterOf } from './connections/open.ts';
import { findConnections, insertConnection, setConnectionState } from './store/connections.ts';

const inModule = { module: 'payments', system: true } as const;

/** What somebody types to set one up: `tenant=…`, `secret.<name>=<kept under>`, anything else is the adapter's own. */
export function readPairs(pairs: readonly string[]): {
  forTenant: string | null;
  settings: Record<string, unknown>;
  secrets: Record<string, string>;
} {
  const read = { forTenant: null as string | null, settings: {} as Record<string, unknown>, secrets: {} as Record<string, string> };
  for (const pair of pairs) {
    const [, name = '', value = ''] = /^([A-Za-z][A-Za-z0-9.]*)=(.+)$/s.exec(pair) ?? [];
    if (name === '') throw new Error(`"${pair}" is not name=value`);
    if (name === 'tenant') {
      if (!isUuid(value)) throw new Error('a tenant is named by its id');
      read.forTenant = value;
    } else if (name.startsWith('secret.')) read.secrets[name.slice('secret.'.length)] = value;
    else read.settings[name] = readValue(value);
  }
  return read;
}

/** Numbers and objects as JSON has them, everything else as text. */
function readValue(text: string): unknown {
  if (!/^(\d+|[[{].*[\]}]|true|false)$/s.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Error(`"${text}" begins like JSON and is none`);
  }
}

/** What operators do from the command line about the ways to providers. Running processes take it up within seconds. */
export function openConnectionsDesk({ db }: { db: Db }) {
  return {
    list: async () =>
      (await db.tx({ ...inModule, single: true }, findConnections)).map(({ name, forTenant, adapter, state, settings, secrets }) => ({
        name,
        tenant: forTenant ?? 'all without one',
        adapter,
        state,
        settings: JSON.stringify(settings),
        secrets: Object.entries(secrets)
          .map(([what, kept]) => `${what}: ${kept}`)
          .join(', '),
      })),
    /** @throws ConnectionFlaw, Error */
    async add(name: string, adapter: string, pairs: readonly string[]): Promise<void> {
      if (!CONNECTION_NAME.test(name)) throw new Error('a name is lower-case letters, digits and hyphens, 31 at the most');
      const connection = { name, rail: 'pix' as const, adapter, state: 'active' as const, ...readPairs(pairs) };
      adapterOf(connection);
      if (!(await db.tx(inModule, (tx) => insertConnection(tx, connection)))) throw new Error(`there is a connection "${name}" already`);
    },
    async setState(name: string, state: 'active' | 'paused'): Promise<void> {
      if (!(await db.tx(inModule, (tx) => setConnectionState(tx, name, state)))) throw new Error(`there is no connection "${name}"`);
    },
  };
}
