import { defineModule, mayUse } from '#platform/manifest.ts';
import type { AccountsPort } from './bff.ts';
import { cashflowContract } from './contract.ts';
import { refuseCashflow } from './errors.ts';
import type { AccessPort } from './index.ts';

export default defineModule({
  name: 'cashflow',
  floor: 5,
  about: 'daily balances, projected from events',
  folder: import.meta.dirname,
  needs: { payments: mayUse<AccountsPort>(), accounts: mayUse<AccessPort>() },
  contract: cashflowContract,
  settings: {
    CASHFLOW_READ_STORE: {
      kind: 'text',
      doc: 'From where days are read: table (their own), documents (JSON in Postgres) or dynamodb://<region>/<table>[?endpoint=http://…]. The same in every process that has the module; a new store is filled by itself.',
      default: 'table',
    },
  },
  personalData: {
    none: 'daily sums of ledger accounts, told by id and amount alone, and made anew from the ledger, which gives out the movements',
  },
  errors: refuseCashflow.specs,
  publicPaths: ['/v1/cashflow'],
  scopes: { 'cashflow:read': 'person' },
  operators: { 'cashflow:read': ['finance', 'auditor'] },
  cards: [{ name: 'days', order: 20, scopes: ['cashflow:read'] }],
  async screens({ face, faces, clock, guard }) {
    return (await import('./bff.ts')).cashflowScreens({ face, accounts: faces.payments, clock, guard });
  },
  async commands() {
    return (await import('./admin.ts')).commands;
  },
  // A store would be opened.
  async describe(standIn) {
    const { cashflowRoutes } = await import('./http.ts');
    return (app) => cashflowRoutes(app, standIn as never);
  },
  async create({ faces, settings, queue, ...deps }) {
    const [{ createCashflow }, { openReadStore }] = await Promise.all([import('./index.ts'), import('./read-store/open.ts')]);
    const store = await openReadStore(settings.CASHFLOW_READ_STORE, deps.db);
    return createCashflow({ ...deps, accounts: faces.accounts, readStore: store && { store, queue } });
  },
});
