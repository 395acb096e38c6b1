import type { Accounts } from '#accounts';
import type { Books } from '#books';
import type { PlatformDeps } from '#platform/module.ts';

export type CardsDeps = PlatformDeps & { accounts: Pick<Accounts, 'authorize'>; books: Pick<Books, 'record' | 'getShop'> };
export const MODULE = 'cards';
