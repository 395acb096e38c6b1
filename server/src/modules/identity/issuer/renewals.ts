import { createHash, createHmac } from 'node:crypto';
import Provider from 'oidc-provider';
import { RENEWAL_PARAMETER } from '../events.ts';

const NAME = /^[0-9a-f-]{36}$/;

/** A renewal that its client has named: `hash` of the name, and the id of the refresh token that it gives in the place of `of`. */
export type Renewal = { hash: Buffer; resultOf(id: string): string };

/**
 * The renewal that the token endpoint is working on, when a client that proved itself by its secret named it. A refresh token used again by
 * the same renewal gives the same refresh token again; used by any other, it was stolen. Whoever has only the token cannot ask at all.
 */
export function createRenewals(secret: string): () => Renewal | undefined {
  return () => {
    const { route, client, params, body } = (Provider.ctx?.oidc ?? {}) as Partial<NonNullable<typeof Provider.ctx>['oidc']>;
    if (route !== 'token' || params?.grant_type !== 'refresh_token' || !client || client.clientAuthMethod === 'none') return undefined;
    const name = (body as Record<string, unknown> | undefined)?.[RENEWAL_PARAMETER];
    if (typeof name !== 'string' || !NAME.test(name)) return undefined;
    return {
      hash: createHash('sha256').update(name).digest(),
      resultOf: (id) => createHmac('sha256', secret).update(`${id} ${name}`).digest('base64url'),
    };
  };
}

/** Lets a refresh token that comes of a named renewal have the id which that renewal gives. */
export function nameRefreshTokens(provider: Provider, renewalNow: () => Renewal | undefined): void {
  const model = provider.RefreshToken.prototype as unknown as { generateTokenId?: () => string };
  const random = model.generateTokenId;
  if (!random) throw new Error('oidc-provider makes the ids of its tokens elsewhere now');
  model.generateTokenId = function (this: typeof model) {
    const before = Provider.ctx?.oidc.entities.RotatedRefreshToken;
    return (before && renewalNow()?.resultOf(before.jti)) ?? random.call(this);
  };
}
