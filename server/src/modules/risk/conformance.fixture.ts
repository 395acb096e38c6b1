import type { Conformance } from '../../../test/conformance/of-modules.ts';

const conformance: Conformance = {
  // The decision is on a payment: payments, above, names it.
  paths: { 'GET /v1/risk/decisions/{id}': { by: 'service', id: 'decision' } },
};
export default conformance;
