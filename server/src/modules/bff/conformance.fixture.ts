import { cpfFrom, Person } from '../../../../scripts/lib/person.ts';
import { PERSON } from '../../../test/conformance/constants.ts';
import type { Conformance } from '../../../test/conformance/of-modules.ts';
import { PASSWORD } from '../../../test/support/whole-platform.ts';

const conformance: Conformance = {
  exempt: {
    'POST /bff/v1/logout': 'exempt: a session ends once',
    'POST /bff/v1/sessions/{id}/end': 'exempt: a session ends once',
    'POST /bff/v1/sessions/end-others': 'exempt: a session ends once',
  },
  /** The person is in by another browser, too. */
  async belongings({ platform, a }) {
    const elsewhere = new Person(platform.baseUrl);
    await elsewhere.logIn(cpfFrom(PERSON), PASSWORD);
    const { sessions } = (await a.browser('GET', '/bff/v1/sessions')).body as { sessions: { id: string; current: boolean }[] };
    return { session: sessions.find(({ current }) => !current)!.id };
  },
  paths: { 'POST /bff/v1/sessions/{id}/end': { by: 'browser', id: 'session' } },
  open: { 'GET /bff/login': 'begins a log-in', 'GET /bff/v1/session': 'says that nobody is there' },
  lists: { '/bff/v1/session': 'browser', '/bff/v1/sessions': 'browser' },
  unlisted: { '/bff/login': 'sends the browser on', '/bff/v1/events': 'a stream, tested beside it' },
  // Sessions come and go with those who look.
  restless: ['sessions'],
};
export default conformance;
