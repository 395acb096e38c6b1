import type { CallContext } from '#platform/context.ts';
import type { PlatformDeps } from '#platform/module.ts';
import type { Proof } from './contract.ts';
import { refuse } from './errors.ts';
import type { FactorChanges, Self } from './factor-changes.ts';
import type { Grants } from './grants.ts';
import type { Post } from './mailed/post.ts';
import { lockedEvent, unlockAskedEvent } from './security-events.ts';
import { findLock, saveLock, saveRelease } from './store/locks.ts';

/** Whoever took the account over cannot open it at once, and its owner, who is written to, has a day to lock it again. */
export const RELEASE_AFTER_MS = 24 * 3_600_000;

type Deps = Pick<PlatformDeps, 'db' | 'bus' | 'clock'> & { grants: Grants; post: Post; changes: Pick<FactorChanges, 'proveAgain'> };

/** A person locks their account, and opens it again. What a lock means is decided where grants are made: they may only see who it is. */
export function createAccountLock({ db, bus, clock, grants, post, changes }: Deps) {
  const scope = (tenantId: string) => ({ module: 'identity', tenants: [tenantId] });
  return {
    /** Ends every log-in of the person, the asking one among them, in one commit with the lock. Wants no proof: it must be quick. */
    async lockAccount({ tenantId }: CallContext, { subjectId }: { subjectId: string }): Promise<object> {
      const at = new Date(clock.now());
      await db.tx(scope(tenantId), async (tx) => {
        await saveLock(tx, tenantId, subjectId, at);
        const endedLogIns = await grants.endAll(tx, subjectId);
        await post.note(tx, tenantId, subjectId, 'account-locked', at);
        await bus.publish(tx, [lockedEvent(tenantId, { subjectId, endedLogIns }, at)]);
      });
      return {};
    },
    /**
     * Asks for the end of the lock, which comes a day later; asked again, the first day counts. Log-ins made until then stay as they are.
     *
     * @throws IDENTITY_PROOF_REFUSED, IDENTITY_TOO_MANY_ATTEMPTS, IDENTITY_NOT_LOCKED
     */
    async askUnlock({ tenantId }: CallContext, { proof, ...self }: Self & { proof: Proof }): Promise<{ releaseAt: string }> {
      await changes.proveAgain(tenantId, self, proof);
      const { subjectId } = self;
      const at = new Date(clock.now());
      return db.tx(scope(tenantId), async (tx) => {
        const wanted = new Date(clock.now() + RELEASE_AFTER_MS);
        if (await saveRelease(tx, tenantId, subjectId, wanted)) {
          await post.note(tx, tenantId, subjectId, 'unlock-asked', at);
          await bus.publish(tx, [unlockAskedEvent(tenantId, { subjectId, releaseAt: wanted.toISOString() }, at)]);
        }
        const lock = await findLock(tx, tenantId, subjectId, at);
        if (!lock?.releaseAt) throw refuse('IDENTITY_NOT_LOCKED');
        return { releaseAt: lock.releaseAt.toISOString() };
      });
    },
  };
}
