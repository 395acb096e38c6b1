import type { Identity } from '#identity';
import { defineModule, need } from '#platform/manifest.ts';
import { accountsContract } from './contract.ts';
import { refuseAccounts } from './errors.ts';
import { events } from './events.ts';

export default defineModule({
  name: 'accounts',
  floor: 2,
  about: 'parties, their accounts, and who may do what with an account',
  folder: import.meta.dirname,
  needs: { identity: need<Identity>() },
  contract: accountsContract,
  events,
  personalData: {
    parts: { accounts: { pt: 'Contas', en: 'Accounts' }, memberships: { pt: 'Onde você atua', en: 'Where you act' } },
  },
  errors: refuseAccounts.specs,
  publicPaths: ['/v1/memberships', '/v1/companies', '/v1/invitations'],
  scopes: { 'accounts:read': 'person', 'accounts:write': 'person' },
  pages: [
    { name: 'equipe', order: 70, scopes: ['accounts:read'] },
    { name: 'contas', order: 80, scopes: ['accounts:read'] },
    { name: 'convite', order: 90, scopes: ['accounts:read', 'accounts:write'] },
  ],
  async screens({ face, faces, guard }) {
    return (await import('./bff.ts')).accountScreens({ face, people: faces.identity, guard });
  },
  async create({ faces, ...deps }) {
    const { createAccounts } = await import('./index.ts');
    return createAccounts({ ...deps, identity: faces.identity });
  },
});
