import { createHash } from 'node:crypto';
import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';
import { errors } from 'oidc-provider';
import type { PlatformDeps } from '#platform/module.ts';
import type { Revocations } from '../revocations.ts';
import {
  consumePayload,
  deletePayload,
  deletePayloadsOfGrant,
  findPayload,
  findPayloadByUid,
  insertPayload,
  type PayloadRow,
  savePayload,
} from '../store/payloads.ts';
import type { Renewal } from './renewals.ts';

const SCOPE = { module: 'identity', tenants: [] } as const;
const hashOf = (text: string) => createHash('sha256').update(text).digest();

/** What the payload of a row is sealed for. */
export const payloadPurpose = (model: string, idHash: Buffer): string => `identity/oidc/${model}/${idHash.toString('hex')}`;

type Deps = Pick<PlatformDeps, 'db' | 'vault' | 'clock'> & {
  revocations: Revocations;
  findClient: (clientId: string) => Promise<AdapterPayload | undefined>;
  renewalNow: () => Renewal | undefined;
};

/**
 * The issuer's storage. Ids are kept as hashes and payloads sealed, so that a dump of the table opens nothing. Consuming is atomic:
 * of two requests with one code or refresh token only one gets through, and the grant of the other is revoked as replayed. A renewal that
 * its client named is one request, however often it comes, until its result has been used.
 */
export function createAdapterFactory({ db, vault, clock, revocations, findClient, renewalNow }: Deps): AdapterFactory {
  return (model: string): Adapter => {
    const purpose = (idHash: Buffer) => payloadPurpose(model, idHash);
    const read = (row: PayloadRow | null): AdapterPayload | undefined => {
      if (!row) return undefined;
      const payload = JSON.parse(vault.openOwn(purpose(row.idHash), row.sealed)) as AdapterPayload;
      return row.consumedAt ? { ...payload, consumed: Math.floor(row.consumedAt.getTime() / 1000) } : payload;
    };
    const grantOf = async (id: string): Promise<string | undefined> =>
      read(await db.tx(SCOPE, (tx) => findPayload(tx, model, hashOf(id))))?.grantId;
    /** The renewal that used this refresh token asks once more: its answer was lost, or the other end was. */
    const isAskedAgain = async (id: string, { consumedAt, renewalHash }: PayloadRow): Promise<boolean> => {
      const renewal = model === 'RefreshToken' && consumedAt && renewalHash ? renewalNow() : undefined;
      if (!renewal || !renewalHash?.equals(renewal.hash)) return false;
      const result = await db.tx(SCOPE, (tx) => findPayload(tx, model, hashOf(renewal.resultOf(id))));
      return !result?.consumedAt;
    };
    const endGrant = async (grantId: string): Promise<void> => {
      await db.tx(SCOPE, async (tx) => {
        await deletePayload(tx, 'Grant', hashOf(grantId));
        await deletePayloadsOfGrant(tx, hashOf(grantId));
      });
      await revocations.revoke({ grantId });
    };

    return {
      async upsert(id, payload, expiresIn) {
        const idHash = hashOf(id);
        const row = {
          model,
          idHash,
          sealed: vault.sealOwn(purpose(idHash), JSON.stringify(payload)),
          grantHash: payload.grantId ? hashOf(payload.grantId) : null,
          uidHash: payload.uid ? hashOf(payload.uid) : null,
          // A log-in that is through, and not yet a grant, is somebody's too.
          subjectId: payload.accountId ?? (payload.result as { login?: { accountId?: string } } | undefined)?.login?.accountId ?? null,
          expiresAt: expiresIn ? new Date(clock.now() + expiresIn * 1000) : null,
        };
        // Two requests with one assertion: both looked and found nothing, and one of them comes second here.
        if (model === 'ReplayDetection') {
          if (!(await db.tx(SCOPE, (tx) => insertPayload(tx, row)))) throw new errors.InvalidClientAuth('client assertion was used twice');
        } else await db.tx(SCOPE, (tx) => savePayload(tx, row));
      },
      async find(id) {
        if (model === 'Client') return findClient(id);
        const row = await db.tx(SCOPE, (tx) => findPayload(tx, model, hashOf(id)));
        return read(row && (await isAskedAgain(id, row)) ? { ...row, consumedAt: null } : row);
      },
      async findByUid(uid) {
        return read(await db.tx(SCOPE, (tx) => findPayloadByUid(tx, model, hashOf(uid))));
      },
      async findByUserCode() {
        return undefined;
      },
      async consume(id) {
        if (await db.tx(SCOPE, (tx) => consumePayload(tx, model, hashOf(id), new Date(clock.now()), renewalNow()?.hash ?? null))) return;
        const grantId = await grantOf(id);
        if (grantId) await endGrant(grantId);
        throw new errors.InvalidGrant(`${model} was used twice`);
      },
      async destroy(id) {
        // A grant that ends takes along its access tokens, which nobody stores: they are refused by name until they expire.
        if (model === 'Grant') await endGrant(id);
        else await db.tx(SCOPE, (tx) => deletePayload(tx, model, hashOf(id)));
      },
      async revokeByGrantId(grantId) {
        await db.tx(SCOPE, (tx) => deletePayloadsOfGrant(tx, hashOf(grantId), model));
      },
    };
  };
}
