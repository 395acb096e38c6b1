import { hash } from 'node:crypto';
import { createLocalJWKSet, createRemoteJWKSet, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { refusePlatform } from '../errors.ts';
import { isUuid } from '../id.ts';
import type { Caller, Proof } from './app.ts';

export type TokenVerifier = {
  verify(token: string): Promise<Caller>;
  /** Forgets tokens (all, or those of a grant, subject or client), so that a revocation counts at once. */
  forget(match?: { subjectId?: string; grantId?: string; jti?: string; clientId?: string }): void;
};

export type TokenVerifierOptions = {
  issuer: string;
  audience: string;
  /** Keys of the issuer: in this process (`find`: as they are when a token is proved), or fetched from its `jwks_uri`. */
  keys: { keys: Record<string, unknown>[] } | (() => Promise<{ keys: Record<string, unknown>[] }>) | URL | { find: JWTVerifyGetKey };
  now: () => number;
  /** Refuses tokens revoked before their expiry; asked when a token is proved, which is once a minute, and again after `forget`. */
  isRevoked?: (claims: JWTPayload) => Promise<boolean>;
};

/** Longest life of an access token, in seconds: of people, operators and services alike. */
export const ACCESS_TOKEN_TTL_S = 600;
/** How far the clocks of the issuer and of whoever proves its tokens may be apart. */
const SKEW_MS = 60_000;
/** A token is believed so long without being proved again: a key that was taken away counts no longer than that, whatever its tokens say. */
const BELIEVED_MS = 60_000;
const CACHE_LIMIT = 20_000;
type Cached = { caller: Caller; expiresMs: number; claims: JWTPayload };

/**
 * Verifies PS256 access tokens and remembers the verified ones by hash for a minute, or until they expire (three times as many requests a second
 * as verifying each). One that lasts longer than the issuer lets any last is refused: whoever made it has a stolen key.
 */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const cache = new Map<string, Cached>();
  /** Counts revocations: a token that was being verified when one came must not be remembered as good. */
  let revocations = 0;
  let keySet: JWTVerifyGetKey | undefined;
  const keys = async (): Promise<JWTVerifyGetKey> => {
    if (keySet) return keySet;
    if ('find' in options.keys) keySet = options.keys.find;
    else if (options.keys instanceof URL) keySet = createRemoteJWKSet(options.keys, { timeoutDuration: 3_000, cooldownDuration: 5_000 });
    else keySet = createLocalJWKSet((typeof options.keys === 'function' ? await options.keys() : options.keys) as never);
    return keySet;
  };

  return {
    async verify(token) {
      const id = hash('sha256', token, 'base64');
      const cached = cache.get(id);
      if (cached && cached.expiresMs > options.now()) return cached.caller;
      const revocationsBefore = revocations;
      let claims: JWTPayload;
      try {
        ({ payload: claims } = await jwtVerify(token, await keys(), {
          issuer: options.issuer,
          audience: options.audience,
          algorithms: ['PS256'],
          typ: 'at+jwt',
          requiredClaims: ['exp'],
          currentDate: new Date(options.now()),
        }));
      } catch (cause) {
        if (!isAboutToken(cause))
          throw refusePlatform('PLATFORM_UNAVAILABLE', {
            detail: { pt: 'As chaves do emissor não responderam.', en: "The issuer's keys did not answer." },
            retryAfterSeconds: 2,
            cause,
          });
        throw refusePlatform('PLATFORM_UNAUTHENTICATED', {
          detail: { pt: 'O token é inválido ou expirou.', en: 'The token is invalid or has expired.' },
          cause,
        });
      }
      const nowMs = options.now();
      const endsMs = claims.exp! * 1000;
      if (endsMs > nowMs + ACCESS_TOKEN_TTL_S * 1000 + SKEW_MS)
        throw refusePlatform('PLATFORM_UNAUTHENTICATED', {
          detail: { pt: 'O token vale por mais tempo do que um token pode valer.', en: 'The token lasts longer than a token may.' },
        });
      if (await options.isRevoked?.(claims))
        throw refusePlatform('PLATFORM_UNAUTHENTICATED', { detail: { pt: 'O token foi revogado.', en: 'The token was revoked.' } });
      const caller = callerFrom(claims);
      if (revocations !== revocationsBefore) return caller;
      if (cache.size >= CACHE_LIMIT) cache.delete(cache.keys().next().value!);
      cache.set(id, { caller, claims, expiresMs: Math.min(endsMs, nowMs + BELIEVED_MS) });
      return caller;
    },
    forget(match) {
      revocations++;
      for (const [id, { claims }] of cache) {
        const hit =
          !match ||
          (match.subjectId !== undefined && claims.sub === match.subjectId) ||
          (match.jti !== undefined && claims.jti === match.jti) ||
          (match.clientId !== undefined && claims.client_id === match.clientId) ||
          (match.grantId !== undefined && claims.gid === match.grantId);
        if (hit) cache.delete(id);
      }
    },
  };
}

/** What the claim `realm` says in tokens of operators; customers' have none. */
const OPERATORS = 'operator';
const ISSUER_FAULTS = new Set(['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC']);

/** False when it is the issuer's keys that could not be had: whoever has a good token must not be told to sign in again. */
function isAboutToken(cause: unknown): boolean {
  const { code } = cause as { code?: unknown };
  return typeof code === 'string' && /^ERR_(JW|JOSE)/.test(code) && !ISSUER_FAULTS.has(code);
}

function callerFrom(claims: JWTPayload): Caller {
  const { tid, sub, client_id: clientId, scope, realm } = claims as JWTPayload & Record<string, unknown>;
  if (typeof tid !== 'string' || !isUuid(tid))
    throw refusePlatform('PLATFORM_UNAUTHENTICATED', {
      detail: {
        pt: 'O token não diz de que cliente da plataforma é.',
        en: 'The token does not say which client of the platform it is for.',
      },
    });
  const isHuman = typeof sub === 'string' && isUuid(sub);
  const isPerson = isHuman && realm !== OPERATORS;
  return {
    tenantId: tid,
    actor: isHuman ? { kind: isPerson ? 'person' : 'operator', id: sub } : { kind: 'service', id: String(clientId ?? sub) },
    ...(isPerson ? { subjectId: sub } : {}),
    ...(typeof clientId === 'string' ? { clientId } : {}),
    scopes: new Set(typeof scope === 'string' ? scope.split(' ') : []),
    ...(isHuman ? { proof: proofFrom(claims) } : {}),
  };
}

/** Tokens from before a log-in said how it was proved were given for a password. */
function proofFrom({ gid, acr, amr, auth_time: authTime, iat }: JWTPayload): Proof {
  return {
    grantId: typeof gid === 'string' ? gid : '',
    acr: typeof acr === 'string' ? acr : 'aal1',
    amr: Array.isArray(amr) ? amr.map(String) : ['pwd'],
    atMs: Number(authTime ?? iat ?? 0) * 1000,
  };
}
