import type { CallContext } from '#platform/context.ts';
import { collectParts, type KeeperFace, pageOf } from '#platform/privacy/keeper.ts';
import { type BanksDeps, MODULE } from './deps.ts';
import { forgetStatements, pageOwnFiles, pageOwnMovements } from './store/own-movements.ts';

/**
 * Statements of a person's own accounts. The files themselves are under the account's key and go with it; what the bank wrote of a movement is erased,
 * and its figures stay, as those of the books do. Statements of a company are the company's.
 */
export function createPersonalData({ db }: Pick<BanksDeps, 'db'>): KeeperFace {
  const scope = ({ tenantId }: CallContext) => ({ module: MODULE, tenants: [tenantId] });
  const read = { single: true } as const;
  return {
    collectPersonalData: collectParts({
      files: async (ctx, { accountIds }, after) => {
        const rows = await db.tx({ ...scope(ctx), ...read }, (tx) => pageOwnFiles(tx, ctx.tenantId, accountIds, after));
        return pageOf(
          rows,
          ({ id }) => id,
          ({ createdAt, ...row }) => ({ ...row, createdAt: createdAt.toISOString() }),
        );
      },
      movements: async (ctx, { accountIds }, after) => {
        const rows = await db.tx({ ...scope(ctx), ...read }, (tx) => pageOwnMovements(tx, ctx.tenantId, accountIds, after));
        return pageOf(
          rows,
          ({ id }) => id,
          ({ amountMinor, ...row }) => ({ ...row, amountMinor: amountMinor.toString() }),
        );
      },
    }),
    judgeErasure: async () => ({ obstacles: [], stays: [] }),
    async erasePersonalData(ctx, { accountIds }) {
      await db.tx(scope(ctx), (tx) => forgetStatements(tx, ctx.tenantId, accountIds));
      return {};
    },
  };
}
