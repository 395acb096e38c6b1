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
  errors: refuseCashflow.specs,
  publicPaths: ['/v1/cashflow'],
  scopes: { 'cashflow:read': 'person' },
  operators: { 'cashflow:read': ['finance', 'auditor'] },
  cards: [{ name: 'days', order: 20, scopes: ['cashflow:read'] }],
  async screens({ face, faces, clock }) {
    return (await import('./bff.ts')).cashflowScreens({ face, accounts: faces.payments, clock });
  },
  async commands() {
    return (await import('./admin.ts')).commands;
  },
  async create({ faces, ...deps }) {
    const { createCashflow } = await import('./index.ts');
    return createCashflow({ ...deps, accounts: faces.accounts });
  },
});
