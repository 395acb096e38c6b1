import type { JWK } from 'jose';
import { type AdapterFactory, type Configuration, errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import { ACCESS_TOKEN_TTL_S } from '#platform/http/token-verifier.ts';
import type { Realm } from '../domain/realm.ts';
import { API_AUDIENCE, API_RESOURCE } from '../events.ts';
import type { LogInResult } from '../interaction.ts';
import { errorPage, loggedOutPage, logoutPage } from './pages.ts';

/**
 * Seconds. A session at the BFF ends after 12 hours at the latest, so nothing here needs to live longer. A log-in under way is a row that
 * anybody can make: it lives as long as the BFF waits for it, and no longer.
 */
const TTL = { AuthorizationCode: 60, IdToken: 600, Interaction: 10 * 60, RefreshToken: 12 * 3600, Grant: 13 * 3600, Session: 12 * 3600 };

/** How long an assertion of a client (private_key_jwt) may be good for, in seconds. */
const ASSERTION_S = 300;

export type IssuerParts = {
  adapter: AdapterFactory;
  jwks: JWK[];
  cookieKeys: string[];
  /** Scopes of somebody of this realm; null when there is no such person in it. */
  mayWhat: (tenantId: string, realm: Realm, subjectId: string) => Promise<readonly string[] | null>;
  /** A log-in in this browser has become a grant. */
  noteGrant: (tenantId: string, grantId: string, deviceId: string, lifeMs: number) => Promise<void>;
};

/** What a client of ours carries beyond the standard. */
type OurClient = { tenant_id?: string; api_scopes?: string; realm?: Realm };
const ours = (client: unknown): OurClient => (client ?? {}) as OurClient;
const realmOf = (client: unknown): Realm => ours(client).realm ?? 'customer';

/** A browser known at the issuer for one tenant is a stranger to another tenant's client, and logs in there. */
function loginPolicy() {
  const policy = interactionPolicy.base();
  const login = policy.get('login');
  if (!login) throw new Error('the base policy has a login prompt');
  const { Check } = interactionPolicy;
  login.checks.add(
    new Check('unknown_here', 'the person of this session is unknown to the tenant of this client', (ctx) =>
      ctx.oidc.session?.accountId && !ctx.oidc.account ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT,
    ),
  );
  return policy;
}

/** What a log-in that has proved too little, or of a locked account, may do, in every process: see who it is. Giving a factor asks for no scope. */
export const LIMITED_SCOPE = 'people:read';

/** Our own clients need no consent screen: each log-in is a grant of its own, so that ending one session leaves the others alone. */
const grantToOwnClient =
  ({ mayWhat, noteGrant }: Pick<IssuerParts, 'mayWhat' | 'noteGrant'>) =>
  async (ctx: KoaContextWithOIDC) => {
    const { provider, session, client, account, result } = ctx.oidc;
    if (!client || !account) return undefined;
    const known = session?.grantIdFor(client.clientId);
    if (known && !result?.login) {
      const grant = await provider.Grant.find(known);
      if (grant && grant.accountId === account.accountId) return grant;
    }
    const grant = new provider.Grant({ accountId: account.accountId, clientId: client.clientId });
    grant.addOIDCScope('openid');
    const acr = result?.login ? (result.login as { acr?: string }).acr : session?.acr;
    const scopes = (ours(client).api_scopes ?? '').split(' ').filter((scope) => scope !== '');
    const realm = realmOf(client);
    const may = (await mayWhat(ours(client).tenant_id ?? '', realm, account.accountId)) ?? [];
    const isLimited = acr === 'aal0' || (realm === 'operator' && acr !== 'aal2');
    const given = scopes.filter((scope) => (isLimited ? scope === LIMITED_SCOPE : may.includes(scope)));
    const kept = scopes.filter((scope) => !given.includes(scope));
    if (given.length > 0) grant.addResourceScope(API_RESOURCE, given.join(' '));
    // What was asked for and is kept back is said to be, or the provider would ask for consent to it.
    if (kept.length > 0) grant.rejectResourceScope(API_RESOURCE, kept.join(' '));
    const grantId = await grant.save();
    const device = (result?.login as Partial<LogInResult> | undefined)?.device;
    if (device) await noteGrant(ours(client).tenant_id ?? '', grantId, device, TTL.Grant * 1_000);
    return grant;
  };

/** How the person behind a code or refresh token was proved, and when; what RFC 9470 lets an API ask more of. */
function proofOf({ oidc }: KoaContextWithOIDC): Record<string, unknown> {
  const source = oidc.entities.RefreshToken ?? oidc.entities.AuthorizationCode;
  return source ? { acr: source.acr, amr: source.amr, auth_time: source.authTime } : {};
}

/** The whole behaviour of the issuer: authorization code with PKCE for people, client credentials for services, JWT access tokens. */
export function issuerConfiguration({ adapter, jwks, cookieKeys, mayWhat, noteGrant }: IssuerParts): Configuration {
  return {
    adapter,
    jwks: { keys: jwks as never },
    scopes: ['openid'],
    // What a client may ask for when an API wants a log-in of more (RFC 9470).
    acrValues: ['aal1', 'aal2'],
    claims: { openid: ['sub'] },
    responseTypes: ['code'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    enabledJWA: { clientAuthSigningAlgValues: ['PS256', 'ES256', 'EdDSA', 'Ed25519'] },
    async assertJwtClientAuthClaimsAndHeader(_ctx, { exp, nbf, iat }) {
      // What is good for long is worth stealing; each is good once, and remembered until then.
      const fromS = Number(iat ?? nbf ?? 0);
      if (!(Number(exp) - fromS <= ASSERTION_S))
        throw new errors.InvalidClientAuth(`client assertion is good for more than ${ASSERTION_S} s, or has no iat`);
    },
    clientDefaults: { id_token_signed_response_alg: 'PS256', grant_types: ['authorization_code'], response_types: ['code'] },
    extraClientMetadata: { properties: ['tenant_id', 'api_scopes', 'realm', 'secret_hashes'] },
    extraParams: ['screen'],
    pkce: { required: () => true },
    clientBasedCORS: () => false,
    cookies: {
      keys: cookieKeys,
      names: { session: 'lastro_op', interaction: 'lastro_op_entrar', resume: 'lastro_op_voltar' },
      long: { httpOnly: true, sameSite: 'lax', path: '/oidc', signed: true },
      short: { httpOnly: true, sameSite: 'lax', signed: true },
    },
    ttl: { ...TTL, AccessToken: ACCESS_TOKEN_TTL_S, ClientCredentials: ACCESS_TOKEN_TTL_S },
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    expiresWithSession: async () => false,
    loadExistingGrant: grantToOwnClient({ mayWhat, noteGrant }),
    async findAccount(ctx, sub) {
      const tenantId = ours(ctx.oidc.client).tenant_id;
      if (!tenantId || !(await mayWhat(tenantId, realmOf(ctx.oidc.client), sub))) return undefined;
      return { accountId: sub, claims: async () => ({ sub }) };
    },
    async extraTokenClaims(ctx, token) {
      const grantId = 'grantId' in token ? token.grantId : undefined;
      const { tenant_id: tid, realm } = ours(ctx.oidc.client);
      return { tid, ...(realm ? { realm } : {}), ...(grantId ? { gid: grantId } : {}), ...proofOf(ctx) };
    },
    interactions: {
      policy: loginPolicy(),
      url: (_ctx, interaction) => `/entrar/${interaction.uid}${interaction.params.screen === 'sign-up' ? '?screen=sign-up' : ''}`,
    },
    renderError(ctx, out) {
      ctx.type = 'html';
      ctx.body = errorPage(out.error, out.error_description);
    },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      userinfo: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: { enabled: true, allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => {
          ctx.body = logoutPage(form);
        },
        postLogoutSuccessSource: (ctx) => {
          ctx.body = loggedOutPage();
        },
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: async () => API_RESOURCE,
        useGrantedResource: async () => true,
        async getResourceServerInfo(_ctx, resource, client) {
          if (resource !== API_RESOURCE) throw new errors.InvalidTarget();
          return {
            scope: ours(client).api_scopes ?? '',
            audience: API_AUDIENCE,
            accessTokenTTL: ACCESS_TOKEN_TTL_S,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: 'PS256' } },
          };
        },
      },
    },
  };
}
