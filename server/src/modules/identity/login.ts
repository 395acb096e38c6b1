import type { PlatformDeps } from '#platform/module.ts';
import { readLogin } from './domain/person.ts';
import { ADDRESS_POLICY, countAttempt, LOGIN_POLICY } from './domain/throttle.ts';
import { refuse } from './errors.ts';
import { hashPassword, isOutdated, verifyPassword } from './password-hash.ts';
import { type AttemptKey, forgiveAttempts, lockAttempts, saveAttempts } from './store/attempts.ts';
import { findCredential, saveCredential } from './store/people.ts';

/** A log-in as typed, and the address it came from. */
export type LoginAttempt = { tenantId: string; login: string; password: string; address: string };

/** Proves people by password. */
export function createLogin({ db, vault, clock, metrics }: Pick<PlatformDeps, 'db' | 'vault' | 'clock' | 'metrics'>) {
  const outcomes = metrics.counter('lastro_identity_logins_total', 'Log-ins by outcome', ['outcome']);
  const scope = (tenantId: string) => ({ module: 'identity', tenants: [tenantId] });

  /** Counts the attempt in a transaction of its own, so that a failure is remembered whatever comes after. */
  async function admit(keys: { login: AttemptKey; address: AttemptKey }): Promise<void> {
    const nowMs = clock.now();
    const retryAfterMs = await db.tx(scope(keys.login.tenantId), async (tx) => {
      const login = countAttempt(await lockAttempts(tx, keys.login), nowMs, LOGIN_POLICY);
      const address = countAttempt(await lockAttempts(tx, keys.address), nowMs, ADDRESS_POLICY);
      if (!login.allowed) return login.retryAfterMs;
      if (!address.allowed) return address.retryAfterMs;
      await saveAttempts(tx, keys.login, login.state, nowMs);
      await saveAttempts(tx, keys.address, address.state, nowMs);
      return 0;
    });
    if (retryAfterMs === 0) return;
    outcomes.inc({ outcome: 'throttled' });
    throw refuse('IDENTITY_TOO_MANY_ATTEMPTS', { retryAfterSeconds: retryAfterMs / 1000 });
  }

  return {
    /**
     * The subject who knows this password. Who does not exist and who errs get the same answer after the same work.
     * @throws IDENTITY_BAD_CREDENTIALS, IDENTITY_TOO_MANY_ATTEMPTS
     */
    async authenticate({ tenantId, login, password, address }: LoginAttempt): Promise<string> {
      const { kind, value } = readLogin(login);
      const loginHash = vault.lookupHash(tenantId, kind, value);
      const keys = {
        login: { tenantId, kind: 'login', hash: loginHash },
        address: { tenantId, kind: 'address', hash: vault.lookupHash(tenantId, 'address', address) },
      } as const;
      await admit(keys);
      const found = await db.tx(scope(tenantId), (tx) => findCredential(tx, tenantId, kind, loginHash));
      const proved = await verifyPassword(password, found?.stored ?? null);
      if (!found || !proved) {
        outcomes.inc({ outcome: 'refused' });
        throw refuse('IDENTITY_BAD_CREDENTIALS');
      }
      const renewed = isOutdated(found.stored) ? await hashPassword(password) : null;
      await db.tx(scope(tenantId), async (tx) => {
        await forgiveAttempts(tx, keys.login, keys.address);
        if (renewed) await saveCredential(tx, tenantId, found.subjectId, renewed, new Date(clock.now()));
      });
      outcomes.inc({ outcome: 'accepted' });
      return found.subjectId;
    },
  };
}

export type Login = ReturnType<typeof createLogin>;
