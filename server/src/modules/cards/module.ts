import type { Accounts } from '#accounts';
import type { Books } from '#books';
import { defineModule, need } from '#platform/manifest.ts';
import { cardsContract } from './contract.ts';
import { refuseCards } from './errors.ts';
import { events } from './events.ts';

export default defineModule({
  name: 'cards',
  floor: 6,
  about: 'what is to come by card: contracts, receivables, anticipation, lots',
  folder: import.meta.dirname,
  needs: { accounts: need<Accounts>(), books: need<Books>() },
  contract: cardsContract,
  events,
  personalData: {
    none: 'sales, receivables and deposits of a shop by account, amount and date; their entries are given out and forgotten by the books',
  },
  errors: refuseCards.specs,
  async create({ faces, ...deps }) {
    const { createCards } = await import('./index.ts');
    return createCards({ ...deps, accounts: faces.accounts, books: faces.books });
  },
});
