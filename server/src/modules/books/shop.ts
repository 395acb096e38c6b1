import { businessDate } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import { refusePlatform } from '#platform/errors.ts';
import { newId } from '#platform/id.ts';
import { flawOfWords, stripMargins } from '#platform/text.ts';
import type { Category, NewCategory, NewPlace, NewStore, Place, Shop, Store } from './contract.ts';
import type { BooksDeps } from './deps.ts';
import { isBookedByRooms } from './domain/chart.ts';
import { firstStoreId, isUsedByRooms } from './domain/places.ts';
import { refuseBooks } from './errors.ts';
import { SHOP_OPENED } from './events.ts';
import { createSaving, type Mode } from './save.ts';
import { findPlaces } from './store/known.ts';
import {
  hasStore,
  insertShop,
  listCategories,
  listPlaces,
  listStores,
  readClosedUntil,
  saveCategory,
  savePlace,
  saveStore,
} from './store/shops.ts';

const REMEMBERED = 50_000;
type On = { accountId: string };
const refuse = (code: Parameters<typeof refuseBooks>[0]): never => {
  throw refuseBooks(code);
};

/** Shops, and what their books consist of. */
export function createShopBook(deps: Pick<BooksDeps, 'db' | 'bus' | 'clock' | 'accounts' | 'vault'>) {
  const { db, bus, clock, accounts } = deps;
  const open = new Set<string>();

  /** Opens a shop's books at their first use. Who may have books at all, `accounts` has said before. */
  async function ensureOpen({ tenantId, actor }: CallContext, accountId: string): Promise<void> {
    const name = `${tenantId} ${accountId}`;
    if (open.has(name)) return;
    const at = new Date(clock.now());
    await db.tx({ module: 'books', tenants: [tenantId] }, async (tx) => {
      if (!(await insertShop(tx, tenantId, accountId, at))) return;
      const about = { tenantId, key: accountId, subjectId: accountId, actor, time: at.toISOString() };
      await bus.publish(tx, [{ id: newId(), type: SHOP_OPENED, ...about, data: { accountId } }]);
    });
    if (open.size > REMEMBERED) open.clear();
    open.add(name);
  }

  async function allow(ctx: CallContext, accountId: string, action: 'see' | 'account:manage' | 'books'): Promise<void> {
    await accounts.authorize(ctx, { accountId, action });
    await ensureOpen(ctx, accountId);
  }
  const write = { module: 'books' } as const;
  const save = createSaving(deps);

  return {
    ensureOpen,
    allow,
    read: async (tx: Tx, tenantId: string, accountId: string): Promise<string | null> =>
      (await readClosedUntil(tx, tenantId, accountId)) ?? null,
    async getShop(ctx: CallContext, { accountId }: On): Promise<Shop> {
      await allow(ctx, accountId, 'see');
      const { tenantId } = ctx;
      return db.tx({ ...write, tenants: [tenantId] }, async (tx) => {
        const [closedUntil, stores, places, categories] = await Promise.all([
          readClosedUntil(tx, tenantId, accountId),
          listStores(tx, tenantId, accountId),
          listPlaces(tx, tenantId, accountId),
          listCategories(tx, tenantId, accountId),
        ]);
        return { accountId, closedUntil: closedUntil ?? null, today: businessDate(clock.now()), stores, places, categories };
      });
    },
    async getClosedUntil(ctx: CallContext, { accountId }: On): Promise<{ closedUntil: string | null }> {
      await allow(ctx, accountId, 'see');
      const scope = { ...write, tenants: [ctx.tenantId], single: true } as const;
      return { closedUntil: (await db.tx(scope, (tx) => readClosedUntil(tx, ctx.tenantId, accountId))) ?? null };
    },
    async saveStore(ctx: CallContext, { accountId, store, mode }: On & { store: NewStore; mode?: Mode }): Promise<Store> {
      await allow(ctx, accountId, 'account:manage');
      const asked = { ...store, name: cleanName(store.name), archived: store.archived ?? false };
      return save(ctx, { thing: 'stores', accountId, asked, mode }, async (tx, id) => {
        const saved = await saveStore(tx, ctx.tenantId, accountId, { ...asked, id }, new Date(clock.now()));
        return saved ?? refuse('BOOKS_STORE_UNKNOWN');
      });
    },
    async savePlace(ctx: CallContext, { accountId, place, mode }: On & { place: NewPlace; mode?: Mode }): Promise<Place> {
      await allow(ctx, accountId, 'account:manage');
      const asked = { ...place, name: cleanName(place.name), archived: place.archived ?? false };
      if (asked.archived && isUsedByRooms(accountId, asked.id)) throw refuseBooks('BOOKS_NEEDED');
      return save(ctx, { thing: 'places', accountId, asked, mode }, async (tx, id) => {
        const storeId = place.storeId ?? (await findPlaces(tx, ctx.tenantId, [id]))[0]?.storeId ?? firstStoreId(accountId);
        if (!(await hasStore(tx, ctx.tenantId, accountId, storeId))) throw refuseBooks('BOOKS_STORE_UNKNOWN');
        const saved = await savePlace(tx, ctx.tenantId, accountId, { ...asked, id, storeId }, new Date(clock.now()));
        return saved ?? refuse('BOOKS_KIND_FIXED');
      });
    },
    async saveCategory(ctx: CallContext, { accountId, category, mode }: On & { category: NewCategory; mode?: Mode }): Promise<Category> {
      await allow(ctx, accountId, 'books');
      const asked = { ...category, name: cleanName(category.name), archived: category.archived ?? false };
      if (asked.archived && isBookedByRooms(accountId, asked.id)) throw refuseBooks('BOOKS_NEEDED');
      return save(ctx, { thing: 'categories', accountId, asked, mode }, async (tx, id) => {
        const saved = await saveCategory(tx, ctx.tenantId, accountId, { ...asked, id }, new Date(clock.now()));
        return saved ?? refuse('BOOKS_KIND_FIXED');
      });
    },
  };
}
export type ShopBook = ReturnType<typeof createShopBook>;

/** What people call something, without what is not seen. @throws PLATFORM_BAD_REQUEST */
function cleanName(written: string): string {
  const name = stripMargins(written).normalize('NFC').replace(/\s+/gu, ' ');
  const detail =
    flawOfWords(name) ??
    (/[\p{L}\p{N}]/u.test(name) ? undefined : { pt: 'precisa ter letras ou números', en: 'must have letters or digits' });
  if (detail) throw refusePlatform('PLATFORM_BAD_REQUEST', { errors: [{ pointer: '/body/name', detail }] });
  return name;
}
