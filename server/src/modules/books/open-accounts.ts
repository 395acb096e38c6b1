import { systemContext } from '#platform/context.ts';
import type { BooksDeps } from './deps.ts';
import { ASSET, type BooksAccount, categoryAccount, commonAccounts, placeAccount } from './domain/postings.ts';
import type { Work } from './posting.ts';
import { findCategories, findPlaces } from './store/known.ts';

/** Accounts that this process has seen open: to open one again is harmless, so they may be forgotten. */
const REMEMBERED = 100_000;
const CALL = 1_000;

/** Opens in the ledger, as they are first used, the accounts that entries are posted to. */
export function createAccountOpening({ db, ledger }: Pick<BooksDeps, 'db' | 'ledger'>) {
  const open = new Set<string>();
  const assetOf = new Set<string>();

  async function missing(tenantId: string, works: readonly Work[]): Promise<(BooksAccount & { shop: string })[]> {
    const shops = new Map<string, string>();
    for (const { accountId, commands } of works) {
      for (const command of commands) {
        if (command.kind !== 'transfer') continue;
        for (const id of [command.debit, command.credit]) if (!open.has(`${tenantId} ${id}`)) shops.set(id, accountId);
      }
    }
    if (shops.size === 0) return [];
    const ids = [...shops.keys()];
    const [places, categories] = await db.tx({ module: 'books', tenants: [tenantId] }, (tx) =>
      Promise.all([findPlaces(tx, tenantId, ids), findCategories(tx, tenantId, ids)]),
    );
    const common = [...new Set(shops.values())].flatMap((shop) =>
      commonAccounts(shop).flatMap((account) => (shops.has(account.id) ? [{ ...account, shop }] : [])),
    );
    return [
      ...common,
      ...places.map((place) => ({ ...placeAccount(place), shop: place.accountId })),
      ...categories.map((category) => ({ ...categoryAccount(category), shop: category.accountId })),
    ];
  }

  return async (tenantId: string, works: readonly Work[]): Promise<void> => {
    const accounts = await missing(tenantId, works);
    if (accounts.length === 0) return;
    const ctx = systemContext(tenantId, 'books');
    if (!assetOf.has(tenantId)) {
      await ledger.putAssets(ctx, { assets: [{ asset: ASSET, decimals: 2, name: 'Escrituração gerencial' }] });
      assetOf.add(tenantId);
    }
    for (let at = 0; at < accounts.length; at += CALL) {
      const some = accounts.slice(at, at + CALL);
      await ledger.createAccounts(ctx, {
        accounts: some.map(({ id, code, normalSide, shop }) => ({ id, code, asset: ASSET, normalSide, subjectId: shop })),
      });
      if (open.size > REMEMBERED) open.clear();
      for (const { id } of some) open.add(`${tenantId} ${id}`);
    }
  };
}
