import type { CallContext } from '#platform/context.ts';
import type { PlatformDeps } from '#platform/module.ts';
import type { Security } from './contract.ts';
import { presentPasskey } from './passkey-changes.ts';
import { findFactors, findTotp } from './store/factors.ts';
import { listPasskeys } from './store/passkeys.ts';
import { findCredentialOf } from './store/people.ts';
import { listNotes } from './store/security-notes.ts';

/** How a person's log-in stands, as they are shown it. */
export function createSecurity({ db }: Pick<PlatformDeps, 'db'>) {
  return {
    getSecurity({ tenantId }: CallContext, { subjectId, acr }: { subjectId: string; acr: string }): Promise<Security> {
      return db.tx({ module: 'identity', tenants: [tenantId] }, async (tx) => {
        const [credential, totp, factors, passkeys, notes] = await Promise.all([
          findCredentialOf(tx, tenantId, subjectId),
          findTotp(tx, tenantId, subjectId, 'active'),
          findFactors(tx, tenantId, subjectId),
          listPasskeys(tx, tenantId, subjectId),
          listNotes(tx, tenantId, subjectId),
        ]);
        return {
          passwordChangedAt: credential?.updatedAt.toISOString() ?? null,
          totpSince: totp?.createdAt.toISOString() ?? null,
          passkeys: passkeys.map(presentPasskey),
          recoveryCodesLeft: factors.recoveryCodes,
          mustAddFactor: acr === 'aal0',
          notes: notes.map(({ kind, at }) => ({ kind, at: at.toISOString() })),
        };
      });
    },
  };
}
