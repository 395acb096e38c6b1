import type { Accounts } from '#accounts';
import type { Ledger } from '#ledger';
import type { PlatformDeps } from '#platform/module.ts';

export type BooksDeps = PlatformDeps & {
  ledger: Pick<Ledger, 'submit' | 'createAccounts' | 'putAssets' | 'getBalances'>;
  accounts: Pick<Accounts, 'authorize'>;
  /** How long whoever records waits for the ledger, in milliseconds; 250 unless told. */
  postedWithinMs?: number;
  /** Tests: called with the name of each crash point passed. */
  crashPoint?: ((name: string) => void) | undefined;
};
