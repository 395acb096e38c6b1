import type { Conformance } from '../../../test/conformance/of-modules.ts';

const conformance: Conformance = {
  lists: { '/v1/audit/records?limit=200': 'service', '/v1/audit/day-roots': 'service', '/v1/audit/export': 'service' },
};
export default conformance;
