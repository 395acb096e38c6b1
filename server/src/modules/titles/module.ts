import { defineModule, need } from '#platform/manifest.ts';
import { titlesContract } from './contract.ts';
import type { AccessPort, BooksPort } from './deps.ts';
import { refuseTitles } from './errors.ts';
import { events } from './events.ts';

export default defineModule({
  name: 'titles',
  floor: 6,
  about: 'what a shop has to pay and to receive: instalments, recurrence, settlements',
  folder: import.meta.dirname,
  needs: { accounts: need<AccessPort>(), books: need<BooksPort>() },
  contract: titlesContract,
  events,
  personalData: {
    parts: {
      titles: { pt: 'Contas a pagar e a receber das suas contas', en: 'What your accounts have to pay and to receive' },
      counterparties: { pt: 'Fornecedores e clientes das suas contas', en: 'Counterparties of your accounts' },
    },
  },
  errors: refuseTitles.specs,
  publicPaths: ['/v1/titles'],
  scopes: { 'titles:read': 'person', 'titles:write': 'person' },
  async screens({ face, guard }) {
    return (await import('./bff.ts')).titlesScreens({ face, guard });
  },
  async create({ faces, ...deps }) {
    const { createTitles } = await import('./index.ts');
    return createTitles({ ...deps, accounts: faces.accounts, books: faces.books });
  },
});
