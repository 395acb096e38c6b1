import { cpfFrom, Person } from '../../../../scripts/lib/person.ts';
import { PERSON } from '../../../test/conformance/constants.ts';
import type { Request } from '../../../test/conformance/good-requests.ts';
import type { Conformance } from '../../../test/conformance/of-modules.ts';
import { type Operation, pathOf } from '../../../test/conformance/operations.ts';
import { openLogIn, ownHeaders, PASSWORD } from '../../../test/support/whole-platform.ts';

const conformance: Conformance = {
  requests({ platform, service, nextNumber }) {
    const newPerson = () => {
      const number = nextNumber();
      return { name: 'Nova Pessoa', cpf: cpfFrom(number), email: `nova.${number}@exemplo.com.br`, password: 'uma-senha-comprida' };
    };
    /** A log-in page, as one browser sees it. */
    const logIn = async (operation: Operation, body: Record<string, unknown>, status: number): Promise<Request> => {
      const browser = new Person(platform.baseUrl);
      const target = pathOf(operation, { uid: await openLogIn(browser) });
      return { target, headers: ownHeaders(browser), body, status };
    };
    return {
      'POST /entrar/{uid}/login': (operation) => logIn(operation, { login: cpfFrom(PERSON), password: PASSWORD }, 200),
      'POST /entrar/{uid}/sign-up': (operation) => logIn(operation, newPerson(), 201),
      'POST /v1/people': async (operation) => service(operation, newPerson(), 201),
    };
  },
  otherwise: { 'POST /entrar/{uid}/sign-up': { name: 'Outra Pessoa' }, 'POST /v1/people': { name: 'Outra Pessoa' } },
  exempt: { 'POST /entrar/{uid}/login': 'exempt: proving a password again changes nothing but the record of it' },
  open: {
    'POST /entrar/{uid}/login': 'the log-in itself; wants the cookie of a log-in under way, and our own page',
    'POST /entrar/{uid}/sign-up': 'as above',
  },
  lists: { '/v1/people/me': 'person' },
  restless: ['login_attempts', 'sign_ins', 'oidc_payloads', 'signing_keys', 'clients'],
};
export default conformance;
