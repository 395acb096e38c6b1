import type { Accounts } from '#accounts';
import type { Ledger } from '#ledger';
import { defineModule, need } from '#platform/manifest.ts';
import { booksContract } from './contract.ts';
import { refuseBooks } from './errors.ts';
import { events } from './events.ts';

export default defineModule({
  name: 'books',
  floor: 5,
  about: 'a shop’s entries, by place, category and date',
  folder: import.meta.dirname,
  needs: { ledger: need<Ledger>(), accounts: need<Accounts>() },
  contract: booksContract,
  events,
  personalData: { parts: { entries: { pt: 'Lançamentos dos seus livros', en: 'Entries of your books' } } },
  errors: refuseBooks.specs,
  publicPaths: ['/v1/books'],
  scopes: { 'books:read': 'person', 'books:write': 'person' },
  pages: [
    { name: 'hoje', order: 200, scopes: ['books:read'] },
    { name: 'lancar', order: 210, scopes: ['books:write'] },
    { name: 'lancamentos', order: 215, scopes: ['books:read'] },
    { name: 'fechamento', order: 230, scopes: ['books:read'] },
  ],
  async create({ faces, installation, ...deps }) {
    const { createBooks } = await import('./index.ts');
    return createBooks({ ...deps, ledger: faces.ledger, accounts: faces.accounts, crashPoint: installation.crashPoint });
  },
  async screens({ face, guard }) {
    const { booksScreens } = await import('./bff.ts');
    return booksScreens({ face, guard });
  },
});
