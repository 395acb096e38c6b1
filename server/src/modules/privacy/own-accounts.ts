import type { Accounts } from '#accounts';
import type { CallContext } from '#platform/context.ts';

export type AccountsPort = Pick<Accounts, 'listActingOn' | 'closeAccounts'>;

/** The accounts that are a person's own; where there are no accounts, what is kept by person is kept under the person's id. */
export const createOwnAccounts = (accounts: AccountsPort | undefined) => ({
  async list(ctx: CallContext, subjectId: string): Promise<string[]> {
    if (!accounts) return [subjectId];
    const found = await accounts.listActingOn(ctx, { subjectId });
    const own = found.accounts.flatMap(({ accountId, partyId }) => (partyId === subjectId ? [accountId] : []));
    return [...new Set([subjectId, ...own])];
  },
  /** Closes them, or opens them again; answers which they are. */
  async close(ctx: CallContext, subjectId: string, closed: boolean): Promise<string[]> {
    if (!accounts) return [subjectId];
    const { accountIds } = await accounts.closeAccounts(ctx, { subjectId, closed });
    return [...new Set([subjectId, ...accountIds])];
  },
});

export type OwnAccounts = ReturnType<typeof createOwnAccounts>;
