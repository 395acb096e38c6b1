import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { newId } from '#platform/id.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { insertKey, listKeys, lockKeys, type SigningKeyRow } from './store/keys.ts';

const SCOPE = { module: 'identity', tenants: [] } as const;
const purpose = (kid: string) => `identity/signing-key/${kid}`;

export type SigningKeys = {
  /** With private parts, the signing one first; for the issuer alone. */
  privateJwks: JWK[];
  /** What anybody may know. */
  publicJwks: { keys: JWK[] };
};

/**
 * The issuer's keys. The first process to start makes the first one; those that start with it wait and read it.
 * Throws when the master key cannot open them: every sealed value of the installation would be unreadable, too.
 */
export async function loadSigningKeys(deps: Pick<PlatformDeps, 'db' | 'vault' | 'clock' | 'log'>): Promise<SigningKeys> {
  let rows = await deps.db.tx(SCOPE, listKeys);
  if (!rows.some((row) => row.state === 'current')) rows = await makeFirstKey(deps);
  const privateJwks = rows.map((row) => openKey(deps, row));
  return { privateJwks, publicJwks: { keys: privateJwks.map(({ kty, kid, alg, use, n, e }) => ({ kty, kid, alg, use, n, e }) as JWK) } };
}

function openKey({ vault }: Pick<PlatformDeps, 'vault'>, row: SigningKeyRow): JWK {
  try {
    return JSON.parse(vault.openOwn(purpose(row.kid), row.sealed)) as JWK;
  } catch (cause) {
    throw new Error('LASTRO_MASTER_KEY is not the one this database was sealed with: signing keys and personal data cannot be read', {
      cause,
    });
  }
}

async function makeFirstKey({ db, vault, clock, log }: Pick<PlatformDeps, 'db' | 'vault' | 'clock' | 'log'>): Promise<SigningKeyRow[]> {
  const { privateKey } = await generateKeyPair('PS256', { modulusLength: 2048, extractable: true });
  const kid = newId();
  const jwk = { ...(await exportJWK(privateKey)), kid, alg: 'PS256', use: 'sig' };
  const sealed = vault.sealOwn(purpose(kid), JSON.stringify(jwk));
  return db.tx(SCOPE, async (tx) => {
    await lockKeys(tx);
    const known = await listKeys(tx);
    if (known.some((row) => row.state === 'current')) return known;
    await insertKey(tx, { kid, sealed, state: 'current' }, new Date(clock.now()));
    log.info({ kid }, 'made the first signing key');
    return listKeys(tx);
  });
}
