import type { Bus } from '#platform/bus/bus.ts';
import { systemContext } from '#platform/context.ts';
import { createTokenVerifier } from '#platform/http/token-verifier.ts';
import type { RemoteVerifier } from '#platform/manifest.ts';
import type { Metrics } from '#platform/telemetry/metrics.ts';
import { REVOKED_CHANNEL, type Revoked } from './events.ts';
import type { Identity } from './index.ts';
import { looksLikeMachineKey } from './machines/machine-key.ts';
import { createKeyVerifier, nobodyToAsk } from './machines/verifier.ts';

/** As long as an access token lives, with room for clocks that differ. */
const TOKEN_LIFE_MS = 15 * 60_000;
const MOST_REMEMBERED = 50_000;
/** Of no tenant: whose a key is, the answer says. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * Proves tokens in a process without identity: its keys come over HTTP, each token is asked about once, and what is revoked later is heard
 * as it is said. `identity` is absent when this process was not told where it lives; then only what was heard since the start counts.
 */
export function createRemoteVerifier(options: {
  publicUrl: string;
  identityUrl: string | undefined;
  identity: Pick<Identity, 'isRevoked' | 'proveKey'> | undefined;
  bus: Pick<Bus, 'onBroadcast'>;
  now: () => number;
  metrics: Pick<Metrics, 'counter'>;
}): RemoteVerifier {
  const { identity, now, metrics } = options;
  const heard = new Map<string, number>();
  const names = ({ grantId, jti, subjectId, clientId }: Revoked) =>
    [grantId && `grant ${grantId}`, jti && `token ${jti}`, subjectId && `subject ${subjectId}`, clientId && `client ${clientId}`].filter(
      (name) => typeof name === 'string' && name !== '',
    ) as string[];
  const verifier = createTokenVerifier({
    issuer: `${options.publicUrl}/oidc`,
    audience: 'lastro-api',
    keys: new URL(`${options.identityUrl ?? options.publicUrl}/oidc/jwks`),
    now,
    isRevoked: async ({ gid, jti, sub, tid, client_id: clientId }) => {
      const claims: Revoked = {
        ...(typeof gid === 'string' ? { grantId: gid } : {}),
        ...(jti ? { jti } : {}),
        ...(sub ? { subjectId: sub } : {}),
        ...(typeof clientId === 'string' ? { clientId } : {}),
      };
      if (names(claims).some((name) => heard.has(name))) return true;
      if (!identity) return false;
      return (await identity.isRevoked(systemContext(String(tid), 'edge'), claims)).revoked;
    },
  });
  const keys = createKeyVerifier({
    ask: async ({ digest, address }) =>
      identity ? identity.proveKey(systemContext(NOBODY, 'edge'), { digest, ...(address ? { address } : {}) }) : nobodyToAsk(),
    now,
    metrics,
  });
  const hear = (message: unknown): void => {
    for (const [name, atMs] of heard) {
      if (atMs > now() - TOKEN_LIFE_MS && heard.size < MOST_REMEMBERED) break;
      heard.delete(name);
    }
    for (const name of names(message as Revoked)) heard.set(name, now());
    verifier.forget(message as Revoked);
    keys.forget(message as Revoked);
  };
  // What was said while the line was down was not heard: every token and key is asked about again.
  const stopHearing = options.bus.onBroadcast(REVOKED_CHANNEL, hear, () => {
    verifier.forget();
    keys.forget();
  });
  return {
    verify: (token, address) => (looksLikeMachineKey(token) ? keys.verify(token, address) : verifier.verify(token)),
    close: stopHearing,
  };
}
