import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { createBatcher } from '#platform/batcher.ts';
import type { NewEvent } from '#platform/bus/bus.ts';
import type { Actor, CallContext } from '#platform/context.ts';
import { AppError, refusePlatform } from '#platform/errors.ts';
import type { Proof } from '#platform/http/app.ts';
import { newId } from '#platform/id.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { agentFamily } from './agent-family.ts';
import { DEVICE_PURPOSE, deviceOf } from './device.ts';
import { actorKindOf, type Realm } from './domain/realm.ts';
import { ABSOLUTE_MS, endsAtMs, MOST_SESSIONS, TOUCH_EVERY_MS } from './domain/session-rules.ts';
import { refuse } from './errors.ts';
import { type EndReason, SESSION_ENDED, SESSION_ENDED_CHANNEL, SESSION_REFUSED } from './events.ts';
import type { OidcClient, Tokens } from './oidc-client.ts';
import {
  deleteSession,
  findSession,
  findSessions,
  grantHash,
  insertSession,
  type SessionRow,
  touchSession,
  trimSessions,
} from './store.ts';
import type { TenantHost } from './tenant-of.ts';
import type { SessionTokens } from './tokens.ts';

/** A proved session, for the length of one request. */
export type Session = {
  tenantId: string;
  subjectId: string;
  /** Hex of the stored hash; names the session among streams and processes without opening it. */
  id: string;
  csrfToken: string;
  scopes: ReadonlySet<string>;
  endsAtMs: number;
  proof: Proof;
  ctx: CallContext;
};

const NOTE_EVERY_MS = 60_000;
/** A silent issuer keeps the lines of an ended session open no longer than this. */
const ANNOUNCE_WITHIN_MS = 2_000;
const MOST_NOTED = 10_000;
const MOST_AGENTS = 2_000;
/** Characters of a User-Agent that `agentFamily` looks at. */
const MOST_AGENT = 512;

function sessionEvent(type: string, kind: Actor['kind'], { tenantId, subjectId }: SessionRow, nowMs: number, data: object): NewEvent {
  const actor = { kind, id: subjectId };
  return {
    id: newId(),
    type,
    tenantId,
    key: subjectId,
    subjectId,
    actor,
    time: new Date(nowMs).toISOString(),
    data: { subjectId, ...data },
  };
}

type Shown = { tenantId: string; idHash: Buffer };
type Deps = Pick<PlatformDeps, 'db' | 'bus' | 'vault' | 'clock' | 'log' | 'metrics'> & {
  oidc: OidcClient;
  tokens: SessionTokens;
  realm?: Realm;
};
const hashOf = (cookie: string): Buffer => createHash('sha256').update(cookie).digest();

/** Sessions of browsers. All state is in the database, so that any instance serves any session. */
export function createSessions({ db, bus, vault, clock, log, metrics, oidc, tokens, realm = 'customer' }: Deps) {
  const kind = actorKindOf(realm);
  const endings = metrics.counter('lastro_bff_sessions_ended_total', 'Sessions ended, by reason', ['reason']);
  const scope = (tenantId: string) => ({ module: 'bff', tenants: [tenantId] });
  /** Browsers say the same of themselves at each request, and reading it takes long. */
  const agents = new LRUCache<string, Buffer>({ max: MOST_AGENTS });
  const agentHash = (tenantId: string, agent: string | undefined): Buffer => {
    const shown = `${tenantId} ${agent?.slice(0, MOST_AGENT) ?? ''}`;
    const known = agents.get(shown) ?? vault.lookupHash(tenantId, 'bff-agent', agentFamily(agent));
    agents.set(shown, known);
    return known;
  };
  const isOwnAgent = (row: SessionRow, agent: string | undefined): boolean =>
    timingSafeEqual(row.agentHash, agentHash(row.tenantId, agent));
  /** The rows of sessions shown at the same moment are read together: nearly every request shows one. */
  const rows = createBatcher<Shown, SessionRow | undefined>(
    async (shown) => {
      const tenants = [...new Set(shown.map(({ tenantId }) => tenantId))];
      const hashes = [...new Map(shown.map(({ idHash }) => [idHash.toString('hex'), idHash])).values()];
      const found = await db.tx({ module: 'bff', tenants, single: true }, (tx) => findSessions(tx, hashes));
      const byHash = new Map(found.map((row) => [`${row.tenantId}/${row.idHash.toString('hex')}`, row]));
      return shown.map(({ tenantId, idHash }) => byHash.get(`${tenantId}/${idHash.toString('hex')}`));
    },
    { maxBatch: 200, maxBacklog: 20_000, overloaded: () => refusePlatform('PLATFORM_UNAVAILABLE', { retryAfterSeconds: 1 }) },
  );
  /** When a refusal was last put on record, by session: a thief who keeps trying writes a line a minute. */
  const refusedMs = new Map<string, number>();
  const announceEnd = (idHash: Buffer, reason: EndReason) =>
    bus.broadcast(SESSION_ENDED_CHANNEL, { idHash: idHash.toString('hex'), reason });

  /** The session that this call took away; null when it was gone. */
  async function take(tenantId: string, idHash: Buffer, reason: EndReason): Promise<SessionRow | null> {
    const row = await db.tx(scope(tenantId), async (tx) => {
      const ended = await deleteSession(tx, idHash);
      if (ended) await bus.publish(tx, [sessionEvent(SESSION_ENDED, kind, ended, clock.now(), { reason })]);
      return ended;
    });
    if (row) endings.inc({ reason });
    return row;
  }

  /** Takes the session away first; the issuer is told after, and its silence keeps nobody logged in here. */
  async function end(tenant: TenantHost, idHash: Buffer, reason: EndReason): Promise<void> {
    const row = await take(tenant.tenantId, idHash, reason);
    if (!row) return;
    const told = oidc
      .revoke(tenant.slug, tokens.open(row).refresh)
      .catch((error: Error) => log.warn({ err: error.message }, 'the issuer could not be told that a session ended'));
    // Windows that hear of the end go to the log-in at once: one begun on the issuer's old session would die with it.
    await Promise.race([told, setTimeout(ANNOUNCE_WITHIN_MS, undefined, { ref: false })]);
    await announceEnd(idHash, reason);
    await told;
  }

  async function findLive(tenant: TenantHost, idHash: Buffer, agent: string | undefined): Promise<SessionRow> {
    const row = await rows.submit({ tenantId: tenant.tenantId, idHash });
    if (!row) throw refuse('BFF_SESSION_EXPIRED');
    if (endsAtMs(row) <= clock.now()) {
      await end(tenant, idHash, 'expired');
      throw refuse('BFF_SESSION_EXPIRED');
    }
    if (!isOwnAgent(row, agent)) {
      await noteForeignUse(row);
      throw refuse('BFF_SESSION_MOVED');
    }
    return row;
  }

  /** Whoever shows the cookie from another browser gets nothing; that is no reason to throw its owner out, but one to put it on record. */
  async function noteForeignUse(row: SessionRow): Promise<void> {
    const id = row.idHash.toString('hex');
    if (clock.now() - (refusedMs.get(id) ?? Number.NEGATIVE_INFINITY) < NOTE_EVERY_MS) return;
    if (refusedMs.size >= MOST_NOTED) refusedMs.clear();
    refusedMs.set(id, clock.now());
    await db.tx(scope(row.tenantId), (tx) =>
      bus.publish(tx, [sessionEvent(SESSION_REFUSED, kind, row, clock.now(), { reason: 'other-browser' })]),
    );
    log.warn({ subjectId: row.subjectId }, 'a session was shown by another browser');
  }

  return {
    /** The cookie of a new session. It never continues an older one: the id from before the log-in dies. */
    async open(
      tenant: TenantHost,
      subjectId: string,
      given: Tokens,
      from: { agent: string | undefined; address: string },
      before: string | undefined,
    ): Promise<string> {
      const { tenantId } = tenant;
      if (before) await end(tenant, hashOf(before), 'replaced');
      const cookie = randomBytes(32).toString('base64url');
      const idHash = hashOf(cookie);
      const now = new Date(clock.now());
      const row: SessionRow = {
        idHash,
        tenantId,
        subjectId,
        tokensSealed: tokens.seal(idHash, given),
        accessExpiresAt: tokens.expiry(given),
        agentHash: agentHash(tenantId, from.agent),
        sessionId: newId(),
        grantHash: grantHash(given.grantId),
        deviceSealed: await vault.seal(tenantId, subjectId, DEVICE_PURPOSE, JSON.stringify(deviceOf(from.agent, from.address))),
        createdAt: now,
        lastSeenAt: now,
        expiresAt: new Date(now.getTime() + ABSOLUTE_MS),
      };
      const gone = await db.tx(scope(tenantId), async (tx) => {
        await insertSession(tx, row);
        return trimSessions(tx, tenantId, subjectId, MOST_SESSIONS);
      });
      for (const one of gone) await announceEnd(one, 'replaced');
      return cookie;
    },
    /** @throws BFF_NO_SESSION, BFF_SESSION_EXPIRED, BFF_SESSION_MOVED, BFF_SESSION_REVOKED */
    async prove(tenant: TenantHost, cookie: string | undefined, agent: string | undefined): Promise<Session> {
      if (!cookie) throw refuse('BFF_NO_SESSION');
      const { tenantId } = tenant;
      const idHash = hashOf(cookie);
      const row = await findLive(tenant, idHash, agent);
      const caller = await tokens.prove(row, tenant.slug).catch(async (error: unknown) => {
        if (!(error instanceof AppError && error.code === 'BFF_SESSION_REVOKED')) throw error;
        await end(tenant, idHash, 'revoked');
        throw error;
      });
      const now = new Date(clock.now());
      if (now.getTime() - row.lastSeenAt.getTime() > TOUCH_EVERY_MS)
        await db.tx({ ...scope(tenantId), single: 'writes' }, (tx) => touchSession(tx, idHash, now));
      return {
        tenantId,
        subjectId: row.subjectId,
        id: idHash.toString('hex'),
        csrfToken: vault.lookupHash(tenantId, 'bff-csrf', cookie).toString('base64url'),
        scopes: caller.scopes,
        proof: caller.proof!,
        endsAtMs: endsAtMs({ expiresAt: row.expiresAt, lastSeenAt: now }),
        ctx: { tenantId, actor: { kind, id: row.subjectId } },
      };
    },
    /** Whether this browser has a session of that person which began after `sinceMs`. */
    async isOpenSince(
      tenant: TenantHost,
      cookie: string | undefined,
      agent: string | undefined,
      subjectId: string,
      sinceMs: number,
    ): Promise<boolean> {
      if (!cookie) return false;
      const row = await db.tx({ ...scope(tenant.tenantId), single: true }, (tx) => findSession(tx, hashOf(cookie)));
      if (!row || row.subjectId !== subjectId || endsAtMs(row) <= clock.now()) return false;
      return isOwnAgent(row, agent) && row.createdAt.getTime() > sinceMs;
    },
    /** Tokens that no session will use. */
    async discard(tenant: TenantHost, { refresh }: Tokens): Promise<void> {
      await oidc
        .revoke(tenant.slug, refresh)
        .catch((error: Error) => log.warn({ err: error.message }, 'unused tokens could not be revoked'));
    },
    end: (tenant: TenantHost, session: Session) => end(tenant, Buffer.from(session.id, 'hex'), 'logout'),
    /** Ends another session of the same person, here and at the issuer. */
    endHash: end,
    /** Ends a session whose grant is over already. */
    async endRow({ tenantId, idHash }: SessionRow, reason: EndReason): Promise<void> {
      if (await take(tenantId, idHash, reason)) await announceEnd(idHash, reason);
    },
  };
}

export type Sessions = ReturnType<typeof createSessions>;
