import { defineModule } from '#platform/manifest.ts';
import { ledgerContract } from './contract.ts';
import { refuseLedger } from './errors.ts';
import { ledgerEvents } from './events.ts';

export default defineModule({
  name: 'ledger',
  floor: 1,
  about: 'accounts, transfers, holds, entries: the only truth about balances',
  folder: import.meta.dirname,
  contract: ledgerContract,
  events: ledgerEvents,
  personalData: { parts: { balances: { pt: 'Saldos', en: 'Balances' }, movements: { pt: 'Lançamentos', en: 'Movements' } } },
  errors: refuseLedger.specs,
  publicPaths: ['/v1/ledger'],
  scopes: { 'ledger:read': 'service', 'ledger:write': 'service', 'ledger:freeze': 'service' },
  operators: { 'ledger:read': ['analyst', 'approver', 'finance', 'auditor'] },
  async create({ installation, ...deps }) {
    const { createLedger } = await import('./index.ts');
    return createLedger({ ...deps, anchors: installation.anchors });
  },
});
