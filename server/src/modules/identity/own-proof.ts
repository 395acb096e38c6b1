import type { PlatformDeps } from '#platform/module.ts';
import { FACTOR_POLICY } from './domain/throttle.ts';
import { refuse } from './errors.ts';
import { verifyPassword } from './password-hash.ts';
import { type AttemptKey, clearAttempts } from './store/attempts.ts';
import { findCredentialOf } from './store/people.ts';
import { admitAttempt } from './throttle.ts';

type Deps = Pick<PlatformDeps, 'db' | 'vault' | 'clock'>;

/** What somebody with a session proves once more before their log-in changes: a stolen session alone changes nothing. */
export function createOwnProof({ db, vault, clock }: Deps) {
  const scope = (tenantId: string) => ({ module: 'identity', tenants: [tenantId] });

  /** Counts a guess by the person and the log-in it comes from, so that who has a session can guess no more than who has none. */
  const keyOf = (tenantId: string, subjectId: string, grantId: string): AttemptKey => ({
    tenantId,
    kind: 'proof',
    hash: vault.lookupHash(tenantId, 'proof', `${subjectId}/${grantId}`),
  });

  return {
    /**
     * Runs a check as one counted guess; a success clears the count.
     *
     * @throws IDENTITY_PROOF_REFUSED, IDENTITY_TOO_MANY_ATTEMPTS
     */
    async guess(tenantId: string, subjectId: string, grantId: string, check: () => Promise<boolean>): Promise<void> {
      const key = keyOf(tenantId, subjectId, grantId);
      await admitAttempt({ db, clock }, [{ key, policy: FACTOR_POLICY }]);
      if (!(await check())) throw refuse('IDENTITY_PROOF_REFUSED');
      await db.tx(scope(tenantId), (tx) => clearAttempts(tx, key));
    },
    /** Whether this is the person's password. */
    async isPassword(tenantId: string, subjectId: string, password: string): Promise<boolean> {
      const stored = await db.tx({ ...scope(tenantId), single: true }, (tx) => findCredentialOf(tx, tenantId, subjectId));
      return verifyPassword(password, stored);
    },
  };
}

export type OwnProof = ReturnType<typeof createOwnProof>;
