import { createHash } from 'node:crypto';
import { AppError } from '#platform/errors.ts';
import type { Language } from '#platform/http/language.ts';
import type { PlatformDeps } from '#platform/module.ts';
import type { NewPerson } from './contract.ts';
import { SIGN_UP_POLICY, TAKEN_POLICY } from './domain/throttle.ts';
import { refuse } from './errors.ts';
import type { EmailProof } from './mailed/email-proof.ts';
import type { Post } from './mailed/post.ts';
import type { People, Registration } from './people.ts';
import { giveBackAttempt } from './store/attempts.ts';
import { findOwners, saveLanguage } from './store/people.ts';
import { saveSignIn } from './store/sign-ins.ts';
import { admitAttempt } from './throttle.ts';

/** A sign-up by somebody in front of the log-in page: a stranger, until a message to the e-mail address proves more. */
export type SignUpRequest = {
  tenantId: string;
  clientId: string;
  /** The log-in under way; the idempotency key belongs to it and is worth nothing in another. */
  uid: string;
  idempotencyKey: string;
  address: string;
  language: Language;
  person: NewPerson;
};

const TAKEN = new Set(['IDENTITY_CPF_TAKEN', 'IDENTITY_EMAIL_TAKEN']);

type Deps = Pick<PlatformDeps, 'db' | 'vault' | 'clock'> & {
  people: People;
  post: Pick<Post, 'sendTaken'>;
  emailProof: Pick<EmailProof, 'begin'>;
};

/** Sign-up by the person themself. */
export function createSignUp({ db, vault, clock, people, post, emailProof }: Deps) {
  /** Whoever has the CPF or the e-mail hears that somebody tried to open an account with it, once an hour at the most. */
  async function tellOwners(tenantId: string, { cpf, email }: Registration): Promise<void> {
    const scope = { module: 'identity', tenants: [tenantId] };
    const [cpfHash, emailHash] = [vault.lookupHash(tenantId, 'cpf', cpf), vault.lookupHash(tenantId, 'email', email)];
    for (const subjectId of await db.tx(scope, (tx) => findOwners(tx, tenantId, cpfHash, emailHash))) {
      const key = { tenantId, kind: 'email', hash: vault.lookupHash(tenantId, 'taken', subjectId) } as const;
      const isFirst = await admitAttempt({ db, clock }, [{ key, policy: TAKEN_POLICY }]).then(
        () => true,
        (error: unknown) => {
          if (error instanceof AppError && error.code === 'IDENTITY_TOO_MANY_ATTEMPTS') return false;
          throw error;
        },
      );
      if (isFirst) await db.tx(scope, (tx) => post.sendTaken(tx, tenantId, subjectId));
    }
  }
  return {
    /**
     * Registers the person once. A repetition answers as the first, and is not a second way to log in: `isNew` is false, and who sent it
     * proves themself by password like anybody. Every attempt counts by address until it has made a person, and what is taken, the CPF or the
     * e-mail, gets one answer.
     *
     * @throws IDENTITY_ACCOUNT_EXISTS, IDENTITY_TOO_MANY_ATTEMPTS, IDENTITY_INVALID_*, IDENTITY_WEAK_PASSWORD, PLATFORM_IDEMPOTENCY_CONFLICT
     */
    async signUp(request: SignUpRequest): Promise<{ subjectId: string; isNew: boolean }> {
      const { tenantId, clientId, uid, idempotencyKey, address, language, person } = request;
      const key = { tenantId, kind: 'sign-up', hash: vault.lookupHash(tenantId, 'sign-up', address) } as const;
      const ctx = { tenantId, actor: { kind: 'service', id: clientId }, idempotencyKey } as const;
      const principal = `service/${clientId}/${createHash('sha256').update(uid).digest('hex')}`;
      const registration = await people.prepare(person);
      await admitAttempt({ db, clock }, [{ key, policy: SIGN_UP_POLICY }]);
      const registered = await people.register(ctx, registration, principal).catch(async (error: unknown) => {
        if (!(error instanceof AppError && TAKEN.has(error.code))) throw error;
        await tellOwners(tenantId, registration);
        throw refuse('IDENTITY_ACCOUNT_EXISTS', { cause: error });
      });
      if (registered.isNew)
        await db.tx({ module: 'identity', tenants: [tenantId] }, async (tx) => {
          await giveBackAttempt(tx, key);
          // Whoever signs up is in: the next log-in tells of this one.
          await saveSignIn(tx, tenantId, registered.subjectId, new Date(clock.now()));
          await saveLanguage(tx, tenantId, registered.subjectId, language);
          await emailProof.begin(tx, tenantId, registered.subjectId, language);
        });
      return registered;
    },
  };
}

export type SignUp = ReturnType<typeof createSignUp>;
