import { derivedId } from '#platform/id.ts';

/** Where a shop's money may be. */
export const PLACE_KINDS = ['drawer', 'safe', 'bank', 'transit', 'wallet'] as const;
export type PlaceKind = (typeof PLACE_KINDS)[number];

/** What every shop begins with. */
export const FIRST_STORE = { key: 'store', name: 'Loja' } as const;
export const FIRST_PLACES = [
  { key: 'drawer', kind: 'drawer', name: 'Caixa' },
  { key: 'safe', kind: 'safe', name: 'Cofre' },
  { key: 'wallet', kind: 'wallet', name: 'Conta Lastro' },
] as const satisfies readonly { key: string; kind: PlaceKind; name: string }[];

export const firstStoreId = (accountId: string): string => derivedId('books.store', accountId, FIRST_STORE.key);
export const firstPlaceId = (accountId: string, key: string): string => derivedId('books.place', accountId, key);

/** The account at the platform moves, and cash goes to the safe, with nobody there to choose another place: these are never archived. */
export const isUsedByRooms = (accountId: string, placeId: string): boolean =>
  ['wallet', 'safe'].some((key) => firstPlaceId(accountId, key) === placeId);
