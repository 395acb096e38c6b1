import type { Accounts } from '#accounts';
import type { Identity } from '#identity';

/** What the BFF needs of identity; its face offers more. */
export type IdentityPort = Pick<Identity, 'getPerson' | 'getLastSignIn' | 'resolveTenant' | 'isRevoked'>;
/** And of accounts. */
export type AccountsPort = Pick<Accounts, 'authorize'>;
