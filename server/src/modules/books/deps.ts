import type { Accounts } from '#accounts';
import type { Ledger } from '#ledger';
import type { PlatformDeps } from '#platform/module.ts';

export type BooksDeps = PlatformDeps & {
  ledger: Pick<Ledger, 'submit' | 'createAccounts' | 'putAssets' | 'getBalances'>;
  accounts: Pick<Accounts, 'authorize'>;
  /** Tests: called with the name of each crash point passed. */
  crashPoint?: ((name: string) => void) | undefined;
};
