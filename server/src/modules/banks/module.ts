import type { Accounts } from '#accounts';
import type { Books } from '#books';
import { defineModule, need } from '#platform/manifest.ts';
import { banksContract } from './contract.ts';
import { refuseBanks } from './errors.ts';
import { events } from './events.ts';

export default defineModule({
  name: 'banks',
  floor: 6,
  about: 'statements of banks: what they say, what of it is new, and what agrees with the books',
  folder: import.meta.dirname,
  needs: { accounts: need<Accounts>(), books: need<Books>() },
  personalData: {
    parts: {
      files: { pt: 'Extratos que você trouxe', en: 'Statements you brought' },
      movements: { pt: 'O que seus bancos disseram', en: 'What your banks said' },
    },
  },
  contract: banksContract,
  events,
  errors: refuseBanks.specs,
  publicPaths: ['/v1/banks'],
  scopes: { 'banks:read': 'person', 'banks:write': 'person' },
  async screens({ face, faces, guard }) {
    return (await import('./bff.ts')).banksScreens({ face, books: faces.books, guard });
  },
  async create({ faces, installation, ...deps }) {
    const { createBanks } = await import('./index.ts');
    return createBanks({ ...deps, accounts: faces.accounts, books: faces.books, crashPoint: installation.crashPoint });
  },
});
