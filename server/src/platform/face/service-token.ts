import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import type { Actor } from '../context.ts';
import { refusePlatform } from '../errors.ts';

/** What one process claims towards another: whom it calls, for which tenant, on whose behalf. */
export type ServiceClaims = {
  audience: string;
  tenantId: string;
  actor: Actor;
  /** The token is worth nothing without the MAC of the call it came with. */
  isBound?: boolean;
};

/** What of a call is covered by its MAC, beside its token: what must not be changed on the way, or sent along with a token somebody saw. */
export type BoundCall = { path: string; idempotencyKey: string | undefined; body: string | Buffer };

const LIFETIME_S = 60;
type Payload = { aud: string; tid: string; act: Actor; exp: number; mac?: 1 };

/** Signs and checks the short-lived tokens of calls between processes: JWT, HS256 with the installation's internal secret. */
export function createServiceTokens(secret: Buffer, nowMs: () => number) {
  if (secret.length < 32) throw new Error('LASTRO_INTERNAL_SECRET must have at least 32 bytes');
  const header = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');
  const key = createSecretKey(secret);
  const mac = (text: string) => createHmac('sha256', key).update(text).digest();
  const fresh = new Map<string, { token: string; untilMs: number }>();

  /** Not to be taken for the MAC of a token, which has no line in it. */
  const macOfCall = (token: string, { path, idempotencyKey = '', body }: BoundCall): Buffer =>
    createHmac('sha256', key).update(`call\n${token}\n${path}\n${idempotencyKey}\n`).update(body).digest();

  return {
    /** A token for one call and the call's MAC. Both are good for as long as the token is, and for this very call. */
    signCall(claims: ServiceClaims, call: BoundCall): { token: string; mac: string } {
      const token = this.sign({ ...claims, isBound: true });
      return { token, mac: macOfCall(token, call).toString('base64url') };
    },
    provesCall(token: string, call: BoundCall, given: string): boolean {
      const [one, two] = [Buffer.from(given, 'base64url'), macOfCall(token, call)];
      return one.length === two.length && timingSafeEqual(one, two);
    },
    /** A token for the claims; the same one is used for half its life. */
    sign(claims: ServiceClaims): string {
      const id = JSON.stringify([claims.audience, claims.tenantId, claims.actor.kind, claims.actor.id, claims.isBound]);
      const known = fresh.get(id);
      if (known && known.untilMs > nowMs()) return known.token;
      const now = Math.floor(nowMs() / 1000);
      const payload = {
        aud: claims.audience,
        tid: claims.tenantId,
        act: claims.actor,
        ...(claims.isBound ? { mac: 1 } : {}),
        iat: now,
        exp: now + LIFETIME_S,
      };
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
      const payload = JSON.parse(Buffer.from(body!, 'base64url').toString('utf8')) as Payload;
      if (payload.aud !== audience || payload.exp * 1000 <= nowMs()) throw refusePlatform('PLATFORM_UNAUTHENTICATED');
      return { audience, tenantId: payload.tid, actor: payload.act, ...(payload.mac ? { isBound: true } : {}) };
    },
  };
}

export type ServiceTokens = ReturnType<typeof createServiceTokens>;
