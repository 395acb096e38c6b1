import { generateSecret, generateURI, verifySync } from 'otplib';
import type { PlatformDeps } from '#platform/module.ts';
import { readOneTimeCode } from './domain/factors.ts';
import { findTotp } from './store/factors.ts';

/** What the secret is sealed for, under the person's key. */
const PURPOSE = 'identity.totp';
const SECRET_BYTES = 20;
/** Clocks of telephones are off: the step before and the one after count too (RFC 6238 §5.2), 90 seconds in all. */
const TOLERANCE_S = 30;
const PERIOD_S = 30;
const ISSUER = 'Lastro';

/** A code that fits, with the sealed secret it fits and its step: whoever uses it stores the step, so that it fits once. */
export type FittingCode = { secretSealed: Buffer; step: number };

/** One-time codes by time: SHA-1, six digits, thirty seconds, which is what every authenticator reads. */
export function createTotp({ db, vault, clock }: Pick<PlatformDeps, 'db' | 'vault' | 'clock'>) {
  return {
    /** A new secret, sealed, and as an authenticator takes it. `label` is what it is called there. */
    async make(tenantId: string, subjectId: string, label: string): Promise<{ secret: string; uri: string; secretSealed: Buffer }> {
      const secret = generateSecret({ length: SECRET_BYTES });
      const uri = generateURI({ issuer: ISSUER, label, secret });
      return { secret, uri, secretSealed: await vault.seal(tenantId, subjectId, PURPOSE, secret) };
    },
    /** Whether what was typed fits the person's secret now, and has not been used; nothing is stored by asking. */
    async fit(tenantId: string, subjectId: string, state: 'pending' | 'active', typed: string): Promise<FittingCode | null> {
      const token = readOneTimeCode(typed);
      const scope = { module: 'identity', tenants: [tenantId], single: true } as const;
      const found = await db.tx(scope, (tx) => findTotp(tx, tenantId, subjectId, state));
      if (!found || !token) return null;
      const secret = await vault.open(tenantId, subjectId, PURPOSE, found.secretSealed);
      if (secret === null) return null;
      const epoch = Math.floor(clock.now() / 1000);
      // A clock that was set back: what was used lies ahead of it, and nothing fits until it is reached again.
      if (Number(found.lastStep) > Math.floor((epoch + TOLERANCE_S) / PERIOD_S)) return null;
      const result = verifySync({ secret, token, epoch, epochTolerance: TOLERANCE_S, afterTimeStep: Number(found.lastStep) });
      return result.valid && 'timeStep' in result ? { secretSealed: found.secretSealed, step: result.timeStep } : null;
    },
  };
}

export type Totp = ReturnType<typeof createTotp>;
