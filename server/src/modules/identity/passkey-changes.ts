import { systemContext } from '#platform/context.ts';
import { parsePublicId, publicId } from '#platform/id.ts';
import type { PlatformDeps } from '#platform/module.ts';
import type { PasskeyAnswer, Proof } from './contract.ts';
import { mayRemove } from './domain/factors.ts';
import { refuse } from './errors.ts';
import type { FactorChanges, Self } from './factor-changes.ts';
import type { People } from './people.ts';
import { findFactors, lockFactors } from './store/factors.ts';
import { deletePasskey, insertPasskey, type PasskeyRow } from './store/passkeys.ts';
import type { Bound, Webauthn } from './webauthn.ts';

type Tenant = { tenantId: string };
type Deps = Pick<PlatformDeps, 'db'> & { people: People; changes: FactorChanges; webauthn: Webauthn };
type Options = { options: Record<string, unknown> };
/** A passkey as its person names it. */
const PREFIX = 'pky';

/** A passkey as its person is shown it. */
export const presentPasskey = (row: PasskeyRow) => ({
  id: publicId(PREFIX, row.passkeyId),
  kind: row.discoverable ? ('passkey' as const) : ('security-key' as const),
  backedUp: row.backedUp,
  createdAt: row.createdAt.toISOString(),
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
});

/** A person gives themself passkeys and takes them away. Challenges are bound to the log-in (grant) that asked. */
export function createPasskeyChanges({ db, people, changes, webauthn }: Deps) {
  const scope = (tenantId: string) => ({ module: 'identity', tenants: [tenantId] });
  const bound = (tenantId: string, { subjectId, grantId }: Self, purpose: 'enrol' | 'proof'): Bound => ({
    tenantId,
    purpose,
    to: `${subjectId}/${grantId}`,
  });
  return {
    /** @throws IDENTITY_PROOF_REFUSED, IDENTITY_TOO_MANY_ATTEMPTS */
    async beginPasskey({ tenantId }: Tenant, { proof, ...self }: Self & { proof: Proof }): Promise<Options> {
      await changes.proveAgain(tenantId, self, proof);
      const person = await people.getPerson(systemContext(tenantId, 'identity'), self);
      return { options: await webauthn.askToCreate(bound(tenantId, self, 'enrol'), person) };
    },
    /** @throws IDENTITY_LOCKED, IDENTITY_PASSKEY_REFUSED */
    async addPasskey(
      { tenantId }: Tenant,
      { response, ...self }: Self & { response: PasskeyAnswer },
    ): Promise<{ recoveryCodes: string[] | null }> {
      const row = await webauthn.created(bound(tenantId, self, 'enrol'), self.subjectId, response);
      return db.tx(scope(tenantId), async (tx) => {
        await changes.refuseFirstWhileLocked(tx, tenantId, self.subjectId);
        if (!(await insertPasskey(tx, tenantId, row, await changes.countsFrom(tx, tenantId, self))))
          throw refuse('IDENTITY_PASSKEY_REFUSED');
        await changes.note(tx, tenantId, self.subjectId, 'passkey', true);
        return { recoveryCodes: await changes.codesAfterAdding(tx, tenantId, self) };
      });
    },
    /** What the authenticator signs to prove the person once more. */
    async askProof({ tenantId }: Tenant, self: Self): Promise<Options> {
      return { options: await webauthn.askToProve(bound(tenantId, self, 'proof'), self.subjectId) };
    },
    /** @throws IDENTITY_PROOF_REFUSED, IDENTITY_TOO_MANY_ATTEMPTS, IDENTITY_LAST_FACTOR, IDENTITY_FACTOR_UNKNOWN */
    async removePasskey({ tenantId }: Tenant, { id, proof, ...self }: Self & { id: string; proof: Proof }): Promise<Record<string, never>> {
      const { subjectId } = self;
      const passkeyId = parsePublicId(PREFIX, id);
      await changes.proveAgain(tenantId, self, proof);
      await db.tx(scope(tenantId), async (tx) => {
        await lockFactors(tx, subjectId);
        const isLast = !mayRemove(await findFactors(tx, tenantId, subjectId), await changes.policyFor(tx, tenantId, subjectId));
        if (!(await deletePasskey(tx, tenantId, subjectId, passkeyId))) throw refuse('IDENTITY_FACTOR_UNKNOWN');
        // Thrown, it takes the removal back.
        if (self.acr === 'aal0' || isLast) throw refuse('IDENTITY_LAST_FACTOR');
        await changes.note(tx, tenantId, subjectId, 'passkey', false);
        await changes.dropCodesOfNothing(tx, tenantId, subjectId);
      });
      return {};
    },
  };
}
