import type { CallContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import type { Agent } from '#platform/http/agent.ts';
import type { Language } from '#platform/http/language.ts';
import { parsePublicId, publicId } from '#platform/id.ts';
import type { PlatformDeps } from '#platform/module.ts';
import type { OwnDevice, Proof } from './contract.ts';
import { AGENT_PURPOSE, grantHash } from './devices-seen.ts';
import { type KnownBy, refusalOfMail, WAIT_MS } from './domain/devices.ts';
import { EMAIL_CODE_POLICY } from './domain/throttle.ts';
import { refuse } from './errors.ts';
import { DEVICE_FORGOTTEN, DEVICE_KNOWN } from './events.ts';
import type { FactorChanges, Self } from './factor-changes.ts';
import type { Grants } from './grants.ts';
import { boundHashOf, type MailedCodes } from './mailed/codes.ts';
import type { Post } from './mailed/post.ts';
import { deviceEvent } from './security-events.ts';
import { type DeviceRow, deleteDevice, doFactorsCount, findDeviceOfGrant, listDevices, saveKnown, wasNotedSince } from './store/devices.ts';
import { isEmailVerified } from './store/people.ts';
import { admitAttempt } from './throttle.ts';

/** A browser as its person names it. */
const PREFIX = 'dvc';
const REFUSED = { unproved: 'IDENTITY_EMAIL_UNPROVED', 'too-soon': 'IDENTITY_MAIL_TOO_SOON' } as const;

type Own = { subjectId: string; grantId: string };
type Deps = Pick<PlatformDeps, 'db' | 'bus' | 'vault' | 'clock'> & {
  grants: Grants;
  post: Post;
  codes: MailedCodes;
  changes: Pick<FactorChanges, 'proveAgain'>;
};

/** The browsers of a person, as the person sees them, forgets them, and says that this one is theirs. */
export function createOwnDevices({ db, bus, vault, clock, grants, post, codes, changes }: Deps) {
  const scope = (tenantId: string) => ({ module: 'identity', tenants: [tenantId] });
  const now = () => new Date(clock.now());

  async function present(tenantId: string, subjectId: string, row: DeviceRow, currentId: string | undefined): Promise<OwnDevice> {
    const text = await vault.open(tenantId, subjectId, AGENT_PURPOSE, row.agentSealed);
    const agent: Agent = text ? (JSON.parse(text) as Agent) : { browser: null, system: null, kind: 'other' };
    return {
      id: publicId(PREFIX, row.deviceId),
      current: row.deviceId === currentId,
      ...agent,
      firstSeenAt: row.createdAt.toISOString(),
      lastSeenAt: row.lastSeenAt.toISOString(),
      knownSince: row.knownSince?.toISOString() ?? null,
      knownBy: row.knownBy,
    };
  }

  /** Makes the browser of this log-in known, in the transaction of what proved the person. True when it is, or was. */
  async function recognise(tx: Tx, tenantId: string, { subjectId, grantId }: Own, by: KnownBy): Promise<boolean> {
    const row = await findDeviceOfGrant(tx, tenantId, subjectId, grantHash(grantId));
    if (!row) return false;
    const { deviceId } = row;
    if (!(await saveKnown(tx, tenantId, deviceId, by, now()))) return true;
    await post.note(tx, tenantId, subjectId, 'device-known', now());
    await bus.publish(tx, [deviceEvent(DEVICE_KNOWN, tenantId, { subjectId, deviceId, by }, now())]);
    return true;
  }

  /** The same by a factor, if the person's factors count already. */
  async function recogniseByFactor(tx: Tx, tenantId: string, own: Own): Promise<boolean> {
    return (await doFactorsCount(tx, tenantId, own.subjectId, now())) && recognise(tx, tenantId, own, 'proof');
  }

  /** @throws IDENTITY_EMAIL_UNPROVED, IDENTITY_MAIL_TOO_SOON */
  async function requireMail(tx: Tx, tenantId: string, subjectId: string): Promise<void> {
    const since = new Date(clock.now() - WAIT_MS);
    const [isVerified, wasResetToday] = await Promise.all([
      isEmailVerified(tx, tenantId, subjectId),
      wasNotedSince(tx, tenantId, subjectId, ['password-reset'], since),
    ]);
    const why = refusalOfMail({ isVerified, wasResetToday });
    if (why) throw refuse(REFUSED[why]);
  }
  const boundTo = ({ subjectId, grantId }: Own): string => `${subjectId}/${grantId}`;

  return {
    recogniseByFactor,
    /** This one first, then those seen last. */
    async listDevices({ tenantId }: CallContext, { subjectId, grantId }: Own): Promise<{ devices: OwnDevice[] }> {
      const [rows, current] = await db.tx(scope(tenantId), (tx) =>
        Promise.all([listDevices(tx, tenantId, subjectId), findDeviceOfGrant(tx, tenantId, subjectId, grantHash(grantId))]),
      );
      const devices = await Promise.all(rows.map((row) => present(tenantId, subjectId, row, current?.deviceId)));
      return { devices: devices.toSorted((a, b) => Number(b.current) - Number(a.current)) };
    },
    /** Its log-ins end with it, and it counts as new when it is used again. @throws IDENTITY_DEVICE_UNKNOWN */
    async forgetDevice({ tenantId }: CallContext, { subjectId, id }: { subjectId: string; id: string }): Promise<{ endedLogIns: number }> {
      const deviceId = parsePublicId(PREFIX, id);
      return db.tx(scope(tenantId), async (tx) => {
        const hashes = await deleteDevice(tx, tenantId, subjectId, deviceId);
        if (!hashes) throw refuse('IDENTITY_DEVICE_UNKNOWN');
        const endedLogIns = hashes.length > 0 ? await grants.endThese(tx, subjectId, hashes) : 0;
        await post.note(tx, tenantId, subjectId, 'device-forgotten', now());
        await bus.publish(tx, [deviceEvent(DEVICE_FORGOTTEN, tenantId, { subjectId, deviceId, endedLogIns }, now())]);
        return { endedLogIns };
      });
    },
    /** By a factor of the person's. @throws IDENTITY_PROOF_REFUSED, IDENTITY_TOO_MANY_ATTEMPTS, IDENTITY_FACTOR_WAITS, IDENTITY_DEVICE_UNKNOWN */
    async recogniseDevice({ tenantId }: CallContext, { proof, ...self }: Self & { proof: Proof }): Promise<object> {
      if (!(await db.tx(scope(tenantId), (tx) => doFactorsCount(tx, tenantId, self.subjectId, now()))))
        throw refuse('IDENTITY_FACTOR_WAITS');
      // After a recovery code the password is what is asked for, and proves nothing about a browser.
      if ((await changes.proveAgain(tenantId, self, proof)) === 'password') throw refuse('IDENTITY_PROOF_REFUSED');
      if (!(await db.tx(scope(tenantId), (tx) => recogniseByFactor(tx, tenantId, self)))) throw refuse('IDENTITY_DEVICE_UNKNOWN');
      return {};
    },
    /** Sends a code for this browser. @throws IDENTITY_TOO_MANY_ATTEMPTS, IDENTITY_EMAIL_UNPROVED, IDENTITY_MAIL_TOO_SOON */
    async askDeviceCode({ tenantId }: CallContext, { language, ...own }: Own & { language: Language }): Promise<object> {
      const { subjectId } = own;
      const key = { tenantId, kind: 'email', hash: vault.lookupHash(tenantId, 'device-code', subjectId) } as const;
      await db.tx(scope(tenantId), (tx) => requireMail(tx, tenantId, subjectId));
      await admitAttempt({ db, clock }, [{ key, policy: EMAIL_CODE_POLICY }]);
      await db.tx(scope(tenantId), async (tx) => {
        const mine = { subjectId, loginKind: null, loginHash: null, language };
        await post.sendCode(tx, await codes.begin(tx, { tenantId, purpose: 'device', boundHash: boundHashOf(boundTo(own)), ...mine }));
      });
      return {};
    },
    /** The code counts in the log-in that asked for it. @throws IDENTITY_MAILED_CODE_REFUSED, IDENTITY_MAIL_TOO_SOON, IDENTITY_DEVICE_UNKNOWN */
    async confirmDevice({ tenantId }: CallContext, { code, ...own }: Own & { code: string }): Promise<object> {
      const row = await codes.check(tenantId, 'device', boundTo(own), code);
      await db.tx(scope(tenantId), async (tx) => {
        await codes.use(tx, row);
        await requireMail(tx, tenantId, own.subjectId);
        if (!(await recognise(tx, tenantId, own, 'mail'))) throw refuse('IDENTITY_DEVICE_UNKNOWN');
      });
      return {};
    },
  };
}

export type OwnDevices = ReturnType<typeof createOwnDevices>;
