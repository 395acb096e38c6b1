import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Db } from '../db/db.ts';
import { decrypt, encrypt } from './sealing.ts';

type Whose = { tenantId: string; subjectId: string };
type Keys = { wrap: KeyObject; retention: KeyObject };

const boundOf = ({ tenantId, subjectId }: Whose): string => `${tenantId}/${subjectId}`;
const retainedOf = (whose: Whose): string => `retained/${boundOf(whose)}`;

/** Keys of people who were erased and whose data law makes stay: taken out of everybody's reach, and kept apart until their day. */
export function createRetainedKeys({ db, keys }: { db: Db; keys: Keys }) {
  const scope = ({ tenantId }: Whose) => ({ module: 'vault', tenants: [tenantId] });

  return {
    /** Moves a living key, in one commit. Changes nothing where there is none. */
    async move(whose: Whose): Promise<void> {
      await db.tx(scope(whose), async (tx) => {
        const id = [whose.tenantId, whose.subjectId];
        const [row] = await tx.query<{ wrapped_key: Buffer | null }>(
          'select wrapped_key from vault.subject_keys where tenant_id = $1 and subject_id = $2 for update',
          id,
        );
        if (!row?.wrapped_key) return;
        const key = decrypt(keys.wrap, boundOf(whose), row.wrapped_key);
        await tx.execute('insert into vault.retained_keys (tenant_id, subject_id, wrapped_key) values ($1, $2, $3)', [
          ...id,
          encrypt(keys.retention, retainedOf(whose), key),
        ]);
        await tx.execute(
          'update vault.subject_keys set wrapped_key = null, destroyed_at = now() where tenant_id = $1 and subject_id = $2',
          id,
        );
      });
    },

    /** Null where nothing is retained, or not any more. Never remembered: it is asked for seldom, and its end counts at once. */
    async find(whose: Whose): Promise<KeyObject | null> {
      const [row] = await db.tx({ ...scope(whose), single: true }, (tx) =>
        tx.query<{ wrapped_key: Buffer | null }>('select wrapped_key from vault.retained_keys where tenant_id = $1 and subject_id = $2', [
          whose.tenantId,
          whose.subjectId,
        ]),
      );
      return row?.wrapped_key ? createSecretKey(decrypt(keys.retention, retainedOf(whose), row.wrapped_key)) : null;
    },

    async end(whose: Whose): Promise<void> {
      await db.tx(scope(whose), (tx) =>
        tx.execute(
          'update vault.retained_keys set wrapped_key = null, ended_at = now() where tenant_id = $1 and subject_id = $2 and ended_at is null',
          [whose.tenantId, whose.subjectId],
        ),
      );
    },
  };
}
