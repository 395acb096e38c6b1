import { createHash } from 'node:crypto';
import type { Tx } from '#platform/db/db.ts';
import type { PlatformDeps } from '#platform/module.ts';
import type { Device, Devices } from './device.ts';
import { advance, type LogIn } from './domain/log-in.ts';
import type { Realm } from './domain/realm.ts';
import { ADDRESS_POLICY, FACTOR_POLICY } from './domain/throttle.ts';
import { refuse } from './errors.ts';
import type { Grants } from './grants.ts';
import type { Post } from './mailed/post.ts';
import type { RecoveryCodes } from './recovery-codes.ts';
import { blockedEvent, failedEvent, recoveryUsedEvent, signedInEvents } from './security-events.ts';
import { clearAttempts, giveBackAttempt } from './store/attempts.ts';
import { clearKnown } from './store/devices.ts';
import { findFactors, useTotpStep } from './store/factors.ts';
import { findLogIn, finishLogIn, saveLogIn } from './store/log-ins.ts';
import { saveFailedSignIn, saveSignIn } from './store/sign-ins.ts';
import { admitAttempt, type Counter } from './throttle.ts';
import type { Totp } from './totp.ts';

/** How long a proved password waits for its second factor. */
const WAIT_MS = 5 * 60_000;
const hashOf = (uid: string): Buffer => createHash('sha256').update(uid).digest();

/** A second step as typed, in which log-in, and from where. */
export type SecondStep = {
  tenantId: string;
  realm: Realm;
  uid: string;
  address: string;
  device: Device | null;
  by: 'totp' | 'recovery-code';
  typed: string;
};
export type Done = Extract<LogIn, { step: 'done' }>;

type Deps = Pick<PlatformDeps, 'db' | 'bus' | 'vault' | 'clock'> & {
  devices: Devices;
  totp: Totp;
  recovery: RecoveryCodes;
  grants: Grants;
  post: Post;
};

/** The second step of a log-in. Its state is in the database, under the hash of the log-in's id. */
export function createSecondFactor({ db, bus, vault, clock, devices, totp, recovery, grants, post }: Deps) {
  const scope = (tenantId: string) => ({ module: 'identity', tenants: [tenantId] });

  function countersOf({ tenantId, address, device }: SecondStep, subjectId: string): Counter[] {
    // A browser of the person's own has tries of its own: whoever has the password and guesses elsewhere keeps nobody out.
    const who = devices.knows(device, tenantId, subjectId) ? `${device.id}/${subjectId}` : subjectId;
    const own: Counter = { key: { tenantId, kind: 'factor', hash: vault.lookupHash(tenantId, 'factor', who) }, policy: FACTOR_POLICY };
    const from: Counter = {
      key: { tenantId, kind: 'address', hash: vault.lookupHash(tenantId, 'address', address) },
      policy: ADDRESS_POLICY,
    };
    return who === subjectId ? [own, from] : [own];
  }

  async function refuseStep(tenantId: string, subjectId: string, untilMs: number | null): Promise<never> {
    const at = new Date(clock.now());
    await db.tx(scope(tenantId), async (tx) => {
      await saveFailedSignIn(tx, tenantId, subjectId, untilMs === null ? null : at);
      const blocked = untilMs === null ? [] : [blockedEvent(tenantId, subjectId, at, 'subject', untilMs)];
      await bus.publish(tx, [failedEvent(tenantId, subjectId, at), ...blocked]);
    });
    throw refuse('IDENTITY_CODE_REFUSED');
  }

  /** What was typed, used up; false when it opens nothing (any more). */
  async function useUp(
    tx: Tx,
    { tenantId, by, typed }: SecondStep,
    subjectId: string,
    fitting: { secretSealed: Buffer; step: number } | null,
  ) {
    if (by === 'totp') return fitting !== null && useTotpStep(tx, tenantId, subjectId, fitting.secretSealed, fitting.step);
    return recovery.use(tx, tenantId, subjectId, typed);
  }

  async function note(tx: Tx, tenantId: string, done: Done, from: { realm: Realm; knownBrowser: boolean }): Promise<void> {
    const { subjectId, acr, amr } = done;
    const at = new Date(clock.now());
    await saveSignIn(tx, tenantId, subjectId, at);
    await bus.publish(tx, signedInEvents(tenantId, subjectId, at, { ...from, acr, amr }));
    if (!amr.includes('rec')) return;
    const endedLogIns = await grants.endAll(tx, subjectId);
    await clearKnown(tx, tenantId, subjectId);
    const { recoveryCodes: left } = await findFactors(tx, tenantId, subjectId);
    await post.note(tx, tenantId, subjectId, 'recovery-code-used', at);
    await bus.publish(tx, [recoveryUsedEvent(tenantId, { subjectId, left, endedLogIns }, at)]);
  }

  /** Ends the wait for a second factor, for one request. @throws IDENTITY_LOGIN_ENDED */
  async function end(tx: Tx, tenantId: string, uid: string, subjectId: string): Promise<void> {
    if (!(await finishLogIn(tx, tenantId, hashOf(uid), subjectId, new Date(clock.now())))) throw refuse('IDENTITY_LOGIN_ENDED');
  }

  return {
    end,
    /** What a log-in that is through leaves behind: when it was, events, and after a recovery code the end of every other one. */
    note,
    /** A password was right, and a second factor is owed: within five minutes, in this very log-in. */
    begin: (tx: Tx, tenantId: string, uid: string, subjectId: string): Promise<void> =>
      saveLogIn(tx, tenantId, hashOf(uid), subjectId, new Date(clock.now() + WAIT_MS)),

    /** Whether a second factor is owed in this log-in, by whom, and the ways to give it. */
    async owed(tenantId: string, uid: string): Promise<Extract<LogIn, { step: 'second-factor' }> | null> {
      return db.tx(scope(tenantId), async (tx) => {
        const subjectId = await findLogIn(tx, tenantId, hashOf(uid), new Date(clock.now()));
        if (!subjectId) return null;
        const state = advance(
          { step: 'proof' },
          { by: 'password', subjectId, factors: await findFactors(tx, tenantId, subjectId), policy: { demanded: false } },
        );
        return state?.step === 'second-factor' ? state : null;
      });
    },

    /**
     * Ends the log-in by a code. Each counts as a guess before it is looked at; a code, a step and a log-in count once, however many ask at once.
     *
     * @throws IDENTITY_CODE_REFUSED, IDENTITY_TOO_MANY_ATTEMPTS, IDENTITY_LOGIN_ENDED
     */
    async give(step: SecondStep): Promise<{ done: Done; deviceCookie: string }> {
      const { tenantId, uid, device } = step;
      const state = await this.owed(tenantId, uid);
      const done = state && advance(state, { by: step.by, subjectId: state.subjectId });
      if (!state || done?.step !== 'done') throw refuse('IDENTITY_LOGIN_ENDED');
      const { subjectId } = state;
      const counters = countersOf(step, subjectId);
      const states = await admitAttempt({ db, clock }, counters);
      const fitting = step.by === 'totp' ? await totp.fit(tenantId, subjectId, 'active', step.typed) : null;
      const isUsed = await db.tx(scope(tenantId), async (tx) => {
        if (!(await useUp(tx, step, subjectId, fitting))) return false;
        await end(tx, tenantId, uid, subjectId);
        for (const { key } of counters) await (key.kind === 'address' ? giveBackAttempt(tx, key) : clearAttempts(tx, key));
        await note(tx, tenantId, done, { realm: step.realm, knownBrowser: devices.knows(device, tenantId, subjectId) });
        return true;
      });
      if (!isUsed) return refuseStep(tenantId, subjectId, states[0]!.blockedUntilMs);
      return { done, deviceCookie: devices.remember(device, tenantId, subjectId) };
    },
  };
}

export type SecondFactor = ReturnType<typeof createSecondFactor>;
