import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import type { Actor } from '../context.ts';
import { refusePlatform } from '../errors.ts';

/** What one process claims towards another: whom it calls, for which tenant, on whose behalf. */
export type ServiceClaims = { audience: string; tenantId: string; actor: Actor };

const LIFETIME_S = 60;

/** Signs and checks the short-lived tokens of calls between processes: JWT, HS256 with the installation's internal secret. */
export function createServiceTokens(secret: Buffer, nowMs: () => number) {
  if (secret.length < 32) throw new Error('LASTRO_INTERNAL_SECRET must have at least 32 bytes');
  const header = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');
  const key = createSecretKey(secret);
  const mac = (text: string) => createHmac('sha256', key).update(text).digest();
  const fresh = new Map<string, { token: string; untilMs: number }>();

  return {
    /** A token for the claims; the same one is used for half its life. */
    sign(claims: ServiceClaims): string {
      const id = JSON.stringify([claims.audience, claims.tenantId, claims.actor.kind, claims.actor.id]);
      const known = fresh.get(id);
      if (known && known.untilMs > nowMs()) return known.token;
      const now = Math.floor(nowMs() / 1000);
      const payload = { aud: claims.audience, tid: claims.tenantId, act: claims.actor, iat: now, exp: now + LIFETIME_S };
      const text = `${header}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}`;
      const token = `${text}.${mac(text).toString('base64url')}`;
      if (fresh.size > 5_000) fresh.clear();
      fresh.set(id, { token, untilMs: nowMs() + (LIFETIME_S * 1000) / 2 });
      return token;
    },
    /** The claims of a token meant for `audience`. Throws PLATFORM_UNAUTHENTICATED otherwise. */
    verify(token: string, audience: string): ServiceClaims {
      const [head, body, signature] = token.split('.');
      const expected = mac(`${head}.${body}`);
      const given = Buffer.from(signature ?? '', 'base64url');
      if (head !== header || given.length !== expected.length || !timingSafeEqual(given, expected))
        throw refusePlatform('PLATFORM_UNAUTHENTICATED');
      const payload = JSON.parse(Buffer.from(body!, 'base64url').toString('utf8')) as { aud: string; tid: string; act: Actor; exp: number };
      if (payload.aud !== audience || payload.exp * 1000 <= nowMs()) throw refusePlatform('PLATFORM_UNAUTHENTICATED');
      return { audience, tenantId: payload.tid, actor: payload.act };
    },
  };
}

export type ServiceTokens = ReturnType<typeof createServiceTokens>;
