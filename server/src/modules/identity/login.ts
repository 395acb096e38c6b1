import type { Tx } from '#platform/db/db.ts';
import { AppError } from '#platform/errors.ts';
import type { PlatformDeps } from '#platform/module.ts';
import type { Device, Devices } from './device.ts';
import type { FactorPolicy } from './domain/factors.ts';
import { ANEW, advance, type LogIn } from './domain/log-in.ts';
import { readLogin } from './domain/person.ts';
import { loginPurpose, policyOf, type Realm } from './domain/realm.ts';
import { ADDRESS_POLICY, type AttemptState, LOGIN_POLICY } from './domain/throttle.ts';
import { refuse } from './errors.ts';
import { hashPassword, isOutdated, verifyPassword } from './password-hash.ts';
import type { Done, SecondFactor } from './second-factor.ts';
import { blockedEvent, failedEvent, signedInEvents } from './security-events.ts';
import { clearAttempts, giveBackAttempt } from './store/attempts.ts';
import { findFactors } from './store/factors.ts';
import { findRoles } from './store/operators.ts';
import { findCredential, saveCredential } from './store/people.ts';
import { saveFailedSignIn, saveSignIn } from './store/sign-ins.ts';
import { admitAttempt, type Counter } from './throttle.ts';

/** A log-in as typed, in which log-in under way, where it came from, and what the browser shows of earlier ones. */
export type LoginAttempt = {
  tenantId: string;
  realm: Realm;
  uid: string;
  login: string;
  password: string;
  address: string;
  device: Device | null;
};

type Deps = Pick<PlatformDeps, 'db' | 'bus' | 'vault' | 'clock' | 'metrics'> & {
  devices: Devices;
  secondFactor: SecondFactor;
  policy: FactorPolicy;
};

/** Through, or in front of a second step. */
export type LoginOutcome = { state: Done; deviceCookie: string } | { state: Extract<LogIn, { step: 'second-factor' }> };

/** Proves people by password. */
export function createLogin(deps: Deps) {
  const { db, bus, vault, clock, metrics, devices, secondFactor, policy } = deps;
  const outcomes = metrics.counter('lastro_identity_logins_total', 'Log-ins by outcome', ['outcome']);
  const scope = (tenantId: string) => ({ module: 'identity', tenants: [tenantId] });

  /**
   * What the attempt counts on. One counter a person, over CPF and e-mail, and one an address; in a browser that this person has used before
   * one of its own, so that strangers use up neither the owner's tries nor the owner's address.
   */
  function countersOf({ tenantId, address, device }: LoginAttempt, loginHash: Buffer, subjectId: string | undefined): Counter[] {
    const counter = (kind: Counter['key']['kind'], hash: Buffer, policy = LOGIN_POLICY) => ({ key: { tenantId, kind, hash }, policy });
    if (subjectId !== undefined && devices.knows(device, tenantId, subjectId))
      return [counter('device', vault.lookupHash(tenantId, 'device', `${device.id}/${subjectId}`))];
    const who =
      subjectId === undefined ? counter('login', loginHash) : counter('subject', vault.lookupHash(tenantId, 'subject', subjectId));
    return [who, counter('address', vault.lookupHash(tenantId, 'address', address), ADDRESS_POLICY)];
  }

  /** Whether an operator may log in: one who is disabled is as unknown as one who never was. */
  const isAtWork = async (tenantId: string, subjectId: string): Promise<boolean> =>
    (await db.tx({ ...scope(tenantId), single: true }, (tx) => findRoles(tx, tenantId, subjectId))) !== null;

  async function refuseAttempt(
    tenantId: string,
    subjectId: string | null,
    counters: readonly Counter[],
    states: AttemptState[],
  ): Promise<never> {
    const at = new Date(clock.now());
    const blocked = states.findIndex(({ blockedUntilMs }) => blockedUntilMs !== null);
    const untilMs = states[blocked]?.blockedUntilMs ?? null;
    await db.tx(scope(tenantId), async (tx) => {
      if (subjectId)
        await saveFailedSignIn(tx, tenantId, subjectId, untilMs === null || counters[blocked]!.key.kind === 'address' ? null : at);
      const by = counters[blocked]?.key.kind;
      const events = [failedEvent(tenantId, subjectId, at), ...(by && untilMs ? [blockedEvent(tenantId, subjectId, at, by, untilMs)] : [])];
      await bus.publish(tx, events);
    });
    outcomes.inc({ outcome: 'refused' });
    throw refuse('IDENTITY_BAD_CREDENTIALS');
  }

  /** The password was right: the person is in, or owes a second factor. */
  async function accept(tx: Tx, { tenantId, realm, uid }: LoginAttempt, subjectId: string, counters: readonly Counter[]): Promise<LogIn> {
    const at = new Date(clock.now());
    for (const { key } of counters) await (key.kind === 'address' ? giveBackAttempt(tx, key) : clearAttempts(tx, key));
    const factors = await findFactors(tx, tenantId, subjectId);
    const state = advance(ANEW, { by: 'password', subjectId, factors, policy: policyOf(realm, policy) });
    if (state?.step === 'second-factor') await secondFactor.begin(tx, tenantId, uid, subjectId);
    if (state?.step === 'done') {
      await saveSignIn(tx, tenantId, subjectId, at);
      const knownBrowser = counters[0]?.key.kind === 'device';
      await bus.publish(tx, signedInEvents(tenantId, subjectId, at, { realm, acr: state.acr, amr: state.amr, knownBrowser }));
    }
    return state ?? ANEW;
  }

  return {
    /**
     * Who knows this password is in, with the cookie by which this browser is known from now on, or owes a second factor. Who does not exist
     * and who errs get the same answer after the same work.
     *
     * @throws IDENTITY_BAD_CREDENTIALS, IDENTITY_TOO_MANY_ATTEMPTS
     */
    async authenticate(attempt: LoginAttempt): Promise<LoginOutcome> {
      const { tenantId, realm, login, password, device } = attempt;
      const { kind, value } = readLogin(login);
      const loginHash = vault.lookupHash(tenantId, loginPurpose(realm, kind), value);
      const named = await db.tx({ ...scope(tenantId), single: true }, (tx) => findCredential(tx, tenantId, kind, loginHash));
      const found = named && (realm === 'customer' || (await isAtWork(tenantId, named.subjectId))) ? named : null;
      const counters = countersOf(attempt, loginHash, found?.subjectId);
      const states = await admitAttempt(deps, counters).catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'IDENTITY_TOO_MANY_ATTEMPTS') outcomes.inc({ outcome: 'throttled' });
        throw error;
      });
      const proved = await verifyPassword(password, found?.stored ?? null);
      if (!found || !proved) return refuseAttempt(tenantId, found?.subjectId ?? null, counters, states);
      const { subjectId } = found;
      const renewed = isOutdated(found.stored) ? await hashPassword(password) : null;
      const state = await db.tx(scope(tenantId), async (tx) => {
        if (renewed) await saveCredential(tx, tenantId, subjectId, renewed, new Date(clock.now()));
        return accept(tx, attempt, subjectId, counters);
      });
      outcomes.inc({ outcome: state.step === 'done' ? 'accepted' : 'half' });
      if (state.step === 'second-factor') return { state };
      if (state.step !== 'done') throw new Error('a right password led nowhere');
      return { state, deviceCookie: devices.remember(device, tenantId, subjectId) };
    },
  };
}

export type Login = ReturnType<typeof createLogin>;
