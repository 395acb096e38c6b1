import type { Accounts } from '#accounts';
import type { Books } from '#books';
import { businessDate } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import type { Words } from '#platform/errors.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { flawOfWords } from '#platform/text.ts';
import { refuseTitles } from './errors.ts';

export const MODULE = 'titles';

export type AccessPort = Pick<Accounts, 'authorize'>;
export type BooksPort = Pick<Books, 'getShop' | 'getEntry' | 'record' | 'reverse'>;
export type Deps = Pick<PlatformDeps, 'db' | 'bus' | 'clock' | 'log' | 'vault'> & { accounts: AccessPort; books: BooksPort };

export type Shop = Awaited<ReturnType<BooksPort['getShop']>>;

export const scopeOf = ({ tenantId }: CallContext) => ({ module: MODULE, tenants: [tenantId] });
export const todayOf = ({ clock }: Pick<Deps, 'clock'>): string => businessDate(clock.now());

/** @throws TITLES_INVALID */
export function refuseField(pointer: string, detail: Words): never {
  throw refuseTitles('TITLES_INVALID', { errors: [{ pointer, detail }] });
}

/** @throws TITLES_INVALID for what is no text that may be shown to others */
export function checkWords(pointer: string, text: string | null | undefined): void {
  const flaw = text ? flawOfWords(text) : undefined;
  if (flaw) refuseField(pointer, flaw);
}

type Own = { id: string; key: string | null; archived: boolean };
/** What a shop calls by its id or its key, for new use. @throws TITLES_INVALID when it has none, or keeps it for the past only */
function ownOf(list: readonly Own[], ref: string, pointer: string): string {
  const found = list.find(({ id, key }) => id === ref || key === ref);
  if (!found) refuseField(pointer, { pt: 'não existe nesta loja', en: 'does not exist in this shop' });
  if (found.archived) refuseField(pointer, { pt: 'está arquivado', en: 'is archived' });
  return found.id;
}
export const categoryOf = ({ categories }: Shop, ref: string): string => ownOf(categories, ref, '/category');
export const placeOf = ({ places }: Shop, ref: string): string => ownOf(places, ref, '/place');

export const isClosed = ({ closedUntil }: Shop, date: string): boolean => closedUntil !== null && date <= closedUntil;
