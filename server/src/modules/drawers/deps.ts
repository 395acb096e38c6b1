import type { Accounts } from '#accounts';
import type { Books } from '#books';
import type { CallContext } from '#platform/context.ts';
import type { PlatformDeps } from '#platform/module.ts';

export type DrawersDeps = PlatformDeps & {
  accounts: Pick<Accounts, 'authorize'>;
  books: Pick<Books, 'getShop' | 'savePlace' | 'record' | 'reverse' | 'markOpenItem' | 'clearOpenItem'>;
};

export const MODULE = 'drawers';

/** Who does it, in rows and events. */
export type Who = Pick<CallContext, 'tenantId' | 'actor'>;
