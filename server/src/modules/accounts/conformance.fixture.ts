import { until } from '../../../../scripts/lib/person.ts';
import type { Conformance } from '../../../test/conformance/of-modules.ts';
import { ownHeaders } from '../../../test/support/whole-platform.ts';
import { cnpjFrom } from './cnpj.fixture.ts';

const NO_LIMITS = { perPaymentMinor: null, perDayMinor: null };
const GRANT = { role: 'viewer', limits: NO_LIMITS };
/** The demonstration's client, as identity seeds it. */
const CLIENT = 'demo';
type Mine = { accounts: { accountId: string; partyId: string; kind: string }[] };
/** The account that a person has from the sign-up on: the first that is listed. */
const ownOf = ({ accounts }: Mine): string | undefined => accounts[0]?.accountId;

const conformance: Conformance = {
  requests({ platform, cast, person, browser, must, nextNumber }) {
    const mine = async (token: string): Promise<string> => {
      const ask = async () => (await must(200, 'GET', '/v1/memberships', { token })) as Mine;
      return ownOf(await until('an own account', ask, (found) => ownOf(found) !== undefined))!;
    };
    const somebody = async () => {
      const number = nextNumber();
      await platform.register(number);
      return platform.personToken(number);
    };
    const invited = async (token: string): Promise<string> => {
      const headers = { 'idempotency-key': `conformance-${nextNumber()}` };
      const target = `/v1/memberships/of/${await mine(token)}/invitations`;
      return String((await must(201, 'POST', target, { token, headers, body: GRANT })).secret);
    };
    /** Somebody who has just joined the person's account. */
    const joined = async () => {
      const token = await somebody();
      await must(200, 'POST', '/v1/invitations/accept', { token, body: { secret: await invited(cast.personToken) } });
      return mine(token);
    };
    return {
      'POST /v1/memberships': async (operation) => {
        const request = await person(operation, { label: `Reserva ${nextNumber()}` }, 201);
        // Of somebody of their own: nobody has more than a few accounts.
        return { ...request, token: await somebody() };
      },
      'PUT /v1/memberships/of/{accountId}/clients/{clientId}': async (operation) =>
        person(operation, GRANT, 200, { accountId: await mine(cast.personToken), clientId: CLIENT }),
      'POST /v1/companies': async (operation) =>
        person(operation, { cnpj: cnpjFrom(nextNumber()), legalName: 'Padaria Conforme Ltda', tradeName: 'Conforme' }, 201),
      'PUT /v1/memberships/of/{accountId}/members/{memberId}': async (operation) =>
        person(operation, { ...GRANT, version: 1 }, 200, { accountId: await mine(cast.personToken), memberId: await joined() }),
      'POST /v1/memberships/of/{accountId}/invitations': async (operation) =>
        person(operation, { ...GRANT, email: 'convidada@exemplo.com.br' }, 201, { accountId: await mine(cast.personToken) }),
      'POST /bff/v1/accounts': async (operation) => {
        const newcomer = await platform.signUp(nextNumber());
        return { ...browser(operation, { label: `Reserva ${nextNumber()}` }, 201), headers: ownHeaders(newcomer) };
      },
      'POST /bff/v1/companies': async (operation) =>
        browser(operation, { cnpj: cnpjFrom(nextNumber()), legalName: 'Mercado Conforme Ltda', tradeName: 'Mercado' }, 201),
      'PUT /bff/v1/team/members/{memberId}': async (operation) =>
        browser(operation, { ...GRANT, version: 1 }, 200, { memberId: await joined() }),
      'POST /bff/v1/team/invitations': async (operation) => browser(operation, { ...GRANT, email: 'convidada@exemplo.com.br' }, 201),
      'POST /bff/v1/invitations/read': async (operation) => browser(operation, { secret: await invited(await somebody()) }, 200),
      'POST /bff/v1/invitations/accept': async (operation) => browser(operation, { secret: await invited(await somebody()) }, 200),
      'POST /v1/invitations/read': async (operation) => person(operation, { secret: await invited(await somebody()) }, 200),
      'POST /v1/invitations/accept': async (operation) => person(operation, { secret: await invited(await somebody()) }, 200),
    };
  },
  otherwise: {
    'POST /v1/memberships': { label: 'Outra' },
    'POST /v1/companies': { legalName: 'Outra Padaria Ltda' },
    'POST /bff/v1/accounts': { label: 'Outra' },
    'POST /bff/v1/companies': { legalName: 'Outro Mercado Ltda' },
    'POST /bff/v1/team/invitations': { role: 'accountant' },
    'POST /v1/memberships/of/{accountId}/invitations': { role: 'accountant' },
  },
  exempt: {
    'PUT /v1/memberships/of/{accountId}/members/{memberId}': 'exempt: it names the version that it changes, so that it changes it once',
    'PUT /v1/memberships/of/{accountId}/clients/{clientId}': 'exempt: repeated, it finds what it wants to be so',
    'DELETE /v1/memberships/of/{accountId}/members/{memberId}': 'exempt: who is no member any more cannot be taken off again',
    'DELETE /v1/memberships/of/{accountId}/invitations/{invitationId}': 'exempt: what was withdrawn stays so',
    'PUT /bff/v1/team/members/{memberId}': 'exempt: it names the version that it changes, so that it changes it once',
    'DELETE /bff/v1/team/members/{memberId}': 'exempt: who is no member any more cannot be taken off again',
    'DELETE /bff/v1/team/invitations/{invitationId}': 'exempt: what was withdrawn stays so',
    'POST /bff/v1/invitations/read': 'exempt: reading an invitation changes nothing',
    'POST /bff/v1/invitations/accept': 'exempt: an invitation is accepted once; the same person gets the same answer',
    'POST /v1/invitations/read': 'exempt: reading an invitation changes nothing',
    'POST /v1/invitations/accept': 'exempt: an invitation is accepted once; the same person gets the same answer',
  },
  /** A company with a second member and a link; and the same on the person's own account, which is the one of their browser. */
  async belongings({ platform, a }) {
    const made = async (method: string, path: string, status: number, body?: unknown): Promise<Record<string, string>> => {
      const answer = await a.person(method, path, body);
      if (answer.status !== status) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
      return answer.body as Record<string, string>;
    };
    const { accountId } = await made('POST', '/v1/companies', 201, { cnpj: cnpjFrom(1), legalName: 'Padaria da Ana Ltda' });
    const invite = () => made('POST', `/v1/memberships/of/${accountId}/invitations`, 201, GRANT);
    const { secret } = await invite();
    await platform.register(PARTNER);
    const token = await platform.personToken(PARTNER);
    const joined = await platform.send('POST', '/v1/invitations/accept', { token, body: { secret } });
    if (joined.status !== 200) throw new Error(`the partner did not join: ${joined.text}`);
    const { accounts } = (await made('GET', '/v1/memberships', 200)) as unknown as Mine;
    const own = `/v1/memberships/of/${ownOf({ accounts })}/invitations`;
    const ownLink = await made('POST', own, 201, GRANT);
    const joinedOwn = await platform.send('POST', '/v1/invitations/accept', { token, body: { secret: ownLink.secret } });
    if (joinedOwn.status !== 200) throw new Error(`the partner did not join: ${joinedOwn.text}`);
    const { invitation: ownInvitation } = (await made('POST', own, 201, GRANT)) as unknown as { invitation: { id: string } };
    const { members } = (await made('GET', `/v1/memberships/of/${accountId}/members`, 200)) as unknown as {
      members: { subjectId: string; role: string }[];
    };
    const { invitation } = (await invite()) as unknown as { invitation: { id: string } };
    return {
      shop: accountId!,
      partner: members.find(({ role }) => role === 'viewer')!.subjectId,
      invitation: invitation.id,
      ownInvitation: ownInvitation.id,
      client: CLIENT,
    };
  },
  paths: {
    'PUT /bff/v1/team/members/{memberId}': { by: 'browser', id: 'partner', body: { ...GRANT, version: 1 } },
    'DELETE /bff/v1/team/members/{memberId}': { by: 'browser', id: 'partner' },
    'DELETE /bff/v1/team/invitations/{invitationId}': { by: 'browser', id: 'ownInvitation' },
    'GET /v1/memberships/of/{accountId}/members': { by: 'person', id: 'shop' },
    'PUT /v1/memberships/of/{accountId}/members/{memberId}': {
      by: 'person',
      id: 'shop',
      also: { memberId: 'partner' },
      body: { ...GRANT, version: 1 },
    },
    'DELETE /v1/memberships/of/{accountId}/members/{memberId}': { by: 'person', id: 'shop', also: { memberId: 'partner' } },
    'PUT /v1/memberships/of/{accountId}/clients/{clientId}': { by: 'person', id: 'shop', also: { clientId: 'client' }, body: GRANT },
    'POST /v1/memberships/of/{accountId}/invitations': { by: 'person', id: 'shop', body: GRANT },
    'GET /v1/memberships/of/{accountId}/invitations': { by: 'person', id: 'shop' },
    'DELETE /v1/memberships/of/{accountId}/invitations/{invitationId}': { by: 'person', id: 'shop', also: { invitationId: 'invitation' } },
  },
  lists: { '/v1/memberships': 'person', '/bff/v1/accounts': 'browser', '/bff/v1/team': 'browser', '/bff/v1/team/invitations': 'browser' },
};
export default conformance;

/** The number of somebody whom no other test signs up. */
const PARTNER = 319_000_001;
