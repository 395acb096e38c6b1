import { ACCESS_TOKEN_TTL_S } from '#platform/http/token-verifier.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { REVOKED_CHANNEL, type Revoked } from './events.ts';
import { isAnyRevoked, type RevocationKind, saveRevocation } from './store/revocations.ts';

/** How long a revocation is remembered: as long as such a token could live, and a little longer. */
export const REVOCATION_LIFE_MS = (ACCESS_TOKEN_TTL_S + 60) * 1000;
const SCOPE = { module: 'identity', tenants: [] } as const;

function named({ grantId, jti, subjectId, clientId }: Revoked): { kind: RevocationKind; value: string }[] {
  return [
    ...(grantId ? [{ kind: 'grant', value: grantId } as const] : []),
    ...(jti ? [{ kind: 'token', value: jti } as const] : []),
    ...(subjectId ? [{ kind: 'subject', value: subjectId } as const] : []),
    ...(clientId ? [{ kind: 'client', value: clientId } as const] : []),
  ];
}

/** What must not count any more although its signature is good. */
export function createRevocations({ db, bus, clock }: Pick<PlatformDeps, 'db' | 'bus' | 'clock'>) {
  return {
    /** Remembers it for as long as such a token could live, then tells every process to drop what it has cached. */
    async revoke(what: Revoked): Promise<void> {
      const at = new Date(clock.now());
      const expiresAt = new Date(clock.now() + REVOCATION_LIFE_MS);
      await db.tx(SCOPE, async (tx) => {
        for (const { kind, value } of named(what)) await saveRevocation(tx, kind, value, at, expiresAt);
      });
      await bus.broadcast(REVOKED_CHANNEL, what);
    },
    async isRevoked(what: Revoked): Promise<boolean> {
      const names = named(what);
      return names.length > 0 && (await db.tx(SCOPE, (tx) => isAnyRevoked(tx, names)));
    },
  };
}

export type Revocations = ReturnType<typeof createRevocations>;
