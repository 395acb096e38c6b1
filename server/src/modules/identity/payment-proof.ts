import type { CallContext } from '#platform/context.ts';
import type { PlatformDeps } from '#platform/module.ts';
import type { Proof } from './contract.ts';
import { grantHash } from './devices-seen.ts';
import { isLogInFor } from './domain/devices.ts';
import { type Factors, factorCount } from './domain/factors.ts';
import { refuse } from './errors.ts';
import type { FactorChanges, Self } from './factor-changes.ts';
import type { OwnDevices } from './own-devices.ts';
import { paymentProvedEvent } from './security-events.ts';
import { doFactorsCount, findDeviceOfGrant } from './store/devices.ts';
import { findFactors, lockFactors } from './store/factors.ts';
import { findAsked, type Named, saveAsked, saveLogInFor, saveProved } from './store/payment-proofs.ts';
import type { Bound, Webauthn } from './webauthn.ts';

/** How long somebody has to prove what was asked for, and how long the proof is good then. */
const ASKED_MS = 10 * 60_000;
export const PROVED_MS = 5 * 60_000;

type Own = { subjectId: string; grantId: string };
type LogIn = { acr: string; atMs: number };
type Wanted = Own & { binding: string; acr: 'aal1' | 'aal2'; logIn?: LogIn | undefined };
type Way = 'passkey' | 'totp' | 'password';
type Payer = { deviceKnown: boolean; canRecognise: boolean; ways: Way[] };
type Deps = Pick<PlatformDeps, 'db' | 'bus' | 'clock'> & {
  changes: Pick<FactorChanges, 'proveAgain'>;
  ownDevices: Pick<OwnDevices, 'recogniseByFactor'>;
  webauthn: Webauthn;
};

const waysOf = (factors: Factors): Way[] => {
  if (factorCount(factors) === 0) return ['password'];
  return [...(factors.passkeys > 0 ? (['passkey'] as const) : []), ...(factors.totp ? (['totp'] as const) : [])];
};

/**
 * Proofs that are given for one thing that moves money, and count for nothing else. What that is, whoever moves it says by a hash: here it is only
 * compared.
 */
export function createPaymentProof({ db, bus, clock, changes, ownDevices, webauthn }: Deps) {
  const scope = (tenantId: string) => ({ module: 'identity', tenants: [tenantId] });
  const now = () => new Date(clock.now());
  const named = (tenantId: string, { subjectId, binding }: { subjectId: string; binding: string }): Named => ({
    tenantId,
    subjectId,
    binding: Buffer.from(binding, 'hex'),
  });
  const boundTo = (tenantId: string, { subjectId, grantId, binding }: Own & { binding: string }): Bound => ({
    tenantId,
    purpose: 'payment',
    to: `${subjectId}/${grantId}/${binding}`,
  });

  /** @throws IDENTITY_PROOF_NOT_ASKED also for what another log-in was asked for */
  async function requireAsked(tenantId: string, self: Own & { binding: string }): Promise<void> {
    const asked = await db.tx({ ...scope(tenantId), single: true }, (tx) => findAsked(tx, named(tenantId, self), now()));
    if (!asked?.grantHash.equals(grantHash(self.grantId))) throw refuse('IDENTITY_PROOF_NOT_ASKED');
  }

  return {
    /** In what browser a log-in is, and how its person can be proved once more. */
    async getPayer({ tenantId }: CallContext, { subjectId, grantId }: Own): Promise<Payer> {
      return db.tx(scope(tenantId), async (tx) => {
        const [device, factors, canRecognise] = await Promise.all([
          findDeviceOfGrant(tx, tenantId, subjectId, grantHash(grantId)),
          findFactors(tx, tenantId, subjectId),
          doFactorsCount(tx, tenantId, subjectId, now()),
        ]);
        return {
          deviceKnown: device !== null && device.knownSince !== null,
          canRecognise: canRecognise && device !== null,
          ways: waysOf(factors),
        };
      });
    },
    /** Whether this was proved in this log-in; if not, it is asked for from now on. `logIn`: of a token that may have been made for it. */
    async takePaymentProof({ tenantId }: CallContext, wanted: Wanted): Promise<{ proved: boolean }> {
      const { subjectId, binding, acr, logIn } = wanted;
      const [name, hash] = [named(tenantId, wanted), grantHash(wanted.grantId)];
      return db.tx(scope(tenantId), async (tx) => {
        await lockFactors(tx, subjectId);
        const asked = await findAsked(tx, name, now());
        const isStrong = acr === 'aal1' || asked?.provedBy !== 'password';
        if (asked?.provedBy && isStrong && asked.grantHash.equals(hash)) return { proved: true };
        const wish = asked && { atMs: asked.askedAt.getTime(), acr, maxAgeMs: PROVED_MS };
        if (logIn && wish && isLogInFor(logIn, wish, clock.now()) && (await saveLogInFor(tx, name, hash, new Date(logIn.atMs), now()))) {
          await bus.publish(tx, [paymentProvedEvent(tenantId, { subjectId, by: 'log-in', binding }, now())]);
          return { proved: true };
        }
        await saveAsked(tx, name, hash, now(), new Date(clock.now() + ASKED_MS));
        return { proved: false };
      });
    },
    /** What the authenticator signs: its challenge ends with the hash of what is to be done. @throws IDENTITY_PROOF_NOT_ASKED */
    async askPaymentProof({ tenantId }: CallContext, self: Self & { binding: string }): Promise<{ options: Record<string, unknown> }> {
      await requireAsked(tenantId, self);
      return { options: await webauthn.askToProve(boundTo(tenantId, self), self.subjectId, Buffer.from(self.binding, 'hex')) };
    },
    /** @throws IDENTITY_PROOF_NOT_ASKED, IDENTITY_PROOF_REFUSED, IDENTITY_PASSKEY_REFUSED, IDENTITY_TOO_MANY_ATTEMPTS */
    async provePayment({ tenantId }: CallContext, { proof, ...self }: Self & { binding: string; proof: Proof }): Promise<object> {
      const { subjectId, grantId, binding } = self;
      await requireAsked(tenantId, self);
      const by = await changes.proveAgain(tenantId, self, proof, boundTo(tenantId, self));
      await db.tx(scope(tenantId), async (tx) => {
        const until = new Date(clock.now() + PROVED_MS);
        if (!(await saveProved(tx, named(tenantId, self), grantHash(grantId), by, now(), until))) throw refuse('IDENTITY_PROOF_NOT_ASKED');
        if (by !== 'password') await ownDevices.recogniseByFactor(tx, tenantId, self);
        await bus.publish(tx, [paymentProvedEvent(tenantId, { subjectId, by, binding }, now())]);
      });
      return {};
    },
  };
}
