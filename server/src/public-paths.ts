import type { ModuleName } from './migration-sources.ts';

/**
 * Which module answers which public path, so that the process on PORT can pass requests on to an owner that lives elsewhere.
 * `/entrar` is shared: its pages are the BFF's, its POSTs are identity's.
 */
export const PUBLIC_PATHS: Record<ModuleName, readonly string[]> = {
  ledger: ['/v1/ledger'],
  risk: ['/v1/risk'],
  identity: ['/oidc', '/v1/people', '/entrar'],
  payments: ['/v1/pix', '/v1/payments', '/v1/accounts', '/webhooks/pix'],
  cashflow: ['/v1/cashflow'],
  audit: ['/v1/audit'],
  bff: ['/bff'],
};
