import type { CallContext } from '#platform/context.ts';
import { collectParts, type KeeperFace, pageOf } from '#platform/privacy/keeper.ts';
import type { BooksDeps } from './deps.ts';
import { COUNTERPARTY } from './record.ts';
import { forgetTexts, pageEntries } from './store/own-entries.ts';

/**
 * The books of a person's own accounts. Names of counterparties are under the account's key and go with it; what was written about an entry is erased, and the
 * figures stay, as those of the ledger do. Books of a company are the company's, not the person's who wrote in them.
 */
export function createPersonalData({ db, vault }: Pick<BooksDeps, 'db' | 'vault'>): KeeperFace {
  const scope = ({ tenantId }: CallContext) => ({ module: 'books', tenants: [tenantId] });
  return {
    collectPersonalData: collectParts({
      entries: async (ctx, { accountIds, retained }, after) => {
        const { tenantId } = ctx;
        const rows = await db.tx({ ...scope(ctx), single: true }, (tx) => pageEntries(tx, tenantId, accountIds, after));
        const read = retained ? vault.openRetained : vault.open;
        const names = new Map<string, string | null>();
        for (const { id, accountId, counterpartySealed: sealed } of rows)
          names.set(id, sealed && (await read(tenantId, accountId, COUNTERPARTY, sealed)));
        return pageOf(
          rows,
          ({ id }) => id,
          ({ counterpartySealed: _sealed, amountMinor, recordedAt, ...row }) => ({
            ...row,
            amountMinor: amountMinor.toString(),
            counterparty: names.get(row.id) ?? null,
            recordedAt: recordedAt.toISOString(),
          }),
        );
      },
    }),
    judgeErasure: async () => ({ obstacles: [], stays: [] }),
    async erasePersonalData(ctx, { accountIds }) {
      await db.tx(scope(ctx), (tx) => forgetTexts(tx, ctx.tenantId, accountIds));
      return {};
    },
  };
}
