import type { Conformance } from '../../../test/conformance/of-modules.ts';

const conformance: Conformance = {
  lists: { '/v1/audit/records?limit=200': 'service', '/v1/audit/day-roots': 'service', '/v1/audit/export': 'service' },
  // Made of many records at a time, by a job.
  restless: ['day_chunks', 'day_roots', 'anchors'],
};
export default conformance;
