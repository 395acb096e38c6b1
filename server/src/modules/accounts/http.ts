import { Type } from 'typebox';
import type { Face } from '#platform/face/contract.ts';
import { type App, type Caller, callerOf, contextOf } from '#platform/http/app.ts';
import { Uuid } from '#platform/schemas.ts';
import {
  type AccountsContract,
  ActingOn,
  ActingOnAccounts,
  ClientId,
  Company,
  Invitation,
  Label,
  Limits,
  Member,
  Members,
  NewCompany,
  Offer,
  RoleName,
  Secret,
} from './contract.ts';
import { refuseAccounts } from './errors.ts';

const READ = { scopes: ['accounts:read'] } as const;
const WRITE = { scopes: ['accounts:write'] } as const;
const tags = ['accounts'];
const closed = { additionalProperties: false } as const;
const BODY_LIMIT = 4 * 1024;
const Nothing = Type.Object({});
const OnAccount = Type.Object({ accountId: Uuid });
const LIMITS = { perPaymentMinor: '50000', perDayMinor: '200000' };
const BySecret = Type.Object({ secret: Secret }, { ...closed, examples: [{ secret: 'v2JcC0kUq8eYwHn4m1tZr6xLpS9aQd7fBg3hIoEiMTk' }] });
/** A secret of 256 bits is not guessed; this keeps somebody from trying to. */
const SECRETS_A_MINUTE = 30;

/** Everything here is done by people, about accounts they act on. */
function subjectOf(caller: Caller): string {
  if (!caller.subjectId) throw refuseAccounts('ACCOUNTS_SUBJECT_REQUIRED');
  return caller.subjectId;
}
const asked = (request: Parameters<typeof callerOf>[0]) => ({ subjectId: subjectOf(callerOf(request)) });

/** Routes for people with a token. They validate and pass on: what they do is the face's. */
export function accountsRoutes(app: App, face: Face<AccountsContract>): void {
  accountRoutes(app, face);
  memberRoutes(app, face);
  clientRoutes(app, face);
  invitationRoutes(app, face);
}

function accountRoutes(app: App, face: Face<AccountsContract>): void {
  app.get(
    '/v1/memberships',
    {
      config: { auth: READ, account: 'none: the person’s own list' },
      schema: { tags, summary: 'As contas em que a pessoa atua', response: { 200: ActingOnAccounts } },
    },
    (request) => face.listActingOn(contextOf(request), asked(request)),
  );
  app.post(
    '/v1/memberships',
    {
      config: { auth: WRITE, account: 'none: it makes one', idempotency: 'required', ratePerPerson: 10 },
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Abre mais uma conta da própria pessoa',
        body: Type.Object({ label: Label }, { ...closed, examples: [{ label: 'Reserva' }] }),
        response: { 201: ActingOn },
      },
    },
    async (request, reply) => reply.status(201).send(await face.openAccount(contextOf(request), { ...asked(request), ...request.body })),
  );
  app.post(
    '/v1/companies',
    {
      config: { auth: WRITE, account: 'none: it makes one', idempotency: 'required', ratePerMinute: 60, ratePerPerson: 10 },
      bodyLimit: BODY_LIMIT,
      schema: { tags, summary: 'Cadastra uma empresa, da qual a pessoa fica titular', body: NewCompany, response: { 201: Company } },
    },
    async (request, reply) => {
      const { subjectId: ownerId } = asked(request);
      return reply.status(201).send(await face.registerCompany(contextOf(request), { ownerId, company: request.body }));
    },
  );
}

function memberRoutes(app: App, face: Face<AccountsContract>): void {
  const OneMember = Type.Object({ accountId: Uuid, memberId: Uuid });
  app.get(
    '/v1/memberships/of/:accountId/members',
    {
      config: { auth: READ, account: 'members:see' },
      schema: { tags, summary: 'Quem atua numa conta', params: OnAccount, response: { 200: Members } },
    },
    (request) => face.listMembers(contextOf(request), { ...asked(request), ...request.params }),
  );
  app.put(
    '/v1/memberships/of/:accountId/members/:memberId',
    {
      config: {
        auth: WRITE,
        account: 'members:manage',
        idempotency: 'exempt: it names the version that it changes, so that it changes it once',
      },
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Muda o papel e os limites de quem atua numa conta',
        params: OneMember,
        body: Type.Object(
          { role: RoleName, limits: Limits, version: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) },
          { ...closed, examples: [{ role: 'operator', limits: LIMITS, version: 1 }] },
        ),
        response: { 200: Member },
      },
    },
    (request) => face.setMember(contextOf(request), { ...asked(request), ...request.params, ...request.body }),
  );
  app.delete(
    '/v1/memberships/of/:accountId/members/:memberId',
    {
      config: {
        auth: WRITE,
        account: 'members:manage, or oneself',
        idempotency: 'exempt: who is no member any more cannot be taken off again',
      },
      schema: { tags, summary: 'Tira alguém de uma conta, ou sai dela', params: OneMember, response: { 200: Nothing } },
    },
    (request) => face.endMember(contextOf(request), { ...asked(request), ...request.params }),
  );
}

function clientRoutes(app: App, face: Face<AccountsContract>): void {
  app.put(
    '/v1/memberships/of/:accountId/clients/:clientId',
    {
      config: { auth: WRITE, account: 'account:manage', idempotency: 'exempt: repeated, it finds what it wants to be so' },
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Deixa um sistema (client_id) atuar na conta, num papel e até um limite',
        params: Type.Object({ accountId: Uuid, clientId: ClientId }),
        body: Type.Object({ role: RoleName, limits: Limits }, { ...closed, examples: [{ role: 'operator', limits: LIMITS }] }),
        response: { 200: Member },
      },
    },
    (request) => face.admitClient(contextOf(request), { ...asked(request), ...request.params, ...request.body }),
  );
}

function invitationRoutes(app: App, face: Face<AccountsContract>): void {
  const OneInvitation = Type.Object({ accountId: Uuid, invitationId: Uuid });
  app.post(
    '/v1/memberships/of/:accountId/invitations',
    {
      config: { auth: WRITE, account: 'members:manage', idempotency: 'required', ratePerPerson: 60 },
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Faz um convite, com o qual uma pessoa passa a atuar na conta',
        params: OnAccount,
        body: Type.Object(
          { role: RoleName, limits: Limits, email: Type.Optional(Type.String({ minLength: 3, maxLength: 254 })) },
          { ...closed, examples: [{ role: 'operator', limits: LIMITS, email: 'caixa@exemplo.com.br' }] },
        ),
        response: { 201: Type.Object({ invitation: Invitation, secret: Secret }) },
      },
    },
    async (request, reply) =>
      reply.status(201).send(await face.invite(contextOf(request), { ...asked(request), ...request.params, ...request.body })),
  );
  app.get(
    '/v1/memberships/of/:accountId/invitations',
    {
      config: { auth: READ, account: 'members:manage' },
      schema: {
        tags,
        summary: 'Convites que ainda valem',
        params: OnAccount,
        response: { 200: Type.Object({ invitations: Type.Array(Invitation) }) },
      },
    },
    (request) => face.listInvitations(contextOf(request), { ...asked(request), ...request.params }),
  );
  app.delete(
    '/v1/memberships/of/:accountId/invitations/:invitationId',
    {
      config: { auth: WRITE, account: 'members:manage', idempotency: 'exempt: what was withdrawn stays so' },
      schema: { tags, summary: 'Retira um convite', params: OneInvitation, response: { 200: Nothing } },
    },
    (request) => face.withdrawInvitation(contextOf(request), { ...asked(request), ...request.params }),
  );
  app.post(
    '/v1/invitations/read',
    {
      config: {
        auth: READ,
        account: 'none: the invitation says which',
        idempotency: 'exempt: reading an invitation changes nothing',
        ratePerPerson: SECRETS_A_MINUTE,
      },
      bodyLimit: BODY_LIMIT,
      schema: { tags, summary: 'O que um convite oferece', body: BySecret, response: { 200: Offer } },
    },
    (request) => face.readInvitation(contextOf(request), { ...asked(request), ...request.body }),
  );
  app.post(
    '/v1/invitations/accept',
    {
      config: {
        auth: WRITE,
        account: 'none: the invitation says which',
        idempotency: 'exempt: an invitation is accepted once; the same person gets the same answer',
        ratePerPerson: SECRETS_A_MINUTE,
      },
      bodyLimit: BODY_LIMIT,
      schema: { tags, summary: 'Aceita um convite', body: BySecret, response: { 200: ActingOn } },
    },
    (request) => face.acceptInvitation(contextOf(request), { ...asked(request), ...request.body }),
  );
}
