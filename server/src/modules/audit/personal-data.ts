import type { Db } from '#platform/db/db.ts';
import { collectParts, type KeeperFace, PART_PAGE, pageOf } from '#platform/privacy/keeper.ts';
import { readRecordsOf } from './store.ts';

/** The trail about a person and their accounts. It holds ids alone, and stays for ever: with the person's key gone it says of nobody who they are. */
export function createPersonalData(db: Db): KeeperFace {
  return {
    collectPersonalData: collectParts({
      records: async ({ tenantId }, { subjectId, accountIds }, after) => {
        const whose = [...new Set([subjectId, ...accountIds])];
        const found = await db.tx({ module: 'audit', tenants: [tenantId], single: true }, (tx) =>
          readRecordsOf(tx, tenantId, whose, BigInt(after ?? 0), PART_PAGE + 1),
        );
        return pageOf(
          found,
          ({ position }) => position.toString(),
          ({ at, action, entity, eventType, actorKind, data }) => ({
            at: at.toISOString(),
            entity,
            action,
            eventType,
            by: actorKind,
            data,
          }),
        );
      },
    }),
    judgeErasure: async () => ({ obstacles: [], stays: [] }),
    erasePersonalData: async () => ({}),
  };
}
