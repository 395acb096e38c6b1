import type { Db } from '#platform/db/db.ts';
import { collectParts, type KeeperFace, PART_PAGE, pageOf } from '#platform/privacy/keeper.ts';
import { pageDecisions } from './store/decisions.ts';

/**
 * What was decided about a person's payments, and by which criteria (LGPD, art. 20). Decisions hold ids, amounts and hashes alone: with the person's key gone
 * they say of nobody who they are, and stay as what they are, evidence.
 */
export function createPersonalData(db: Db): KeeperFace {
  return {
    collectPersonalData: collectParts({
      decisions: async ({ tenantId }, { subjectId, accountIds }, after) => {
        const whose = [...new Set([subjectId, ...accountIds])];
        const rows = await db.tx({ module: 'risk', tenants: [tenantId], single: true }, (tx) =>
          pageDecisions(tx, tenantId, whose, after, PART_PAGE + 1),
        );
        return pageOf(
          rows,
          ({ decidedAt, decisionId }) => `${decidedAt}~${decisionId}`,
          ({ tenantId: _tenant, payeeHash: _payee, timing: _timing, durationMs: _duration, amountMinor, ...shown }) => ({
            ...shown,
            amountMinor: amountMinor.toString(),
          }),
        );
      },
    }),
    judgeErasure: async () => ({ obstacles: [], stays: [] }),
    erasePersonalData: async () => ({}),
  };
}
