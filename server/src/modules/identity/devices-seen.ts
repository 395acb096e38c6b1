import { createHash } from 'node:crypto';
import { readAgent } from '#platform/http/agent.ts';
import { newId } from '#platform/id.ts';
import type { PlatformDeps } from '#platform/module.ts';
import type { Device, Devices } from './device.ts';
import { knownByLogIn } from './domain/devices.ts';
import type { Realm } from './domain/realm.ts';
import { DEVICE_ADDED, DEVICE_KNOWN } from './events.ts';
import type { Post } from './mailed/post.ts';
import type { Done } from './second-factor.ts';
import { deviceEvent } from './security-events.ts';
import { doFactorsCount, saveDeviceGrant, saveSeen, trimDevices } from './store/devices.ts';

/** What a browser is sealed for, under its person's key. */
export const AGENT_PURPOSE = 'identity.device';
/** Browsers that are kept of a person. */
const MOST_DEVICES = 50;

export const grantHash = (grantId: string): Buffer => createHash('sha256').update(grantId).digest();

/** A log-in that is through, and the browser it was made in. */
export type Arrival = {
  tenantId: string;
  realm: Realm;
  done: Done;
  isSignUp: boolean;
  /** The browser as it came, and as it is known from now on. */
  before: Device | null;
  device: Device;
  userAgent: string | undefined;
};

type Deps = Pick<PlatformDeps, 'db' | 'bus' | 'vault' | 'clock'> & { devices: Devices; post: Post };

/** Browsers as log-ins show them: which one a person is in, and whether it is a new one. */
export function createDevicesSeen({ db, bus, vault, clock, devices, post }: Deps) {
  const scope = (tenantId: string) => ({ module: 'identity', tenants: [tenantId] });
  return {
    /** Keeps the browser of a log-in, and tells its person of one that is new. Answers its id, by which the grant will be found to be in it. */
    async arrive({ tenantId, realm, done, isSignUp, before, device, userAgent }: Arrival): Promise<string> {
      const { subjectId, acr, amr } = done;
      const at = new Date(clock.now());
      const keyHash = vault.lookupHash(tenantId, 'device', `${device.id}/${subjectId}`);
      const agentSealed = await vault.seal(tenantId, subjectId, AGENT_PURPOSE, JSON.stringify(readAgent(userAgent)));
      return db.tx(scope(tenantId), async (tx) => {
        const seen = {
          acr,
          amr,
          isSignUp,
          wasBefore: devices.wasUsedBefore(before, tenantId, subjectId),
          doFactorsCount: await doFactorsCount(tx, tenantId, subjectId, at),
        };
        const knownBy = knownByLogIn(seen);
        const row = await saveSeen(tx, tenantId, { deviceId: newId(), subjectId, keyHash, agentSealed, knownBy }, at);
        const { deviceId } = row;
        const isKnownNow = !row.isNew && knownBy !== null && row.knownSince?.getTime() === at.getTime();
        if (row.isNew) {
          await trimDevices(tx, tenantId, subjectId, MOST_DEVICES);
          await bus.publish(tx, [deviceEvent(DEVICE_ADDED, tenantId, { subjectId, deviceId, knownBy }, at, realm)]);
        }
        if (isKnownNow) await bus.publish(tx, [deviceEvent(DEVICE_KNOWN, tenantId, { subjectId, deviceId, by: knownBy }, at, realm)]);
        // What limits customers is no operator's matter.
        if (realm === 'customer' && row.isNew && knownBy === null) await post.note(tx, tenantId, subjectId, 'device-new', at);
        if (realm === 'customer' && isKnownNow) await post.note(tx, tenantId, subjectId, 'device-known', at);
        return deviceId;
      });
    },
    /** The log-in has become this grant. */
    noteGrant: (tenantId: string, grantId: string, deviceId: string, lifeMs: number): Promise<void> =>
      db.tx(scope(tenantId), (tx) => saveDeviceGrant(tx, tenantId, grantHash(grantId), deviceId, new Date(clock.now() + lifeMs))),
  };
}

export type DevicesSeen = ReturnType<typeof createDevicesSeen>;
