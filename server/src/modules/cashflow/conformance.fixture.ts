import type { Conformance } from '../../../test/conformance/of-modules.ts';

const today = new Date().toISOString().slice(0, 10);

const conformance: Conformance = {
  paths: {
    'GET /v1/cashflow/accounts/{accountId}/days': { by: 'service', id: 'account', query: `?from=${today}&to=${today}` },
    'GET /v1/cashflow/shops/{accountId}/days': { by: 'person', id: 'shop', query: `?from=${today}&to=${today}` },
  },
  unlisted: { '/bff/v1/cashflow/days': 'figures of days' },
};
export default conformance;
