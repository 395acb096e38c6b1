import type { CallContext } from '#platform/context.ts';
import type { Face } from '#platform/face/contract.ts';
import { collectParts, type KeeperFace, onePage, type Whose } from '#platform/privacy/keeper.ts';
import type { AccountBalance, ledgerContract } from './contract.ts';

type Readers = Pick<Face<typeof ledgerContract>, 'listAccounts' | 'getStatement'>;
const PAGE = 200;

/** The ledger holds ids and amounts alone, for ever: nothing of it is erased, and of nobody it says who they are. What a person had is theirs to take. */
export function createPersonalData({ listAccounts, getStatement }: Readers): KeeperFace {
  async function accountsOf(ctx: CallContext, { subjectId, accountIds }: Whose): Promise<AccountBalance[]> {
    const found: AccountBalance[] = [];
    for (const owner of new Set([subjectId, ...accountIds])) {
      let cursor: string | undefined;
      do {
        const page = await listAccounts(ctx, { subjectId: owner, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
        found.push(...page.accounts);
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
    }
    return found;
  }

  return {
    collectPersonalData: collectParts({
      balances: onePage(accountsOf),
      /** Account by account; `after` is the account, and the place in its statement. */
      movements: async (ctx, whose, after) => {
        const accounts = (await accountsOf(ctx, whose)).map(({ accountId }) => accountId);
        const [at = accounts[0], cursor] = after?.split('~') ?? [];
        if (at === undefined) return { rows: [], next: null };
        const { lines, next } = await getStatement(ctx, { accountId: at, limit: PAGE, ...(cursor ? { cursor } : {}) });
        const following = accounts[accounts.indexOf(at) + 1];
        return {
          rows: lines.map((line) => ({ accountId: at, ...line })),
          next: next === null ? (following ?? null) : `${at}~${next}`,
        };
      },
    }),
    // What of it is money that somebody is owed is known to those who opened the accounts.
    judgeErasure: async () => ({ obstacles: [], stays: [] }),
    erasePersonalData: async () => ({}),
  };
}
