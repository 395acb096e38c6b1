import type { CallContext } from '#platform/context.ts';
import type { PlatformDeps } from '#platform/module.ts';
import type { Security } from './contract.ts';
import { presentPasskey } from './passkey-changes.ts';
import { findFactors, findTotp } from './store/factors.ts';
import { findLock } from './store/locks.ts';
import { listPasskeys } from './store/passkeys.ts';
import { findCredentialOf, findReader, isEmailVerified } from './store/people.ts';
import { listNotes } from './store/security-notes.ts';

/** How a person's log-in stands, as they are shown it. */
/** Enough to know the address again, and not enough to learn it. */
const masked = (email: string): string => email.replace(/^(.)[^@]*/, '$1…');

export function createSecurity({ db, vault, clock }: Pick<PlatformDeps, 'db' | 'vault' | 'clock'>) {
  return {
    async getSecurity({ tenantId }: CallContext, { subjectId, acr }: { subjectId: string; acr: string }): Promise<Security> {
      const { emailSealed, verified, ...security } = await db.tx({ module: 'identity', tenants: [tenantId] }, async (tx) => {
        const [credential, totp, factors, passkeys, notes, reader, verified, lock] = await Promise.all([
          findCredentialOf(tx, tenantId, subjectId),
          findTotp(tx, tenantId, subjectId, 'active'),
          findFactors(tx, tenantId, subjectId),
          listPasskeys(tx, tenantId, subjectId),
          listNotes(tx, tenantId, subjectId),
          findReader(tx, tenantId, subjectId),
          isEmailVerified(tx, tenantId, subjectId),
          findLock(tx, tenantId, subjectId, new Date(clock.now())),
        ]);
        return {
          emailSealed: reader?.emailSealed,
          verified,
          passwordChangedAt: credential?.updatedAt.toISOString() ?? null,
          totpSince: totp?.createdAt.toISOString() ?? null,
          passkeys: passkeys.map(presentPasskey),
          recoveryCodesLeft: factors.recoveryCodes,
          lock: lock && { since: lock.lockedAt.toISOString(), releaseAt: lock.releaseAt?.toISOString() ?? null },
          mustAddFactor: acr === 'aal0',
          notes: notes.map(({ kind, at }) => ({ kind, at: at.toISOString() })),
        };
      });
      const email = emailSealed ? await vault.open(tenantId, subjectId, 'identity.email', emailSealed) : null;
      return { ...security, email: { masked: masked(email ?? ''), verified } };
    },
  };
}
