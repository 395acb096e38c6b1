import { createLocalJWKSet, errors, exportJWK, generateKeyPair, type JWK, type JWTVerifyGetKey } from 'jose';
import { newId } from '#platform/id.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { insertKey, listKeys, lockKeys, type SigningKeyRow } from './store/keys.ts';

const SCOPE = { module: 'identity', tenants: [] } as const;
const purpose = (kid: string) => `identity/signing-key/${kid}`;
/** How old what a process knows of the keys may be when it publishes them or signs. */
const FRESH_MS = 5_000;
/** A token under a key that nobody knows makes one look, so often at the most. */
const LOOK_MS = 1_000;

export type SigningKeys = {
  /** With private parts, the signing one first; for the issuer alone. */
  privateJwks: JWK[];
  /** What anybody may know. */
  publicJwks: { keys: JWK[] };
};

export type SigningKeyBook = {
  /** As they were read last; the same object for as long as they are the same. */
  now(): SigningKeys;
  /** Reads them again if that was long ago: what was changed by another process or by command counts without a restart. */
  fresh(maxAgeMs?: number): Promise<SigningKeys>;
  /** The key a token was signed with, as the keys are now, some seconds ago at the most; one that is not known is looked for once more. */
  find: JWTVerifyGetKey;
};

type Deps = Pick<PlatformDeps, 'db' | 'vault' | 'clock' | 'log'>;

/**
 * The issuer's keys. The first process to start makes the first one; those that start with it wait and read it.
 * Throws when the master key cannot open them: every sealed value of the installation would be unreadable, too.
 */
export async function openSigningKeys(deps: Deps): Promise<SigningKeyBook> {
  const read = async (): Promise<SigningKeyRow[]> => deps.db.tx({ ...SCOPE, single: true }, listKeys);
  let rows = await read();
  if (!rows.some((row) => row.state === 'current')) rows = await makeFirstKey(deps);
  let known = openKeys(deps, rows);
  let readAt = performance.now();
  let reading: Promise<void> | undefined;

  const readAgain = async (): Promise<void> => {
    const at = performance.now();
    const found = await read();
    const isSame =
      found.length === rows.length && found.every(({ kid, state }, index) => rows[index]?.kid === kid && rows[index].state === state);
    // Between two commits of others there is always one that signs; where there is none, those of before are better than none.
    if (!isSame && found.some(({ state }) => state === 'current')) {
      rows = found;
      known = openKeys(deps, found);
      deps.log.info({ signs: found[0]?.kid, keys: found.length }, 'the signing keys are others now');
    }
    readAt = at;
  };
  const fresh = async (maxAgeMs = FRESH_MS): Promise<SigningKeys> => {
    if (performance.now() - readAt >= maxAgeMs) {
      reading ??= readAgain().finally(() => {
        reading = undefined;
      });
      await reading;
    }
    return known;
  };

  const sets = new WeakMap<SigningKeys, JWTVerifyGetKey>();
  const setOf = (keys: SigningKeys): JWTVerifyGetKey => {
    const set = sets.get(keys) ?? createLocalJWKSet(keys.publicJwks as never);
    sets.set(keys, set);
    return set;
  };
  return {
    now: () => known,
    fresh,
    async find(header, token) {
      try {
        return await setOf(await fresh())(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        return setOf(await fresh(LOOK_MS))(header, token);
      }
    },
  };
}

function openKeys(deps: Pick<PlatformDeps, 'vault'>, rows: readonly SigningKeyRow[]): SigningKeys {
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

/** A new key, sealed; nothing knows of it until it is inserted. */
export async function makeKey({ vault }: Pick<PlatformDeps, 'vault'>, state: SigningKeyRow['state']): Promise<SigningKeyRow> {
  const { privateKey } = await generateKeyPair('PS256', { modulusLength: 2048, extractable: true });
  const kid = newId();
  const jwk = { ...(await exportJWK(privateKey)), kid, alg: 'PS256', use: 'sig' };
  return { kid, state, sealed: vault.sealOwn(purpose(kid), JSON.stringify(jwk)) };
}

async function makeFirstKey({ db, vault, clock, log }: Deps): Promise<SigningKeyRow[]> {
  const key = await makeKey({ vault }, 'current');
  return db.tx(SCOPE, async (tx) => {
    await lockKeys(tx);
    const known = await listKeys(tx);
    if (known.some((row) => row.state === 'current')) return known;
    await insertKey(tx, key, new Date(clock.now()));
    log.info({ kid: key.kid }, 'made the first signing key');
    return listKeys(tx);
  });
}
