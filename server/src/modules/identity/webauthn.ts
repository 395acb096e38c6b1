import { createHash, randomBytes } from 'node:crypto';
import { newId } from '#platform/id.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { refuse } from './errors.ts';
import { type ChallengePurpose, findPasskey, listPasskeys, type PasskeyRow, saveChallenge, takeChallenge } from './store/passkeys.ts';

/** With the certificates and ASN.1 it brings some 350 files: loaded when the first passkey is asked for. */
const library = () => import('@simplewebauthn/server');

/** How long an authenticator has to answer. */
const CHALLENGE_MS = 5 * 60_000;
const CHALLENGE_BYTES = 32;
const RP_NAME = 'Lastro';

/** Where passkeys of this installation are made and used: the RP id, and the origins under it. */
export type RelyingParty = { id: string; origins: readonly string[] };

/** Who asked for a challenge: the same must bring the answer. */
export type Bound = { tenantId: string; purpose: ChallengePurpose; to: string };

/** The host of the issuer is the RP id; of the tenants' origins those count that lie under it. */
export function relyingPartyOf(publicUrl: string, tenantOrigins: readonly string[]): RelyingParty {
  const id = new URL(publicUrl).hostname;
  const isUnder = (origin: string) => new URL(origin).hostname === id || new URL(origin).hostname.endsWith(`.${id}`);
  return { id, origins: [...new Set([new URL(publicUrl).origin, ...tenantOrigins.filter(isUnder)])] };
}

/**
 * The two ceremonies of WebAuthn. User verification is required of the authenticator and of its answer alike. Whatever does not hold, a foreign
 * origin above all, is one refusal that says nothing of why.
 */
export function createWebauthn({ db, clock, rp }: Pick<PlatformDeps, 'db' | 'clock'> & { rp: RelyingParty }) {
  const scope = (tenantId: string) => ({ module: 'identity', tenants: [tenantId] });
  const boundHash = ({ to }: Bound): Buffer => createHash('sha256').update(to).digest();
  const expected = { expectedOrigin: [...rp.origins], expectedRPID: rp.id, requireUserVerification: true };

  async function keep(bound: Bound, challenge: string): Promise<void> {
    const until = new Date(clock.now() + CHALLENGE_MS);
    await db.tx(scope(bound.tenantId), (tx) => saveChallenge(tx, bound.tenantId, bound.purpose, boundHash(bound), challenge, until));
  }
  /** Taken before anything is looked at: an answer that does not hold uses it up, too. @throws IDENTITY_PASSKEY_REFUSED */
  async function take(bound: Bound): Promise<string> {
    const now = new Date(clock.now());
    const found = await db.tx(scope(bound.tenantId), (tx) => takeChallenge(tx, bound.tenantId, bound.purpose, boundHash(bound), now));
    if (!found) throw refuse('IDENTITY_PASSKEY_REFUSED');
    return found;
  }
  const descriptor = (row: PasskeyRow) => ({ id: row.credentialId.toString('base64url'), transports: row.transports });
  const listOf = (tenantId: string, subjectId: string) => db.tx(scope(tenantId), (tx) => listPasskeys(tx, tenantId, subjectId));

  return {
    /** What `navigator.credentials.create` is given. A key the person has is not made twice on the same authenticator. */
    async askToCreate(bound: Bound, person: { subjectId: string; email: string; name: string }): Promise<Record<string, unknown>> {
      const known = await listOf(bound.tenantId, person.subjectId);
      const { generateRegistrationOptions } = await library();
      const options = await generateRegistrationOptions({
        rpName: RP_NAME,
        rpID: rp.id,
        userName: person.email,
        userDisplayName: person.name,
        userID: new Uint8Array(Buffer.from(person.subjectId)),
        attestationType: 'none',
        timeout: CHALLENGE_MS,
        excludeCredentials: known.map(descriptor),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      });
      await keep(bound, options.challenge);
      return options as unknown as Record<string, unknown>;
    },
    /** The new key, not yet stored. @throws IDENTITY_PASSKEY_REFUSED */
    async created(bound: Bound, subjectId: string, response: unknown): Promise<PasskeyRow> {
      const expectedChallenge = await take(bound);
      const { verifyRegistrationResponse } = await library();
      const result = await verifyRegistrationResponse({ response: response as never, expectedChallenge, ...expected }).catch(
        (cause: unknown) => {
          throw refuse('IDENTITY_PASSKEY_REFUSED', { cause });
        },
      );
      if (!result.verified) throw refuse('IDENTITY_PASSKEY_REFUSED');
      const { credential, credentialBackedUp } = result.registrationInfo;
      const told = (response as { clientExtensionResults?: { credProps?: { rk?: boolean } } }).clientExtensionResults;
      return {
        passkeyId: newId(),
        subjectId,
        credentialId: Buffer.from(credential.id, 'base64url'),
        publicKey: Buffer.from(credential.publicKey),
        counter: BigInt(credential.counter),
        transports: [...(credential.transports ?? [])],
        // It was asked for; an authenticator that says it did otherwise is believed.
        discoverable: told?.credProps?.rk !== false,
        backedUp: credentialBackedUp,
        createdAt: new Date(clock.now()),
        lastUsedAt: null,
      };
    },
    /**
     * What `navigator.credentials.get` is given: any passkey that the browser finds, or one of this person's. `about`: hash of what the person agrees to
     * by it; it is signed as the end of the challenge.
     */
    async askToProve(bound: Bound, subjectId?: string, about?: Buffer): Promise<Record<string, unknown>> {
      const own = subjectId === undefined ? [] : await listOf(bound.tenantId, subjectId);
      const { generateAuthenticationOptions } = await library();
      const options = await generateAuthenticationOptions({
        rpID: rp.id,
        timeout: CHALLENGE_MS,
        userVerification: 'required',
        ...(about ? { challenge: new Uint8Array(Buffer.concat([randomBytes(CHALLENGE_BYTES), about])) } : {}),
        ...(own.length > 0 ? { allowCredentials: own.map(descriptor) } : {}),
      });
      await keep(bound, options.challenge);
      return options as unknown as Record<string, unknown>;
    },
    /**
     * Whose key signed this challenge, and its new count; not yet stored.
     *
     * @throws IDENTITY_PASSKEY_REFUSED
     */
    async proved(bound: Bound, response: unknown): Promise<{ row: PasskeyRow; counter: number }> {
      const expectedChallenge = await take(bound);
      const { id } = response as { id?: unknown };
      const credentialId = Buffer.from(typeof id === 'string' ? id : '', 'base64url');
      const row = await db.tx(scope(bound.tenantId), (tx) => findPasskey(tx, bound.tenantId, credentialId));
      if (!row) throw refuse('IDENTITY_PASSKEY_REFUSED');
      const credential = {
        id: row.credentialId.toString('base64url'),
        publicKey: new Uint8Array(row.publicKey),
        counter: Number(row.counter),
        transports: row.transports,
      };
      const { verifyAuthenticationResponse } = await library();
      const result = await verifyAuthenticationResponse({ response: response as never, expectedChallenge, credential, ...expected }).catch(
        (cause: unknown) => {
          throw refuse('IDENTITY_PASSKEY_REFUSED', { cause });
        },
      );
      const { userHandle } = (response as { response: { userHandle?: unknown } }).response;
      const isOther =
        typeof userHandle === 'string' && userHandle !== '' && Buffer.from(userHandle, 'base64url').toString() !== row.subjectId;
      if (!result.verified || !result.authenticationInfo.userVerified || isOther) throw refuse('IDENTITY_PASSKEY_REFUSED');
      return { row, counter: result.authenticationInfo.newCounter };
    },
  };
}

export type Webauthn = ReturnType<typeof createWebauthn>;
