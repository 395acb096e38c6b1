import type { Accounts } from '#accounts';
import type { Books } from '#books';
import type { Identity } from '#identity';
import { defineModule, need } from '#platform/manifest.ts';
import { drawersContract } from './contract.ts';
import { refuseDrawers } from './errors.ts';
import { events } from './events.ts';

export default defineModule({
  name: 'drawers',
  floor: 6,
  about: 'drawers of shops: sessions, what moved, what was counted, and differences for ever',
  folder: import.meta.dirname,
  needs: { accounts: need<Accounts>(), books: need<Books>(), identity: need<Identity>() },
  contract: drawersContract,
  events,
  personalData: { parts: { movements: { pt: 'Movimentos dos seus caixas', en: 'Movements of your drawers' } } },
  errors: refuseDrawers.specs,
  publicPaths: ['/v1/drawers'],
  scopes: { 'drawers:read': 'person', 'drawers:write': 'person' },
  async create({ faces, ...deps }) {
    const { createDrawers } = await import('./index.ts');
    return createDrawers({ ...deps, accounts: faces.accounts, books: faces.books });
  },
  pages: [{ name: 'caixa', order: 220, scopes: ['drawers:read'] }],
  async screens({ face, faces, guard }) {
    const { drawerScreens } = await import('./bff.ts');
    return drawerScreens({ face, books: faces.books, people: faces.identity, guard });
  },
});
