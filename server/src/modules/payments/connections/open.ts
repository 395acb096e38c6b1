import { createHash } from 'node:crypto';
import { checkOf } from '#platform/check.ts';
import type { Adapter, Opening } from '../rails/adapter.ts';
import { findAdapter } from '../rails/adapters.ts';
import type { Rail } from '../rails/port.ts';
import type { ConnectionRecord } from '../store/connections.ts';

/** A secret by the name under which it is kept; undefined where nobody keeps one. */
export type SecretOf = (name: string) => string | undefined;

/** Why a connection cannot be opened: a sentence for whoever sets it up. */
export class ConnectionFlaw extends Error {
  override readonly name = 'ConnectionFlaw';
}

type Described = Pick<ConnectionRecord, 'adapter' | 'settings' | 'secrets'>;

/** The adapter of a connection, once its settings and the names of its secrets are as that wants them. @throws ConnectionFlaw */
export function adapterOf({ adapter: id, settings, secrets }: Described): Adapter {
  const adapter = findAdapter(id);
  if (!adapter) throw new ConnectionFlaw(`there is no adapter "${id}"`);
  const [flaw] = checkOf(adapter.settings).Errors(settings);
  if (flaw) throw new ConnectionFlaw(`the settings of ${id}: ${flaw.instancePath || 'they'} ${flaw.message}`);
  const { needed, taken } = adapter.secrets;
  const missing = needed.filter((name) => !secrets[name]);
  if (missing.length > 0) throw new ConnectionFlaw(`${id} needs the name of a secret as ${missing.join(', ')}`);
  const unknown = Object.keys(secrets).filter((name) => !needed.includes(name) && !taken.includes(name));
  if (unknown.length > 0) throw new ConnectionFlaw(`${id} takes no secret called ${unknown.join(', ')}`);
  return adapter;
}

/** Secrets of a connection by the adapter's names. @throws ConnectionFlaw */
export function readSecrets({ secrets }: Described, secretOf: SecretOf): Record<string, string> {
  return Object.fromEntries(
    Object.entries(secrets).map(([name, reference]) => {
      const value = secretOf(reference);
      if (!value) throw new ConnectionFlaw(`nobody keeps a secret called ${reference}`);
      return [name, value];
    }),
  );
}

/** What a connection is like at this moment, its secrets' values included; it is opened anew when that changes. */
export const fingerprintOf = ({ adapter, settings }: Described, secrets: Record<string, string>): string =>
  createHash('sha256')
    .update(JSON.stringify([adapter, settings, Object.entries(secrets).sort()]))
    .digest('hex');

/** @throws ConnectionFlaw */
export function openRail(connection: Described, secrets: Record<string, string>, limits: Omit<Opening, 'settings' | 'secrets'>): Rail {
  return adapterOf(connection).open({ settings: connection.settings, secrets, ...limits });
}
