import { systemContext } from '#platform/context.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { refuse } from './errors.ts';
import type { Grants } from './grants.ts';
import type { Post } from './mailed/post.ts';
import type { OwnProof } from './own-proof.ts';
import { hashPassword, verifyPassword } from './password-hash.ts';
import { checkPassword } from './password-strength.ts';
import type { People } from './people.ts';
import { secretChangedEvent } from './security-events.ts';
import { findCredentialOf, saveCredential } from './store/people.ts';

export type PasswordChange = { subjectId: string; grantId: string; present: string; next: string };

type Deps = Pick<PlatformDeps, 'db' | 'bus' | 'clock'> & { people: People; grants: Grants; proof: OwnProof; post: Post };

/** A person with a session takes another password. */
export function createPasswordChange({ db, bus, clock, people, grants, proof, post }: Deps) {
  const scope = (tenantId: string) => ({ module: 'identity', tenants: [tenantId] });
  return {
    /**
     * The new password, the end of every other log-in and the event commit together: whoever was in by the old password is out.
     *
     * @throws IDENTITY_PROOF_REFUSED, IDENTITY_TOO_MANY_ATTEMPTS, IDENTITY_WEAK_PASSWORD, IDENTITY_SAME_PASSWORD
     */
    async changePassword(
      { tenantId }: { tenantId: string },
      { subjectId, grantId, present, next }: PasswordChange,
    ): Promise<{ endedLogIns: number }> {
      await proof.guess(tenantId, subjectId, grantId, () => proof.isPassword(tenantId, subjectId, present));
      await checkPassword(next, await people.getPerson(systemContext(tenantId, 'identity'), { subjectId }));
      const before = await db.tx({ ...scope(tenantId), single: true }, (tx) => findCredentialOf(tx, tenantId, subjectId));
      if (!before || (await verifyPassword(next, before))) throw refuse('IDENTITY_SAME_PASSWORD');
      const hash = await hashPassword(next);
      const at = new Date(clock.now());
      return db.tx(scope(tenantId), async (tx) => {
        await saveCredential(tx, tenantId, subjectId, hash, at);
        const endedLogIns = await grants.endAll(tx, subjectId, grantId);
        await post.note(tx, tenantId, subjectId, 'password-changed', at);
        await bus.publish(tx, [secretChangedEvent(tenantId, subjectId, at, endedLogIns)]);
        return { endedLogIns };
      });
    },
  };
}

export type PasswordChanges = ReturnType<typeof createPasswordChange>;
