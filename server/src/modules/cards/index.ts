import type { CallContext } from '#platform/context.ts';
import type { ModuleInstance } from '#platform/module.ts';
import { type Cards, cardsContract } from './contract.ts';
import { createContracts } from './contracts.ts';
import { type CardsDeps, MODULE } from './deps.ts';
import { createLots } from './lots.ts';
import { createPosting } from './posting.ts';
import { createReceivables } from './receivables.ts';

export type { AgendaUnit, Cards, CardsContract, Lot, NewLot, NewSale, Receivable } from './contract.ts';

type Work<I, O> = (ctx: CallContext, input: I) => Promise<O>;

/** What is to come by card. See README.md. */
export function createCards(deps: CardsDeps): ModuleInstance<typeof cardsContract> {
  const posting = createPosting(deps);
  const contracts = createContracts(deps);
  const receivables = createReceivables(deps);
  const lots = createLots(deps);
  /** Asks, does it, and carries what it did to the books. */
  const asks =
    <I extends { accountId: string }, O>(action: 'see' | 'books' | 'account:manage', work: Work<I, O>): Work<I, O> =>
    async (ctx, input) => {
      await deps.accounts.authorize(ctx, { accountId: input.accountId, action });
      const done = await work(ctx, input);
      if (action === 'books') await posting.carry(ctx, input.accountId);
      return done;
    };
  const impl: Cards = {
    saveTerms: asks('account:manage', contracts.saveTerms),
    listTerms: asks('see', contracts.listTerms),
    recordSale: asks('books', receivables.recordSale),
    agenda: asks('see', receivables.agenda),
    listReceivables: asks('see', receivables.listReceivables),
    anticipate: asks('books', receivables.anticipate),
    answer: asks('books', receivables.answer),
    suggestLot: asks('see', lots.suggestLot),
    settleLot: asks('books', lots.settleLot),
  };
  return { name: MODULE, face: { contract: cardsContract, impl }, jobs: [posting.job] };
}
