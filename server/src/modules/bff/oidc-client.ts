import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { bffClientId, clientSecretPurpose, deskClientId, RENEWAL_PARAMETER } from '#identity/events';
import { refusePlatform } from '#platform/errors.ts';
import { derivedSecret } from '#platform/vault/derived-secret.ts';
import type { Realm } from './domain/realm.ts';

/** `grantId`: the log-in at the issuer that they belong to. */
export type Tokens = { access: string; refresh: string; expiresInS: number; grantId: string };
export type LogInStart = { url: URL; state: string; nonce: string; verifier: string };
export type LogInChecks = { state: string; nonce: string; verifier: string };
/** The issuer will never accept this refresh token again: the session is over. */
export class RefreshRefused extends Error {}

const TIMEOUT_S = 8;

/** The BFF as a confidential OpenID client of the issuer, one client a tenant and realm. */
export function createOidcClient({
  publicUrl,
  masterKey,
  scopes,
  realm = 'customer',
}: {
  publicUrl: string;
  masterKey: Buffer;
  /** What a session may do at the most: asked of the issuer, which gives what this person may. */
  scopes: readonly string[];
  realm?: Realm;
}) {
  const clientIdOf = realm === 'operator' ? deskClientId : bffClientId;
  const known = new Map<string, Promise<oidc.Configuration>>();

  /** Discovered at the first log-in, then kept; a failed try is forgotten. */
  const configurationOf = (slug: string): Promise<oidc.Configuration> => {
    const cached = known.get(slug);
    if (cached) return cached;
    const clientId = clientIdOf(slug);
    const secret = derivedSecret(masterKey, clientSecretPurpose(clientId));
    const metadata = { id_token_signed_response_alg: 'PS256' };
    const insecure = publicUrl.startsWith('http:') ? [oidc.allowInsecureRequests] : [];
    const found = oidc
      .discovery(new URL(`${publicUrl}/oidc`), clientId, metadata, oidc.ClientSecretBasic(secret), {
        execute: [...insecure, oidc.enableNonRepudiationChecks],
        timeout: TIMEOUT_S,
      })
      .catch((cause: unknown) => {
        known.delete(slug);
        throw refusePlatform('PLATFORM_UNAVAILABLE', {
          detail: { pt: 'O serviço de identidade não respondeu.', en: 'The identity service did not answer.' },
          retryAfterSeconds: 2,
          cause,
        });
      });
    known.set(slug, found);
    return found;
  };
  const tokensOf = (answer: oidc.TokenEndpointResponse): Tokens => {
    if (!answer.refresh_token) throw new Error('the issuer gave no refresh token');
    const { gid } = decodeJwt(answer.access_token);
    return { access: answer.access_token, refresh: answer.refresh_token, expiresInS: answer.expires_in ?? 60, grantId: String(gid ?? '') };
  };

  return {
    async startLogIn(tenant: { slug: string; origin: string }, callbackPath: string, screen: string): Promise<LogInStart> {
      const configuration = await configurationOf(tenant.slug);
      const [verifier, state, nonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()];
      const url = oidc.buildAuthorizationUrl(configuration, {
        redirect_uri: `${tenant.origin}${callbackPath}`,
        scope: ['openid', ...scopes].join(' '),
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        // A session at a bank begins with a password, also when the issuer would still know this browser.
        prompt: 'login',
        screen,
        state,
        nonce,
      });
      return { url, state, nonce, verifier };
    },
    /** Tokens and subject for the answer the browser brought back. Throws when anything does not match. */
    async finishLogIn(slug: string, currentUrl: URL, checks: LogInChecks): Promise<Tokens & { subjectId: string }> {
      const answer = await oidc.authorizationCodeGrant(await configurationOf(slug), currentUrl, {
        pkceCodeVerifier: checks.verifier,
        expectedState: checks.state,
        expectedNonce: checks.nonce,
        idTokenExpected: true,
      });
      return { ...tokensOf(answer), subjectId: answer.claims()!.sub };
    },
    /**
     * The same tokens for the same `renewal`, however often it is asked for.
     * @throws RefreshRefused when the issuer says no; other errors may pass.
     */
    async refresh(slug: string, refreshToken: string, renewal: string): Promise<Tokens> {
      try {
        return tokensOf(await oidc.refreshTokenGrant(await configurationOf(slug), refreshToken, { [RENEWAL_PARAMETER]: renewal }));
      } catch (error) {
        if (error instanceof oidc.ResponseBodyError && error.error === 'invalid_grant')
          throw new RefreshRefused('invalid_grant', { cause: error });
        throw error;
      }
    },
    async revoke(slug: string, refreshToken: string): Promise<void> {
      await oidc.tokenRevocation(await configurationOf(slug), refreshToken, { token_type_hint: 'refresh_token' });
    },
  };
}

export type OidcClient = ReturnType<typeof createOidcClient>;
