import type { PlatformDeps } from '#platform/module.ts';
import type { Device, Devices } from './device.ts';
import { ANEW, advance } from './domain/log-in.ts';
import type { Realm } from './domain/realm.ts';
import { refuse } from './errors.ts';
import type { Done, SecondFactor } from './second-factor.ts';
import { isOperator } from './store/operators.ts';
import { usePasskey } from './store/passkeys.ts';
import type { Bound, Webauthn } from './webauthn.ts';

type Deps = Pick<PlatformDeps, 'db' | 'clock'> & { devices: Devices; webauthn: Webauthn; secondFactor: SecondFactor };
const boundTo = (tenantId: string, uid: string): Bound => ({ tenantId, purpose: 'log-in', to: uid });

/** Log-in by passkey: as the only step, without a name being typed, or as the second one after a password. */
export function createPasskeyLogIn({ db, clock, devices, webauthn, secondFactor }: Deps) {
  return {
    /** What the authenticator is asked in this log-in. @throws IDENTITY_LOGIN_ENDED when somebody else's factor is owed */
    async ask(tenantId: string, uid: string): Promise<Record<string, unknown>> {
      const owed = await secondFactor.owed(tenantId, uid);
      if (owed && !owed.ways.includes('passkey')) throw refuse('IDENTITY_LOGIN_ENDED');
      return webauthn.askToProve(boundTo(tenantId, uid), owed?.subjectId);
    },
    /**
     * Ends the log-in. A key that its authenticator does not find by itself is a second factor only.
     *
     * @throws IDENTITY_PASSKEY_REFUSED
     */
    async give(given: { tenantId: string; realm: Realm; uid: string; device: Device | null; response: unknown }): Promise<{
      done: Done;
      deviceCookie: string;
    }> {
      const { tenantId, realm, uid, device } = given;
      const { row, counter } = await webauthn.proved(boundTo(tenantId, uid), given.response);
      const state = (await secondFactor.owed(tenantId, uid)) ?? ANEW;
      const done = advance(state, { by: 'passkey', subjectId: row.subjectId });
      if (done?.step !== 'done' || (state.step === 'proof' && !row.discoverable)) throw refuse('IDENTITY_PASSKEY_REFUSED');
      await db.tx({ module: 'identity', tenants: [tenantId] }, async (tx) => {
        // A key that names its person by itself names nobody of the other realm.
        if ((await isOperator(tx, tenantId, row.subjectId)) !== (realm === 'operator')) throw refuse('IDENTITY_PASSKEY_REFUSED');
        if (!(await usePasskey(tx, tenantId, row, counter, new Date(clock.now())))) throw refuse('IDENTITY_PASSKEY_REFUSED');
        if (state.step === 'second-factor') await secondFactor.end(tx, tenantId, uid, row.subjectId);
        await secondFactor.note(tx, tenantId, done, { realm, knownBrowser: devices.knows(device, tenantId, row.subjectId) });
      });
      return { done, deviceCookie: devices.remember(device, tenantId, row.subjectId) };
    },
  };
}

export type PasskeyLogIn = ReturnType<typeof createPasskeyLogIn>;
