import type { FastifyRequest } from 'fastify';
import { REVOKED_CHANNEL, type Revoked } from '#identity/events';
import { parsePublicId, publicId } from '#platform/id.ts';
import type { PlatformDeps } from '#platform/module.ts';
import type { OwnSession } from './contract.ts';
import { DEVICE_PURPOSE, type SessionDevice } from './device.ts';
import { IDLE_MS } from './domain/session-rules.ts';
import { refuse } from './errors.ts';
import { provedOf } from './guard.ts';
import type { Session, Sessions } from './sessions.ts';
import { findSessionsOfGrant, grantHash, listSessions, type SessionRow } from './store.ts';
import type { TenantHost } from './tenant-of.ts';

/** A session as its person names it. */
const PREFIX = 'ses';

type Deps = Pick<PlatformDeps, 'db' | 'bus' | 'vault' | 'clock' | 'log'> & { sessions: Sessions };

/** A person's sessions, as the person sees and ends them. */
export function createOwnSessions({ db, bus, vault, clock, log, sessions }: Deps) {
  const living = ({ tenantId, subjectId }: Session): Promise<SessionRow[]> => {
    const now = new Date(clock.now());
    const idleSince = new Date(now.getTime() - IDLE_MS);
    return db.tx({ module: 'bff', tenants: [tenantId], single: true }, (tx) => listSessions(tx, tenantId, subjectId, now, idleSince));
  };

  async function present(row: SessionRow, own: Session): Promise<OwnSession> {
    const { tenantId, subjectId, deviceSealed } = row;
    const text = deviceSealed && (await vault.open(tenantId, subjectId, DEVICE_PURPOSE, deviceSealed));
    const device = text ? (JSON.parse(text) as SessionDevice) : null;
    return {
      id: publicId(PREFIX, row.sessionId),
      current: row.idHash.toString('hex') === own.id,
      browser: device?.browser ?? null,
      system: device?.system ?? null,
      kind: device?.kind ?? 'other',
      address: device?.address ?? null,
      createdAt: row.createdAt.toISOString(),
      lastSeenAt: row.lastSeenAt.toISOString(),
      expiresAt: row.expiresAt.toISOString(),
    };
  }

  /** A grant that ended at the issuer takes its session along: here at once, and else at the session's next request. */
  const stopHearing = bus.onBroadcast(REVOKED_CHANNEL, (message) => {
    const { grantId } = message as Revoked;
    if (!grantId) return;
    void endGrant(grantId).catch((error: Error) => log.warn({ err: error.message }, 'the session of an ended grant is still there'));
  });
  async function endGrant(grantId: string): Promise<void> {
    const rows = await db.tx({ module: 'bff', system: true }, (tx) => findSessionsOfGrant(tx, grantHash(grantId)));
    for (const row of rows) await sessions.endRow(row, 'revoked');
  }

  /** Ends all but this one; answers how many. */
  async function endOthers(tenant: TenantHost, own: Session): Promise<number> {
    const others = (await living(own)).filter((row) => row.idHash.toString('hex') !== own.id);
    for (const { idHash } of others) await sessions.endHash(tenant, idHash, 'revoked');
    return others.length;
  }

  return {
    /** The living ones, this one first. */
    async list(own: Session): Promise<OwnSession[]> {
      const rows = await living(own);
      const shown = await Promise.all(rows.map((row) => present(row, own)));
      return shown.toSorted((a, b) => Number(b.current) - Number(a.current));
    },
    /** Ends one of the person's sessions; another person's is none. @throws BFF_SESSION_UNKNOWN */
    async end(tenant: TenantHost, own: Session, id: string): Promise<void> {
      const sessionId = parsePublicId(PREFIX, id);
      const row = (await living(own)).find((one) => one.sessionId === sessionId);
      if (!row) throw refuse('BFF_SESSION_UNKNOWN');
      await sessions.endHash(tenant, row.idHash, 'revoked');
    },
    /** The same, for the session of a request. */
    async endOthersOf(request: FastifyRequest): Promise<number> {
      const { tenant, session } = provedOf(request);
      return endOthers(tenant, session);
    },
    endOthers,
    close: stopHearing,
  };
}

export type OwnSessions = ReturnType<typeof createOwnSessions>;
