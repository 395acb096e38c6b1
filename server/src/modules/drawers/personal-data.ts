import type { CallContext } from '#platform/context.ts';
import { collectParts, type KeeperFace, pageOf } from '#platform/privacy/keeper.ts';
import { type DrawersDeps, MODULE } from './deps.ts';
import { forgetWords, pageOwnMovements } from './store/own-movements.ts';

/**
 * The drawers of a person's own accounts. What was written about a movement, a late sale or a review is erased; figures stay, as those of the books do, and so does the reason of a difference: it is part of
 * the record that a difference is. Drawers of a company are the company's, not the person's who stood at one.
 */
export function createPersonalData({ db }: Pick<DrawersDeps, 'db'>): KeeperFace {
  return {
    collectPersonalData: collectParts({
      movements: async ({ tenantId }: CallContext, { accountIds }, after) => {
        const rows = await db.tx({ module: MODULE, tenants: [tenantId], single: true }, (tx) =>
          pageOwnMovements(tx, tenantId, accountIds, after),
        );
        return pageOf(
          rows,
          ({ id }) => id,
          ({ amountMinor, at, ...row }) => ({ ...row, amountMinor: amountMinor.toString(), at: at.toISOString() }),
        );
      },
    }),
    judgeErasure: async () => ({ obstacles: [], stays: [] }),
    async erasePersonalData({ tenantId }, { accountIds }) {
      await db.tx({ module: MODULE, tenants: [tenantId] }, (tx) => forgetWords(tx, tenantId, accountIds));
      return {};
    },
  };
}
