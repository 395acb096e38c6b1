import type { Conformance } from '../../../test/conformance/of-modules.ts';

const conformance: Conformance = {
  exempt: { 'POST /bff/v1/logout': 'exempt: a session ends once' },
  open: { 'GET /bff/login': 'begins a log-in', 'GET /bff/v1/session': 'says that nobody is there' },
  lists: { '/bff/v1/session': 'browser' },
  unlisted: { '/bff/login': 'sends the browser on', '/bff/v1/events': 'a stream, tested beside it' },
  // Sessions come and go with those who look.
  restless: ['sessions'],
};
export default conformance;
