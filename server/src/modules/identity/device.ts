import { randomBytes } from 'node:crypto';
import type { PlatformDeps } from '#platform/module.ts';

/** A browser that somebody has logged in with before. It proves nothing about who sits at it; it only has a counter of its own. */
export type Device = {
  id: string;
  people: readonly string[];
  /** Those of them who used it when browsers were not kept yet, and have not logged in since. */
  before: readonly string[];
};

const PURPOSE = 'identity/device';
/** Browsers keep a cookie for 400 days at the most. */
export const DEVICE_DAYS = 400;
/** People a browser remembers: a family's tablet, not a kiosk. */
const MOST_PEOPLE = 8;

/** One from when browsers were not kept has no `before`. */
type Sealed = Pick<Device, 'id' | 'people'> & { before?: readonly string[]; untilMs: number };

const nameOf = (tenantId: string, subjectId: string): string => `${tenantId}/${subjectId}`;

/** The cookie of known browsers: sealed, so that nobody makes one without having logged in. */
export function createDevices({ vault, clock }: Pick<PlatformDeps, 'vault' | 'clock'>) {
  return {
    /** The browser behind a cookie; null when there is none, or it is not ours or too old. */
    open(cookie: string | undefined): Device | null {
      if (!cookie || cookie.length > 4_000) return null;
      try {
        const { id, people, before, untilMs } = JSON.parse(vault.openOwn(PURPOSE, Buffer.from(cookie, 'base64url'))) as Sealed;
        return untilMs > clock.now() ? { id, people, before: before ?? people } : null;
      } catch {
        return null;
      }
    },
    knows: (device: Device | null, tenantId: string, subjectId: string): device is Device =>
      device?.people.includes(nameOf(tenantId, subjectId)) ?? false,
    wasUsedBefore: (device: Device | null, tenantId: string, subjectId: string): boolean =>
      device?.before.includes(nameOf(tenantId, subjectId)) ?? false,
    /** The cookie of this browser after a log-in of that person; the newest come first. */
    remember(device: Device | null, tenantId: string, subjectId: string): string {
      const name = nameOf(tenantId, subjectId);
      const people = [name, ...(device?.people ?? []).filter((one) => one !== name)].slice(0, MOST_PEOPLE);
      const id = device?.id ?? randomBytes(16).toString('base64url');
      const before = (device?.before ?? []).filter((one) => one !== name && people.includes(one));
      const untilMs = clock.now() + DEVICE_DAYS * 86_400_000;
      return vault.sealOwn(PURPOSE, JSON.stringify({ id, people, before, untilMs } satisfies Sealed)).toString('base64url');
    },
  };
}

export type Devices = ReturnType<typeof createDevices>;
