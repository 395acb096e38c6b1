import type { CallContext } from '#platform/context.ts';
import { collectParts, type KeeperFace, onePage, pageOf } from '#platform/privacy/keeper.ts';
import { openCounterparty } from './counterparties.ts';
import { type Deps, scopeOf } from './deps.ts';
import { forgetWords, listOwnCounterparties, pageOwnTitles } from './store/own.ts';

/**
 * What a person's own accounts have to pay and to receive. Names of counterparties go with their keys, and what was written about a title is erased; amounts and dates stay, as
 * those of the books do. Titles of a company are the company's.
 */
export function createPersonalData({ db, vault }: Pick<Deps, 'db' | 'vault'>): KeeperFace {
  return {
    collectPersonalData: collectParts({
      titles: async (ctx, { accountIds }, after) => {
        const rows = await db.tx({ ...scopeOf(ctx), single: true }, (tx) => pageOwnTitles(tx, ctx.tenantId, accountIds, after));
        return pageOf(
          rows,
          ({ id }) => id,
          ({ amountMinor, settledMinor, ...title }) => ({ ...title, amountMinor: `${amountMinor}`, settledMinor: `${settledMinor}` }),
        );
      },
      counterparties: onePage(async (ctx, { accountIds }) => {
        const rows = await ofAccounts(ctx, accountIds);
        return Promise.all(rows.map((one) => openCounterparty(vault, ctx.tenantId, one)));
      }),
    }),
    judgeErasure: async () => ({ obstacles: [], stays: [] }),
    async erasePersonalData(ctx, { accountIds }) {
      for (const { id } of await ofAccounts(ctx, accountIds)) await vault.destroy(ctx.tenantId, id);
      await db.tx(scopeOf(ctx), (tx) => forgetWords(tx, ctx.tenantId, accountIds));
      return {};
    },
  };

  function ofAccounts(ctx: CallContext, accountIds: readonly string[]) {
    return db.tx({ ...scopeOf(ctx), single: true }, (tx) => listOwnCounterparties(tx, ctx.tenantId, accountIds));
  }
}
