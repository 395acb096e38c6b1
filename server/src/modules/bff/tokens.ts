import { API_AUDIENCE, REVOKED_CHANNEL, type Revoked } from '#identity/events';
import { systemContext } from '#platform/context.ts';
import { AppError, refusePlatform } from '#platform/errors.ts';
import type { Caller } from '#platform/http/app.ts';
import { createTokenVerifier } from '#platform/http/token-verifier.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { actorKindOf, type Realm } from './domain/realm.ts';
import { RENEW_BEFORE_MS } from './domain/session-rules.ts';
import { refuse } from './errors.ts';
import { type OidcClient, RefreshRefused, type Tokens } from './oidc-client.ts';
import type { IdentityPort } from './ports.ts';
import { findSession, finishRefresh, leaseRefresh, type SessionRow } from './store.ts';

type Deps = Pick<PlatformDeps, 'db' | 'bus' | 'vault' | 'clock' | 'log'> & {
  oidc: OidcClient;
  identity: IdentityPort;
  publicUrl: string;
  realm?: Realm;
  crashPoint?: ((point: string) => void) | undefined;
};

/**
 * How long one request keeps the others from renewing the same tokens, and how long those wait for it. The lease spares the issuer work, no
 * more: the same renewal may be asked for by two.
 */
const LEASE_MS = 3_000;
const WAIT_MS = 5_000;
const POLL_MS = 100;

/** Where a process may be told to die, for tests: the issuer has answered, and nothing is kept yet. */
export const AFTER_RENEWAL = 'bff.session/renewal:answered';

const purpose = (idHash: Buffer) => `bff/session/${idHash.toString('hex')}`;

/** The tokens of sessions: sealed, renewed by one request at a time, proved before use. */
export function createTokens({ db, bus, vault, clock, log, oidc, identity, publicUrl, crashPoint, realm = 'customer' }: Deps) {
  const scope = (tenantId: string) => ({ module: 'bff', tenants: [tenantId] });
  const verifier = createTokenVerifier({
    issuer: `${publicUrl}/oidc`,
    audience: API_AUDIENCE,
    keys: new URL(`${publicUrl}/oidc/jwks`),
    now: () => clock.now(),
    isRevoked: async ({ gid, jti, sub, tid, client_id: client }) => {
      const claims = { grantId: gid as string | undefined, jti, subjectId: sub, clientId: client as string | undefined };
      return (await identity.isRevoked(systemContext(String(tid), 'bff'), claims)).revoked;
    },
  });
  const stopHearing = bus.onBroadcast(
    REVOKED_CHANNEL,
    (message) => verifier.forget(message as Revoked),
    // What was revoked while nobody listened is asked for again.
    () => verifier.forget(),
  );

  const seal = (idHash: Buffer, { access, refresh }: Tokens): Buffer => vault.sealOwn(purpose(idHash), JSON.stringify({ access, refresh }));
  const open = (row: SessionRow): { access: string; refresh: string } =>
    JSON.parse(vault.openOwn(purpose(row.idHash), row.tokensSealed)) as { access: string; refresh: string };
  const expiry = (tokens: Tokens): Date => new Date(clock.now() + tokens.expiresInS * 1000);
  const leftMs = (row: SessionRow): number => row.accessExpiresAt.getTime() - clock.now();

  /** Asks the issuer outside of any transaction. A refused refresh token ends the session. */
  async function renew(row: SessionRow, slug: string, renewal: string): Promise<SessionRow> {
    const { tenantId, idHash } = row;
    try {
      const tokens = await oidc.refresh(slug, open(row).refresh, renewal);
      crashPoint?.(AFTER_RENEWAL);
      const renewed = { tokensSealed: seal(idHash, tokens), accessExpiresAt: expiry(tokens) };
      await db.tx(scope(tenantId), (tx) => finishRefresh(tx, idHash, renewal, renewed));
      return { ...row, ...renewed };
    } catch (error) {
      // Whoever proves the session ends it then, and says so.
      if (error instanceof RefreshRefused) throw refuse('BFF_SESSION_REVOKED', { cause: error });
      await db.tx(scope(tenantId), (tx) => finishRefresh(tx, idHash, renewal, null));
      log.warn({ err: (error as Error).message }, 'tokens could not be renewed');
      if (leftMs(row) > 0) return row;
      throw refusePlatform('PLATFORM_UNAVAILABLE', {
        detail: { pt: 'O serviço de identidade não respondeu.', en: 'The identity service did not answer.' },
        retryAfterSeconds: 2,
        cause: error,
      });
    }
  }

  /**
   * The session with tokens that live. While another request renews them, the old token does as long as it lives, else its result is awaited;
   * whoever began and did not end (its process died) is followed by the next, with the same renewal.
   */
  async function fresh(seen: SessionRow, slug: string): Promise<SessionRow> {
    let row = seen;
    for (let waited = 0; waited <= WAIT_MS; waited += POLL_MS) {
      const [now, until] = [new Date(clock.now()), new Date(clock.now() + LEASE_MS)];
      const renewal = await db.tx(scope(row.tenantId), (tx) => leaseRefresh(tx, row.idHash, row.accessExpiresAt, now, until));
      if (renewal) return renew(row, slug, renewal);
      if (leftMs(row) > 0) return row;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      const found = await db.tx({ ...scope(row.tenantId), single: true }, (tx) => findSession(tx, row.idHash));
      if (!found) throw refuse('BFF_SESSION_EXPIRED');
      if (leftMs(found) > 0) return found;
      row = found;
    }
    throw refusePlatform('PLATFORM_UNAVAILABLE', { retryAfterSeconds: 1 });
  }

  return {
    seal,
    open,
    expiry,
    /** Who the session is, by a token that counts at this moment. @throws BFF_SESSION_EXPIRED, BFF_SESSION_REVOKED, PLATFORM_UNAVAILABLE */
    async prove(row: SessionRow, slug: string): Promise<Caller> {
      const living = leftMs(row) < RENEW_BEFORE_MS ? await fresh(row, slug) : row;
      const caller = await verifier.verify(open(living).access).catch((cause: unknown) => {
        // What could not be proved because nobody answered is no ended session: whoever is logged in stays so.
        throw cause instanceof AppError && cause.status === 401 ? refuse('BFF_SESSION_REVOKED', { cause }) : cause;
      });
      const isOwn = caller.actor.kind === actorKindOf(realm) && caller.actor.id === row.subjectId;
      if (!isOwn || caller.tenantId !== row.tenantId) throw refuse('BFF_SESSION_REVOKED');
      return caller;
    },
    close: stopHearing,
  };
}

export type SessionTokens = ReturnType<typeof createTokens>;
