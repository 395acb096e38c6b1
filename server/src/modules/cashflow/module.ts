import { defineModule } from '#platform/manifest.ts';
import { cashflowContract } from './contract.ts';
import { refuseCashflow } from './errors.ts';

export default defineModule({
  name: 'cashflow',
  floor: 5,
  about: 'daily balances, projected from events',
  folder: import.meta.dirname,
  contract: cashflowContract,
  errors: refuseCashflow.specs,
  publicPaths: ['/v1/cashflow'],
  scopes: { 'cashflow:read': 'person' },
  async commands() {
    return (await import('./admin.ts')).commands;
  },
  async create(deps) {
    const { createCashflow } = await import('./index.ts');
    return createCashflow(deps);
  },
});
