import { createHmac, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import type { Db } from '../db/db.ts';
import { createRetainedKeys } from './retained.ts';
import { decrypt, encrypt } from './sealing.ts';

/**
 * Personal data, sealed under one key per subject (AES-256-GCM). The sealed form is bound to tenant, subject and purpose, so that
 * it cannot be moved to another row. Never call inside a transaction: a key is read from, or made in, the vault's own schema.
 */
export type Vault = {
  /** Seals a text for a subject; makes the subject's key on first use. Throws when the key was destroyed. */
  seal(tenantId: string, subjectId: string, purpose: string, text: string): Promise<Buffer>;
  /** The text, or null once the subject's key is destroyed. Throws when the bytes were altered or moved. */
  open(tenantId: string, subjectId: string, purpose: string, sealed: Buffer): Promise<string | null>;
  /** Keyed hash for equality look-up (CPF, e-mail, Pix key): useless without the installation's key, different in each tenant. */
  lookupHash(tenantId: string, purpose: string, value: string): Buffer;
  /** Destroys a subject's key: erasure. Repeating it changes nothing. */
  destroy(tenantId: string, subjectId: string): Promise<void>;
  /**
   * Erasure of what law makes stay: from now on the key is destroyed for everybody (`open` answers null, `seal` throws), but for `openRetained`, until
   * `endRetention`. Repeating it changes nothing, and a destroyed key does not come back.
   */
  retain(tenantId: string, subjectId: string): Promise<void>;
  /** The text, while it is retained; null otherwise. For readings that two people decided and that are on record, and nothing else. */
  openRetained(tenantId: string, subjectId: string, purpose: string, sealed: Buffer): Promise<string | null>;
  /** Destroys a retained key. Repeating it changes nothing. */
  endRetention(tenantId: string, subjectId: string): Promise<void>;
  /** Seals a secret of the installation itself (signing keys, session tokens). */
  sealOwn(purpose: string, text: string): Buffer;
  openOwn(purpose: string, sealed: Buffer): string;
};

/** Nothing more is sealed for somebody who was erased. */
export class KeyDestroyed extends Error {
  override readonly name = 'KeyDestroyed';
  constructor() {
    super('the key of this subject was destroyed');
  }
}

const CACHE_LIMIT = 10_000;
/** Another process's destruction is noticed after this long at the latest. */
const CACHE_MS = 60_000;
/** When sealing, sooner: what is sealed under a destroyed key can never be opened. */
const SEAL_CACHE_MS = 2_000;

/** @param masterKey 32 bytes; from a file in development, from a key-management service later. */
export function createVault(options: { db: Db; masterKey: Buffer; now?: () => number }): Vault {
  const { db, masterKey } = options;
  if (masterKey.length !== 32) throw new Error('the master key must have 32 bytes (base64 of 32 random bytes in LASTRO_MASTER_KEY)');
  const now = options.now ?? Date.now;
  // Key objects: bytes would be made into one for each use, which takes as long as the use.
  const derive = (purpose: string) => createSecretKey(Buffer.from(hkdfSync('sha256', masterKey, 'lastro', purpose, 32)));
  const wrapKey = derive('wrap');
  const hashKey = derive('lookup');
  const ownKey = derive('own');
  const retained = createRetainedKeys({ db, keys: { wrap: wrapKey, retention: derive('retention') } });
  const cache = new Map<string, { key: KeyObject | null; readAt: number }>();
  /** Destructions by this process: a key that was being read meanwhile is not kept. */
  let destructions = 0;

  const remember = (id: string, key: KeyObject | null): KeyObject | null => {
    if (cache.size >= CACHE_LIMIT) cache.delete(cache.keys().next().value!);
    cache.set(id, { key, readAt: now() });
    return key;
  };

  /** The subject's key; null when destroyed, undefined when there never was one. */
  const load = async (tenantId: string, subjectId: string, maxAgeMs = CACHE_MS): Promise<KeyObject | null | undefined> => {
    const id = `${tenantId}/${subjectId}`;
    const cached = cache.get(id);
    if (cached && now() - cached.readAt < maxAgeMs) return cached.key;
    const before = destructions;
    const rows = await db.tx({ module: 'vault', tenants: [tenantId], single: true }, (tx) =>
      tx.query<{ wrapped_key: Buffer | null }>('select wrapped_key from vault.subject_keys where tenant_id = $1 and subject_id = $2', [
        tenantId,
        subjectId,
      ]),
    );
    const row = rows[0];
    if (!row) return undefined;
    const key = row.wrapped_key === null ? null : createSecretKey(decrypt(wrapKey, id, row.wrapped_key));
    return destructions === before ? remember(id, key) : key;
  };

  const make = async (tenantId: string, subjectId: string): Promise<KeyObject | null | undefined> => {
    const wrapped = encrypt(wrapKey, `${tenantId}/${subjectId}`, randomBytes(32));
    await db.tx({ module: 'vault', tenants: [tenantId] }, (tx) =>
      tx.execute('insert into vault.subject_keys (tenant_id, subject_id, wrapped_key) values ($1, $2, $3) on conflict do nothing', [
        tenantId,
        subjectId,
        wrapped,
      ]),
    );
    // Another process may have made it at the same moment: what the table says counts.
    return load(tenantId, subjectId);
  };

  const forget = (tenantId: string, subjectId: string): void => {
    destructions++;
    cache.delete(`${tenantId}/${subjectId}`);
  };

  return {
    async seal(tenantId, subjectId, purpose, text) {
      let key = await load(tenantId, subjectId, SEAL_CACHE_MS);
      if (key === undefined) key = await make(tenantId, subjectId);
      if (!key) throw new KeyDestroyed();
      return encrypt(key, `${tenantId}/${subjectId}/${purpose}`, Buffer.from(text, 'utf8'));
    },
    async open(tenantId, subjectId, purpose, sealed) {
      const key = await load(tenantId, subjectId);
      if (key === undefined) throw new Error('no key for this subject');
      return key === null ? null : decrypt(key, `${tenantId}/${subjectId}/${purpose}`, sealed).toString('utf8');
    },
    lookupHash: (tenantId, purpose, value) =>
      createHmac('sha256', hashKey)
        .update(JSON.stringify([tenantId, purpose, value]))
        .digest(),
    async destroy(tenantId, subjectId) {
      await db.tx({ module: 'vault', tenants: [tenantId] }, (tx) =>
        tx.execute(
          'update vault.subject_keys set wrapped_key = null, destroyed_at = now() where tenant_id = $1 and subject_id = $2 and destroyed_at is null',
          [tenantId, subjectId],
        ),
      );
      forget(tenantId, subjectId);
    },
    async retain(tenantId, subjectId) {
      await retained.move({ tenantId, subjectId });
      forget(tenantId, subjectId);
    },
    async openRetained(tenantId, subjectId, purpose, sealed) {
      const key = await retained.find({ tenantId, subjectId });
      return key && decrypt(key, `${tenantId}/${subjectId}/${purpose}`, sealed).toString('utf8');
    },
    endRetention: (tenantId, subjectId) => retained.end({ tenantId, subjectId }),
    sealOwn: (purpose, text) => encrypt(ownKey, purpose, Buffer.from(text, 'utf8')),
    openOwn: (purpose, sealed) => decrypt(ownKey, purpose, sealed).toString('utf8'),
  };
}
