import { systemContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import type { PlatformDeps } from '#platform/module.ts';
import type { PasskeyAnswer, Proof } from './contract.ts';
import { grantHash } from './devices-seen.ts';
import { factorCountsFrom } from './domain/devices.ts';
import { type FactorPolicy, factorCount, mayRemove } from './domain/factors.ts';
import { policyOf } from './domain/realm.ts';
import { refuse } from './errors.ts';
import { FACTOR_ADDED, FACTOR_REMOVED, type FactorAdded } from './events.ts';
import type { Post } from './mailed/post.ts';
import type { OwnProof } from './own-proof.ts';
import type { People } from './people.ts';
import type { RecoveryCodes } from './recovery-codes.ts';
import { factorEvent } from './security-events.ts';
import { findDeviceOfGrant } from './store/devices.ts';
import { activateTotp, deleteTotp, findFactors, lockFactors, replaceRecoveryCodes, savePendingTotp, useTotpStep } from './store/factors.ts';
import { findLock } from './store/locks.ts';
import { isOperator } from './store/operators.ts';
import { usePasskey } from './store/passkeys.ts';
import type { NoteKind } from './store/security-notes.ts';
import type { Totp } from './totp.ts';
import type { Bound, Webauthn } from './webauthn.ts';

/** Who changes factors: the person, in one of their log-ins, and what that has proved. */
export type Self = { subjectId: string; grantId: string; acr: string };
/** By what somebody proved themself once more. */
export type ProvedAgainBy = 'password' | 'totp' | 'passkey';
type Tenant = { tenantId: string };
type Deps = Pick<PlatformDeps, 'db' | 'bus' | 'clock'> & {
  people: People;
  proof: OwnProof;
  totp: Totp;
  recovery: RecoveryCodes;
  webauthn: Webauthn;
  policy: FactorPolicy;
  post: Post;
};

/** A person gives themself factors and takes them away, in a session and with a fresh proof. */
export function createFactorChanges({ db, bus, clock, people, proof, totp, recovery, webauthn, policy, post }: Deps) {
  const scope = (tenantId: string) => ({ module: 'identity', tenants: [tenantId] });
  const now = () => new Date(clock.now());

  async function note(tx: Tx, tenantId: string, subjectId: string, factor: FactorAdded['factor'], isAdded: boolean): Promise<void> {
    const kind: NoteKind = factor === 'recovery-codes' ? 'recovery-codes-made' : `${factor}-${isAdded ? 'added' : 'removed'}`;
    await post.note(tx, tenantId, subjectId, kind, now());
    await bus.publish(tx, [factorEvent(isAdded ? FACTOR_ADDED : FACTOR_REMOVED, tenantId, subjectId, now(), factor)]);
  }

  /**
   * A code or a factor of the person, or the password of who has none; in a log-in by recovery code the password, since the rest is lost. `bound`: what
   * the passkey was asked for, where that is more than to be there.
   */
  async function proveAgain(tenantId: string, { subjectId, grantId, acr }: Self, given: Proof, bound?: Bound): Promise<ProvedAgainBy> {
    const factors = await db.tx(scope(tenantId), (tx) => findFactors(tx, tenantId, subjectId));
    const byPassword = factorCount(factors) === 0 || acr === 'aal0';
    const asked = bound ?? { tenantId, purpose: 'proof', to: `${subjectId}/${grantId}` };
    await proof.guess(tenantId, subjectId, grantId, async () => {
      if (byPassword) return given.password !== undefined && proof.isPassword(tenantId, subjectId, given.password);
      if (given.passkey !== undefined) return provedByPasskey(asked, subjectId, given.passkey);
      if (given.code === undefined) return false;
      const fitting = await totp.fit(tenantId, subjectId, 'active', given.code);
      if (!fitting) return false;
      return db.tx(scope(tenantId), (tx) => useTotpStep(tx, tenantId, subjectId, fitting.secretSealed, fitting.step));
    });
    if (byPassword) return 'password';
    return given.passkey !== undefined ? 'passkey' : 'totp';
  }

  async function provedByPasskey(bound: Bound, subjectId: string, answer: PasskeyAnswer): Promise<boolean> {
    const { tenantId } = bound;
    const { row, counter } = await webauthn.proved(bound, answer);
    return row.subjectId === subjectId && db.tx(scope(tenantId), (tx) => usePasskey(tx, tenantId, row, counter, now()));
  }

  /** Whoever has a first factor, or has lost one, gets codes to recover by; others keep those they have. */
  async function codesAfterAdding(tx: Tx, tenantId: string, { subjectId, acr }: Self): Promise<string[] | null> {
    const { recoveryCodes } = await findFactors(tx, tenantId, subjectId);
    if (recoveryCodes > 0 && acr !== 'aal0') return null;
    const codes = await recovery.replace(tx, tenantId, subjectId);
    await note(tx, tenantId, subjectId, 'recovery-codes', true);
    return codes;
  }

  /** From when on a factor that is given in this log-in makes browsers known. */
  async function countsFrom(tx: Tx, tenantId: string, { subjectId, grantId }: Self): Promise<Date | null> {
    const device = await findDeviceOfGrant(tx, tenantId, subjectId, grantHash(grantId));
    return factorCountsFrom(device !== null && device.knownSince !== null, now());
  }

  /** Recovery codes of whoever has nothing left to recover are none. */
  async function dropCodesOfNothing(tx: Tx, tenantId: string, subjectId: string): Promise<void> {
    if (factorCount(await findFactors(tx, tenantId, subjectId)) === 0) await replaceRecoveryCodes(tx, tenantId, subjectId, [], now());
  }

  /**
   * In a locked account a password alone gives no first factor: whoever stole it would owe it to nobody any more, and its owner would.
   *
   * @throws IDENTITY_LOCKED
   */
  async function refuseFirstWhileLocked(tx: Tx, tenantId: string, subjectId: string): Promise<void> {
    if (factorCount(await findFactors(tx, tenantId, subjectId)) > 0) return;
    if (await findLock(tx, tenantId, subjectId, now())) throw refuse('IDENTITY_LOCKED');
  }

  /** What is demanded of this person: an operator keeps a factor, whatever the installation asks of its customers. */
  const policyFor = async (tx: Tx, tenantId: string, subjectId: string): Promise<FactorPolicy> =>
    policyOf((await isOperator(tx, tenantId, subjectId)) ? 'operator' : 'customer', policy);

  return {
    policyFor,
    refuseFirstWhileLocked,
    dropCodesOfNothing,
    proveAgain,
    codesAfterAdding,
    countsFrom,
    note,
    /** A new secret, which counts once a code has confirmed it. @throws IDENTITY_LOCKED, IDENTITY_PROOF_REFUSED, IDENTITY_TOO_MANY_ATTEMPTS */
    async beginTotp({ tenantId }: Tenant, { proof: given, ...self }: Self & { proof: Proof }): Promise<{ secret: string; uri: string }> {
      await proveAgain(tenantId, self, given);
      const { email } = await people.getPerson(systemContext(tenantId, 'identity'), self);
      const { secret, uri, secretSealed } = await totp.make(tenantId, self.subjectId, email);
      await db.tx(scope(tenantId), async (tx) => {
        await refuseFirstWhileLocked(tx, tenantId, self.subjectId);
        await savePendingTotp(tx, tenantId, self.subjectId, secretSealed, now());
      });
      return { secret, uri };
    },
    /** The secret counts from now on, in the place of one before; its first code has been used by this. @throws IDENTITY_LOCKED, IDENTITY_PROOF_REFUSED, IDENTITY_TOO_MANY_ATTEMPTS */
    async confirmTotp({ tenantId }: Tenant, { code, ...self }: Self & { code: string }): Promise<{ recoveryCodes: string[] | null }> {
      const { subjectId } = self;
      await proof.guess(tenantId, subjectId, self.grantId, async () => (await totp.fit(tenantId, subjectId, 'pending', code)) !== null);
      const fitting = await totp.fit(tenantId, subjectId, 'pending', code);
      return db.tx(scope(tenantId), async (tx) => {
        await refuseFirstWhileLocked(tx, tenantId, subjectId);
        const from = await countsFrom(tx, tenantId, self);
        if (!fitting || !(await activateTotp(tx, tenantId, subjectId, fitting.secretSealed, fitting.step, now(), from)))
          throw refuse('IDENTITY_PROOF_REFUSED');
        await note(tx, tenantId, subjectId, 'totp', true);
        return { recoveryCodes: await codesAfterAdding(tx, tenantId, self) };
      });
    },
    /** @throws IDENTITY_PROOF_REFUSED, IDENTITY_TOO_MANY_ATTEMPTS, IDENTITY_LAST_FACTOR, IDENTITY_FACTOR_UNKNOWN */
    async removeTotp({ tenantId }: Tenant, { proof: given, ...self }: Self & { proof: Proof }): Promise<Record<string, never>> {
      const { subjectId } = self;
      await proveAgain(tenantId, self, given);
      await db.tx(scope(tenantId), async (tx) => {
        await lockFactors(tx, subjectId);
        const factors = await findFactors(tx, tenantId, subjectId);
        if (self.acr === 'aal0' || (factors.totp && !mayRemove(factors, await policyFor(tx, tenantId, subjectId))))
          throw refuse('IDENTITY_LAST_FACTOR');
        if (!(await deleteTotp(tx, tenantId, subjectId))) throw refuse('IDENTITY_FACTOR_UNKNOWN');
        await note(tx, tenantId, subjectId, 'totp', false);
        await dropCodesOfNothing(tx, tenantId, subjectId);
      });
      return {};
    },
    /** New recovery codes in the place of all before. @throws IDENTITY_PROOF_REFUSED, IDENTITY_TOO_MANY_ATTEMPTS, IDENTITY_FACTOR_UNKNOWN */
    async makeRecoveryCodes(
      { tenantId }: Tenant,
      { proof: given, ...self }: Self & { proof: Proof },
    ): Promise<{ recoveryCodes: string[] }> {
      const { subjectId } = self;
      await proveAgain(tenantId, self, given);
      return db.tx(scope(tenantId), async (tx) => {
        if (self.acr === 'aal0' || factorCount(await findFactors(tx, tenantId, subjectId)) === 0) throw refuse('IDENTITY_FACTOR_UNKNOWN');
        const recoveryCodes = await recovery.replace(tx, tenantId, subjectId);
        await note(tx, tenantId, subjectId, 'recovery-codes', true);
        return { recoveryCodes };
      });
    },
  };
}

export type FactorChanges = ReturnType<typeof createFactorChanges>;
