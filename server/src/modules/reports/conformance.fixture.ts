import { until } from '../../../../scripts/lib/person.ts';
import type { Conformance } from '../../../test/conformance/of-modules.ts';

type Mine = { accounts: { accountId: string }[] };
const SUPPOSED = { days: 60, extra: [{ label: 'Forno novo', direction: 'out', amountMinor: '890000', dueOn: '2099-12-20' }] };
const RANGE = '?from=2026-01&to=2026-03&compare=year-before';

const conformance: Conformance = {
  requests({ cast, person, browser, must }) {
    const mine = async (): Promise<string> => {
      const ask = async () => (await must(200, 'GET', '/v1/memberships', { token: cast.personToken })) as Mine;
      return (await until('an own account', ask, ({ accounts }) => accounts.length > 0)).accounts[0]!.accountId;
    };
    return {
      'POST /v1/reports/of/{accountId}/forecast': async (operation) => person(operation, SUPPOSED, 200, { accountId: await mine() }),
      'POST /bff/v1/reports/forecast': async (operation) => browser(operation, SUPPOSED, 200),
    };
  },
  exempt: {
    'POST /v1/reports/of/{accountId}/forecast': 'exempt: a supposition changes nothing',
    'POST /bff/v1/reports/forecast': 'exempt: a supposition changes nothing',
  },
  paths: {
    'GET /v1/reports/of/{accountId}/dre': { by: 'person', id: 'shop', query: RANGE },
    'GET /v1/reports/of/{accountId}/cash-flow': { by: 'person', id: 'shop', query: RANGE },
    'GET /v1/reports/of/{accountId}/cash-flow/entries': { by: 'person', id: 'shop' },
    'GET /v1/reports/of/{accountId}/month': { by: 'person', id: 'shop', query: '?month=2026-02' },
    'GET /v1/reports/of/{accountId}/forecast': { by: 'person', id: 'shop', query: '?days=60' },
    'POST /v1/reports/of/{accountId}/forecast': { by: 'person', id: 'shop', body: SUPPOSED },
  },
  unlisted: {
    '/bff/v1/reports/dre': 'sums of the account of the session',
    '/bff/v1/reports/cash-flow': 'sums of the account of the session',
    '/bff/v1/reports/cash-flow/entries':
      'of the account of the session; the account of another tenant is asked for by the route with an id',
    '/bff/v1/reports/month': 'sums of the account of the session',
    '/bff/v1/reports/forecast': 'sums of the account of the session',
  },
};
export default conformance;
