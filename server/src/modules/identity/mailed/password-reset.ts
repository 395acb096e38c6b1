import { systemContext } from '#platform/context.ts';
import type { Language } from '#platform/http/language.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { readLogin } from '../domain/person.ts';
import { ADDRESS_POLICY, RESET_POLICY } from '../domain/throttle.ts';
import type { Grants } from '../grants.ts';
import { hashPassword } from '../password-hash.ts';
import { checkPassword } from '../password-strength.ts';
import type { People } from '../people.ts';
import { secretChangedEvent } from '../security-events.ts';
import { clearKnown } from '../store/devices.ts';
import { saveCredential } from '../store/people.ts';
import { admitAttempt } from '../throttle.ts';
import { boundHashOf, type MailedCodes } from './codes.ts';
import type { Post } from './post.ts';

type Deps = Pick<PlatformDeps, 'db' | 'bus' | 'vault' | 'clock'> & { people: People; grants: Grants; codes: MailedCodes; post: Post };
type Asked = { tenantId: string; uid: string; login: string; address: string; language: Language };

/** A new password for whoever has forgotten theirs and reads the mail of a proved address. */
export function createPasswordReset({ db, bus, vault, clock, people, grants, codes, post }: Deps) {
  const scope = (tenantId: string) => ({ module: 'identity', tenants: [tenantId] });
  return {
    /**
     * Asks for a code to be sent to whoever has this name, if anybody has. What is done here is the same in either case, down to the rows:
     * whose name it is, is looked up when the letter is written.
     *
     * @throws IDENTITY_TOO_MANY_ATTEMPTS
     */
    async ask({ tenantId, uid, login, address, language }: Asked): Promise<void> {
      const { kind, value } = readLogin(login);
      const loginHash = vault.lookupHash(tenantId, kind, value);
      const counter = (of: 'reset' | 'address', text: string) => ({ tenantId, kind: of, hash: vault.lookupHash(tenantId, of, text) });
      await admitAttempt({ db, clock }, [
        { key: counter('reset', loginHash.toString('hex')), policy: RESET_POLICY },
        { key: counter('address', address), policy: ADDRESS_POLICY },
      ]);
      await db.tx(scope(tenantId), async (tx) => {
        const named = { subjectId: null, loginKind: kind, loginHash, language } as const;
        const row = await codes.begin(tx, { tenantId, purpose: 'reset', boundHash: boundHashOf(uid), ...named });
        await post.sendCode(tx, row);
      });
    },
    /**
     * Takes the code and the new password. Whoever has a second factor still owes it at the next log-in; every session ends. A password that
     * is too weak leaves the code as it was.
     *
     * @throws IDENTITY_MAILED_CODE_REFUSED, IDENTITY_WEAK_PASSWORD
     */
    async finish({ tenantId, uid, code, next }: { tenantId: string; uid: string; code: string; next: string }): Promise<void> {
      const row = await codes.check(tenantId, 'reset', uid, code);
      const { subjectId } = row;
      try {
        await checkPassword(next, await people.getPerson(systemContext(tenantId, 'identity'), { subjectId }));
      } catch (error) {
        await codes.giveBack(row);
        throw error;
      }
      const hash = await hashPassword(next);
      const at = new Date(clock.now());
      await db.tx(scope(tenantId), async (tx) => {
        await codes.use(tx, row);
        await saveCredential(tx, tenantId, subjectId, hash, at);
        const endedLogIns = await grants.endAll(tx, subjectId);
        // Whoever reads the mail may have the browser, too.
        await clearKnown(tx, tenantId, subjectId);
        await post.note(tx, tenantId, subjectId, 'password-reset', at);
        await bus.publish(tx, [secretChangedEvent(tenantId, subjectId, at, endedLogIns, 'reset')]);
      });
    },
  };
}

export type PasswordReset = ReturnType<typeof createPasswordReset>;
