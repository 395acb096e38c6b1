import { type ApprovalKind, createApprovals } from '#platform/approvals/approvals.ts';
import type { Approval } from '#platform/approvals/contract.ts';
import type { CallContext } from '#platform/context.ts';
import type { PlatformDeps } from '#platform/module.ts';
import type { AskedKind } from './contract.ts';
import { type Erasures, refuseObstacles } from './erasures.ts';
import { refusePrivacy } from './errors.ts';
import type { Exports } from './exports.ts';
import { findLastErasure } from './store/erasures.ts';

const DAY_MS = 86_400_000;
export type About = { subjectId: string };
type Deps = Pick<PlatformDeps, 'db' | 'bus' | 'vault' | 'clock'> & {
  exports: Exports;
  erasures: Erasures;
  /** @throws when there is no such person */
  mustExist: (ctx: CallContext, subjectId: string) => Promise<unknown>;
};

/** What is asked of two, as far as asking goes. */
export const ASKED: Readonly<Record<AskedKind, Omit<ApprovalKind<About>, 'execute'>>> = {
  'privacy.erasure': { about: ({ subjectId }) => subjectId, lastsMs: DAY_MS },
  'privacy.disclosure': {
    about: ({ subjectId }) => subjectId,
    lastsMs: DAY_MS,
    async check(tx, tenantId, { subjectId }) {
      const erased = await findLastErasure(tx, tenantId, subjectId);
      if (erased?.state !== 'done' || erased.retainedUntil === null || erased.retentionEndedAt !== null)
        throw refusePrivacy('PRIVACY_NOTHING_RETAINED');
    },
  },
};

/** What operators do about a person's data takes two of them: erasing somebody who asked for it by letter, and reading what is kept by law. */
export function createFourEyes({ exports, erasures, mustExist, ...deps }: Deps) {
  const erasure: ApprovalKind<About> = {
    ...ASKED['privacy.erasure'],
    execute: async (tx, { subjectId }, { tenantId, askedBy }) => ({
      erasureId: (await erasures.begin(tx, tenantId, subjectId, askedBy)).id,
    }),
  };
  const disclosure: ApprovalKind<About> = {
    ...ASKED['privacy.disclosure'],
    execute: async (tx, { subjectId }, { tenantId, askedBy }) => ({
      exportId: (await exports.begin(tx, tenantId, { subjectId, retained: true, by: askedBy })).id,
    }),
  };
  const kinds = { 'privacy.erasure': erasure, 'privacy.disclosure': disclosure } as unknown as Record<string, ApprovalKind>;
  const approvals = createApprovals({ ...deps, module: 'privacy', kinds });

  return {
    approvals,
    /** Needs `ctx.idempotencyKey`. @throws PRIVACY_NOT_YET, PRIVACY_NOTHING_RETAINED, PLATFORM_APPROVAL_PENDING */
    async askApproval(
      ctx: CallContext,
      { kind, subjectId, reason }: { kind: AskedKind; subjectId: string; reason: string },
    ): Promise<Approval> {
      if (kind === 'privacy.erasure') {
        await mustExist(ctx, subjectId);
        const { obstacles } = await erasures.judge(ctx, subjectId);
        if (obstacles.length > 0) throw refuseObstacles(obstacles);
      }
      const route = 'POST /bff/v1/desk/privacy/requests';
      return approvals.askOnce(ctx, { kind, payload: { subjectId }, reason, route, body: { kind, subjectId, reason } });
    },
  };
}
