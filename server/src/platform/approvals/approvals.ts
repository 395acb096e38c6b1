import { timingSafeEqual } from 'node:crypto';
import type { Actor, CallContext } from '../context.ts';
import type { Tx } from '../db/db.ts';
import { refusePlatform } from '../errors.ts';
import { newId } from '../id.ts';
import { once } from '../idempotency.ts';
import type { Job } from '../jobs/job.ts';
import type { PlatformDeps } from '../module.ts';
import { canonicalJson } from '../proof/canonical-json.ts';
import type { Approval } from './contract.ts';
import { refuseApproval } from './errors.ts';
import { type ApprovalDecision, refusalOf, stateAfter } from './rules.ts';
import { type ApprovalRow, endApproval, findApprovals, insertApproval, lockApproval, lockLate, lockLateAbout } from './store.ts';

/** Who asked and who decided, and with which words: what the effect is put on record with. */
export type ApprovedBy = { tenantId: string; askedBy: Actor; askedAt: Date; askedWhy: string; decidedBy: Actor; reason: string };

/** Something that takes two people. */
export type ApprovalKind<P = never> = {
  /** What it concerns; one request about it waits at a time. */
  about(payload: P): string;
  lastsMs: number;
  /** Whether it can be asked for now; throws what says why not. */
  check?(tx: Tx, tenantId: string, payload: P): Promise<void>;
  /** Carries it out, in the transaction of the approval: with it or not at all. What it answers is kept. */
  execute(tx: Tx, payload: P, by: ApprovedBy): Promise<unknown>;
};

const LISTED = 200;
const LATE_AT_ONCE = 100;
const REFUSED = {
  over: 'PLATFORM_APPROVAL_OVER',
  changed: 'PLATFORM_APPROVAL_CHANGED',
  'not-an-operator': 'PLATFORM_APPROVAL_FOR_OPERATORS',
  own: 'PLATFORM_APPROVAL_OWN',
} as const;

type Deps = Pick<PlatformDeps, 'db' | 'bus' | 'vault' | 'clock'> & {
  module: string;
  // Each kind reads what it wrote.
  kinds: Readonly<Record<string, ApprovalKind>>;
};
/** What is asked, by the route it came by, and the body that a repetition is known by. */
export type Wish<P> = { kind: string; payload: P; reason: string; route: string; body: unknown };
export type Decided = { approvalId: string; decision: ApprovalDecision; seal: string; reason: string };

/**
 * Four eyes, in a module's own tables: a request is frozen under a keyed hash, somebody else decides, and what was asked happens in the commit of the
 * decision, once, or not at all.
 */
export function createApprovals({ module, db, bus, vault, clock, kinds }: Deps) {
  const kindOf = (name: string): ApprovalKind => {
    const kind = kinds[name];
    if (!kind) throw new Error(`${module} knows no approval of the kind "${name}"`);
    return kind;
  };
  const sealOf = ({ tenantId, id, kind, about, payload, reason, askedBy, askedAt, expiresAt }: Omit<Frozen, 'seal'>): Buffer =>
    vault.lookupHash(
      tenantId,
      `${module}.approval`,
      canonicalJson({ id, kind, about, payload, reason, askedBy, askedAt: askedAt.toISOString(), expiresAt: expiresAt.toISOString() }),
    );

  const told = (type: 'asked' | 'decided', row: Frozen, actor: Actor, at: Date, data: object) => ({
    id: newId(),
    type: `${module}.approval-${type}.v1`,
    tenantId: row.tenantId,
    key: row.id,
    actor,
    time: at.toISOString(),
    data: { approvalId: row.id, kind: row.kind, about: row.about, ...data },
  });

  /** Ends a request in this transaction. A time that is up ends it whatever was decided. */
  async function end(tx: Tx, row: ApprovalRow, state: ApprovalRow['state'], by: Actor, reason: string | null, result?: unknown) {
    const at = new Date(clock.now());
    await endApproval(tx, row, { state, by: `${by.kind}/${by.id}`, at, reason, ...(result === undefined ? {} : { result }) });
    await bus.publish(tx, [told('decided', row, by, at, { state, askedBy: `${row.askedBy.kind}/${row.askedBy.id}` })]);
  }
  const late = (tx: Tx, row: ApprovalRow): Promise<void> => end(tx, row, 'expired', { kind: 'system', id: module }, null);

  /**
   * Freezes a request, in the caller's transaction.
   *
   * @throws PLATFORM_APPROVAL_PENDING, and what the kind's `check` says
   */
  async function ask<P>(tx: Tx, asked: { tenantId: string; kind: string; payload: P; reason: string; by: Actor }): Promise<Approval> {
    const kind = kindOf(asked.kind) as unknown as ApprovalKind<P>;
    const { tenantId, payload, reason } = asked;
    await kind.check?.(tx, tenantId, payload);
    const askedAt = new Date(clock.now());
    const frozen = {
      tenantId,
      id: newId(),
      kind: asked.kind,
      about: kind.about(payload),
      payload,
      reason,
      askedBy: asked.by,
      askedAt,
      expiresAt: new Date(askedAt.getTime() + kind.lastsMs),
    };
    const row = { ...frozen, seal: sealOf(frozen) };
    // One that is over but for the job that says so is in nobody's way.
    for (const over of await lockLateAbout(tx, row)) await late(tx, over);
    if (!(await insertApproval(tx, row))) throw refuseApproval('PLATFORM_APPROVAL_PENDING');
    await bus.publish(tx, [told('asked', row, asked.by, askedAt, { expiresAt: row.expiresAt.toISOString() })]);
    return present({ ...row, state: 'pending', decidedBy: null, decidedAt: null, decisionReason: null, result: null, isLate: false });
  }

  return {
    ask,

    /**
     * The same, once under the key of `ctx` and the name of its route, however often it is asked.
     *
     * @throws PLATFORM_IDEMPOTENCY_KEY_REQUIRED, PLATFORM_IDEMPOTENCY_CONFLICT, and as `ask`
     */
    async askOnce<P>(ctx: CallContext, { route, body, ...asked }: Wish<P>): Promise<Approval> {
      const { tenantId, idempotencyKey: key, actor: by } = ctx;
      if (key === undefined) throw refusePlatform('PLATFORM_IDEMPOTENCY_KEY_REQUIRED');
      const answer = await db.tx({ module, tenants: [tenantId] }, (tx) =>
        once(tx, { tenantId, principal: by.id, route, key, body }, async () => ({
          status: 202,
          body: await ask(tx, { ...asked, tenantId, by }),
        })),
      );
      return inOrder(answer.body as Approval);
    },

    /** @throws PLATFORM_APPROVAL_*, and what the effect refuses: then the request waits on, and nothing was done */
    async decideApproval({ tenantId, actor }: CallContext, { approvalId, decision, seal, reason }: Decided): Promise<Approval> {
      const row = await db.tx({ module, tenants: [tenantId] }, async (tx) => {
        const found = await lockApproval(tx, tenantId, approvalId);
        if (!found) throw refuseApproval('PLATFORM_APPROVAL_NOT_FOUND');
        const own = sealOf(found);
        const isAsRead = own.equals(found.seal) && sameBytes(own, Buffer.from(seal, 'base64url'));
        const refused = refusalOf(found, actor, decision, isAsRead);
        if (refused) throw refuseApproval(REFUSED[refused]);
        if (found.isLate) {
          await late(tx, found);
          // Returned and not thrown: that its time was up is on record from this commit on.
          return null;
        }
        const by = { tenantId, askedBy: found.askedBy, askedAt: found.askedAt, askedWhy: found.reason, decidedBy: actor, reason };
        const result = decision === 'approve' ? await kindOf(found.kind).execute(tx, found.payload as never, by) : undefined;
        const state = stateAfter(decision);
        await end(tx, found, state, actor, reason, result);
        const at = new Date(clock.now());
        return { ...found, state, decidedBy: `${actor.kind}/${actor.id}`, decidedAt: at, decisionReason: reason, result };
      });
      if (!row) throw refuseApproval('PLATFORM_APPROVAL_EXPIRED');
      return present(row);
    },

    async listApprovals({ tenantId }: CallContext, { onlyPending }: { onlyPending: boolean }): Promise<{ approvals: Approval[] }> {
      const rows = await db.tx({ module, tenants: [tenantId] }, (tx) => findApprovals(tx, tenantId, onlyPending, LISTED));
      return { approvals: rows.filter(({ state, isLate }) => !onlyPending || (state === 'pending' && !isLate)).map(present) };
    },

    /** Ends requests that nobody decided in time. */
    job: {
      name: `${module}.late-approvals`,
      everyMs: 60_000,
      run: async ({ db: given }) => {
        await given.tx({ module, system: true }, async (tx) => {
          for (const row of await lockLate(tx, LATE_AT_ONCE)) await late(tx, row);
        });
      },
    } satisfies Job,
  };
}

export type Approvals = ReturnType<typeof createApprovals>;
type Frozen = Pick<ApprovalRow, 'tenantId' | 'id' | 'kind' | 'about' | 'payload' | 'reason' | 'askedBy' | 'askedAt' | 'expiresAt' | 'seal'>;

const sameBytes = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

/** With its payload's members in one order, whichever way it was kept: the first answer and its repetition are the same text. */
export const inOrder = (approval: Approval): Approval => ({ ...approval, payload: JSON.parse(canonicalJson(approval.payload)) as unknown });

function present(row: ApprovalRow): Approval {
  const { id, kind, about, payload, reason, askedBy, state, decidedBy, decisionReason } = row;
  const [askedAt, expiresAt] = [row.askedAt.toISOString(), row.expiresAt.toISOString()];
  const decidedAt = row.decidedAt?.toISOString() ?? null;
  const seal = row.seal.toString('base64url');
  return inOrder({ id, kind, about, payload, reason, askedBy, askedAt, expiresAt, seal, state, decidedBy, decidedAt, decisionReason });
}
