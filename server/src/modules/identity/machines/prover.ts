import type { PlatformDeps } from '#platform/module.ts';
import { findMachineKey, noteUse } from '../store/machine-keys.ts';
import { keptOf } from './keys.ts';
import { machineKeyState } from './machine-key.ts';
import { insideOf } from './networks.ts';
import type { KeyAnswer } from './verifier.ts';

/** The last use of a key is written so often at the most. */
const NOTED_EVERY_MS = 60_000;

/** Says what a key is at this moment, by its digest: where the keys are. A key that may less than it was made for, since its client may, may less. */
export function createKeyProver({ db, vault, clock }: Pick<PlatformDeps, 'db' | 'vault' | 'clock'>) {
  return async ({ digest, address }: { digest: string; address?: string | undefined }): Promise<KeyAnswer> => {
    const found = await db.tx({ module: 'identity', system: true, single: true }, (tx) => findMachineKey(tx, keptOf(vault, digest)));
    if (!found) return { state: 'unknown' };
    const now = clock.now();
    const state = machineKeyState(found, now);
    if (state !== 'active') return { state };
    const { tenantId, clientId, keyId, networks, clientScopes, expiresAt, lastUsedAt } = found;
    if (!insideOf(networks)(address)) return { state: 'elsewhere' };
    const before = new Date(now - NOTED_EVERY_MS);
    if (!lastUsedAt || lastUsedAt < before)
      await db.tx({ module: 'identity', tenants: [tenantId] }, (tx) => noteUse(tx, found, new Date(now), before));
    const scopes = found.scopes.filter((scope) => clientScopes.includes(scope));
    return { state, tenantId, clientId, keyId, scopes, networks, expiresAt: expiresAt!.toISOString() };
  };
}
