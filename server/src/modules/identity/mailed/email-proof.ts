import type { CallContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import type { Language } from '#platform/http/language.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { EMAIL_CODE_POLICY } from '../domain/throttle.ts';
import { emailVerifiedEvent } from '../security-events.ts';
import { isEmailVerified, verifyEmail } from '../store/people.ts';
import { admitAttempt } from '../throttle.ts';
import { boundHashOf, type MailedCodes } from './codes.ts';
import type { Post } from './post.ts';

type Deps = Pick<PlatformDeps, 'db' | 'bus' | 'vault' | 'clock'> & { codes: MailedCodes; post: Post };

/** That a person reads the mail of the address they gave. */
export function createEmailProof({ db, bus, vault, clock, codes, post }: Deps) {
  const scope = (tenantId: string) => ({ module: 'identity', tenants: [tenantId] });

  /** A code to the person's address, in the transaction of what makes it wanted. */
  async function begin(tx: Tx, tenantId: string, subjectId: string, language: Language): Promise<void> {
    const mine = { subjectId, loginKind: null, loginHash: null, language };
    const row = await codes.begin(tx, { tenantId, purpose: 'email', boundHash: boundHashOf(subjectId), ...mine });
    await post.sendCode(tx, row);
  }
  return {
    begin,
    /** Sends a code, unless the address is proved. @throws IDENTITY_TOO_MANY_ATTEMPTS */
    async askEmailCode({ tenantId }: CallContext, { subjectId, language }: { subjectId: string; language: Language }): Promise<object> {
      const key = { tenantId, kind: 'email', hash: vault.lookupHash(tenantId, 'email-code', subjectId) } as const;
      await admitAttempt({ db, clock }, [{ key, policy: EMAIL_CODE_POLICY }]);
      await db.tx(scope(tenantId), async (tx) => {
        if (!(await isEmailVerified(tx, tenantId, subjectId))) await begin(tx, tenantId, subjectId, language);
      });
      return {};
    },
    /** @throws IDENTITY_MAILED_CODE_REFUSED */
    async confirmEmail({ tenantId }: CallContext, { subjectId, code }: { subjectId: string; code: string }): Promise<object> {
      const row = await codes.check(tenantId, 'email', subjectId, code);
      const at = new Date(clock.now());
      await db.tx(scope(tenantId), async (tx) => {
        await codes.use(tx, row);
        if (!(await verifyEmail(tx, tenantId, subjectId, at))) return;
        await post.note(tx, tenantId, subjectId, 'email-verified', at);
        await bus.publish(tx, [emailVerifiedEvent(tenantId, subjectId, at)]);
      });
      return {};
    },
  };
}

export type EmailProof = ReturnType<typeof createEmailProof>;
