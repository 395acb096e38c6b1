import { Type } from 'typebox';
import type { Identity } from '#identity';
import type { Face } from '#platform/face/contract.ts';
import type { App } from '#platform/http/app.ts';
import { Uuid } from '#platform/schemas.ts';
import type { LiveSource, Screens, SessionGuard, Visit } from '#platform/screens.ts';
import {
  type AccountsContract,
  ActingOn,
  ActingOnAccounts,
  Company,
  Invitation,
  Label,
  Limits,
  Member,
  NewCompany,
  Offer,
  RoleName,
  Secret,
} from './contract.ts';
import { refuseAccounts } from './errors.ts';
import { MEMBER_LEFT, MEMBER_SET, type MemberLeft } from './events.ts';

type People = Pick<Identity, 'getPerson' | 'getPayer'>;
type Parts = { face: Face<AccountsContract>; people: People; guard: SessionGuard };

const session = { auth: 'session' } as const;
const tags = ['bff'];
const BODY_LIMIT = 4 * 1024;
const closed = { additionalProperties: false } as const;
const Nothing = Type.Object({});
const LIMITS = { perPaymentMinor: '50000', perDayMinor: '200000' };
const BySecret = Type.Object({ secret: Secret }, { ...closed, examples: [{ secret: 'v2JcC0kUq8eYwHn4m1tZr6xLpS9aQd7fBg3hIoEiMTk' }] });
/** A secret of 256 bits is not guessed; this keeps somebody from trying to. */
const SECRETS_A_MINUTE = 30;
const OneMember = Type.Object({ memberId: Uuid });
/** As colleagues see each other. */
const Colleague = Type.Object({
  ...Member.properties,
  name: Type.String({ description: 'Vazio quando os dados da pessoa foram apagados' }),
  /** It is the person of the session. */
  self: Type.Boolean(),
});

/** What people see of their accounts and of who acts on them. The account is the one that the request names. */
export function accountScreens({ face, people, guard }: Parts): Screens {
  return {
    routes(app) {
      accountRoutes(app, face, guard);
      teamRoutes(app, { face, people, guard });
      invitationRoutes(app, { face, people, guard });
      joiningRoutes(app, face, guard);
    },
    live,
  };
}

/** Whose memberships change is told on all of their screens; screens of an account that they left end. */
const live: LiveSource = {
  about: 'person',
  types: [MEMBER_SET, MEMBER_LEFT],
  show: ({ data, type }) => ({
    event: 'membership',
    data: { accountId: (data as MemberLeft).accountId, left: type === MEMBER_LEFT },
  }),
  leaves: ({ data, type }) => (type === MEMBER_LEFT ? (data as MemberLeft) : null),
};

function accountRoutes(app: App, face: Face<AccountsContract>, guard: SessionGuard): void {
  app.get(
    '/bff/v1/accounts',
    {
      config: { ...session, account: 'none: the person’s own list' },
      onRequest: guard.require('accounts:read'),
      schema: { tags, summary: 'As contas em que a pessoa atua', response: { 200: ActingOnAccounts } },
    },
    async (request) => {
      const { ctx, subjectId } = guard.visitOf(request);
      return face.listActingOn(ctx, { subjectId });
    },
  );
  app.post(
    '/bff/v1/accounts',
    {
      config: { ...session, account: 'none: it makes one', idempotency: 'required', ratePerPerson: 10 },
      bodyLimit: BODY_LIMIT,
      onRequest: guard.require('accounts:write'),
      schema: {
        tags,
        summary: 'Abre mais uma conta da própria pessoa',
        body: Type.Object({ label: Label }, { ...closed, examples: [{ label: 'Reserva' }] }),
        response: { 201: ActingOn },
      },
    },
    async (request, reply) => {
      const { ctx, subjectId } = guard.visitOf(request);
      return reply.status(201).send(await face.openAccount(ctx, { subjectId, ...request.body }));
    },
  );
  app.post(
    '/bff/v1/companies',
    {
      config: { ...session, account: 'none: it makes one', idempotency: 'required', ratePerPerson: 10 },
      bodyLimit: BODY_LIMIT,
      onRequest: guard.require('accounts:write'),
      schema: { tags, summary: 'Cadastra uma empresa e abre a conta dela', body: NewCompany, response: { 201: Company } },
    },
    async (request, reply) => {
      const { ctx, subjectId } = guard.visitOf(request);
      return reply.status(201).send(await face.registerCompany(ctx, { ownerId: subjectId, company: request.body }));
    },
  );
}

/**
 * What others are given outlasts the log-in that gave it: a stolen password alone must not give it. `refused` may say before that there is no such thing.
 *
 * @throws ACCOUNTS_NEW_DEVICE
 */
async function inKnownDevice(people: People, visit: Visit, refused?: (visit: Visit) => Promise<void>): Promise<Visit> {
  const { deviceKnown } = await people.getPayer(visit.ctx, { subjectId: visit.subjectId, grantId: visit.proof.grantId });
  if (deviceKnown) return visit;
  await refused?.(visit);
  throw refuseAccounts('ACCOUNTS_NEW_DEVICE');
}

function teamRoutes(app: App, { face, people, guard }: Parts): void {
  app.get(
    '/bff/v1/team',
    {
      config: { ...session, account: 'members:see' },
      onRequest: guard.require('accounts:read'),
      schema: {
        tags,
        summary: 'Quem atua na conta',
        response: { 200: Type.Object({ members: Type.Array(Colleague), invitations: Type.Array(Invitation) }) },
      },
    },
    async (request) => {
      const { ctx, accountId, subjectId } = guard.visitOf(request);
      const { members } = await face.listMembers(ctx, { accountId, subjectId });
      const nameOf = async ({ subjectId: id, clientId }: Member) => clientId ?? (await people.getPerson(ctx, { subjectId: id })).name;
      const named = members.map(async (one) => ({ ...one, name: await nameOf(one), self: one.subjectId === subjectId }));
      const manages = members.some((one) => one.subjectId === subjectId && one.role === 'owner');
      const { invitations } = manages ? await face.listInvitations(ctx, { accountId, subjectId }) : { invitations: [] };
      return { members: await Promise.all(named), invitations };
    },
  );
  app.put(
    '/bff/v1/team/members/:memberId',
    {
      config: {
        ...session,
        account: 'members:manage',
        idempotency: 'exempt: it names the version that it changes, so that it changes it once',
      },
      bodyLimit: BODY_LIMIT,
      onRequest: guard.require('accounts:write'),
      schema: {
        tags,
        summary: 'Muda o papel e os limites de quem atua na conta',
        params: OneMember,
        body: Type.Object(
          { role: RoleName, limits: Limits, version: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) },
          { ...closed, examples: [{ role: 'operator', limits: LIMITS, version: 1 }] },
        ),
        response: { 200: Member },
      },
    },
    async (request) => {
      const { ctx, accountId, subjectId } = await inKnownDevice(people, guard.visitOf(request), async (visit) => {
        const { members } = await face.listMembers(visit.ctx, { accountId: visit.accountId, subjectId: visit.subjectId });
        if (!members.some((one) => one.subjectId === request.params.memberId)) throw refuseAccounts('ACCOUNTS_MEMBER_NOT_FOUND');
      });
      return face.setMember(ctx, { accountId, subjectId, ...request.params, ...request.body });
    },
  );
  app.delete(
    '/bff/v1/team/members/:memberId',
    {
      config: {
        ...session,
        account: 'members:manage, or oneself',
        idempotency: 'exempt: who is no member any more cannot be taken off again',
      },
      onRequest: guard.require('accounts:write'),
      schema: { tags, summary: 'Tira alguém da conta, ou sai dela', params: OneMember, response: { 200: Nothing } },
    },
    async (request) => {
      const { ctx, accountId, subjectId } = guard.visitOf(request);
      return face.endMember(ctx, { accountId, subjectId, ...request.params });
    },
  );
}

function invitationRoutes(app: App, { face, people, guard }: Parts): void {
  app.get(
    '/bff/v1/team/invitations',
    {
      config: { ...session, account: 'members:manage' },
      onRequest: guard.require('accounts:read'),
      schema: { tags, summary: 'Convites que ainda valem', response: { 200: Type.Object({ invitations: Type.Array(Invitation) }) } },
    },
    async (request) => {
      const { ctx, accountId, subjectId } = guard.visitOf(request);
      return face.listInvitations(ctx, { accountId, subjectId });
    },
  );
  app.post(
    '/bff/v1/team/invitations',
    {
      config: { ...session, account: 'members:manage', idempotency: 'required', ratePerPerson: 60 },
      bodyLimit: BODY_LIMIT,
      onRequest: guard.require('accounts:write'),
      schema: {
        tags,
        summary: 'Faz um convite, com o qual uma pessoa passa a atuar na conta',
        body: Type.Object(
          { role: RoleName, limits: Limits, email: Type.Optional(Type.String({ minLength: 3, maxLength: 254 })) },
          { ...closed, examples: [{ role: 'operator', limits: LIMITS, email: 'caixa@exemplo.com.br' }] },
        ),
        response: { 201: Type.Object({ invitation: Invitation, secret: Secret }) },
      },
    },
    async (request, reply) => {
      const { ctx, accountId, subjectId } = await inKnownDevice(people, guard.visitOf(request));
      return reply.status(201).send(await face.invite(ctx, { accountId, subjectId, ...request.body }));
    },
  );
  app.delete(
    '/bff/v1/team/invitations/:invitationId',
    {
      config: { ...session, account: 'members:manage', idempotency: 'exempt: what was withdrawn stays so' },
      onRequest: guard.require('accounts:write'),
      schema: { tags, summary: 'Retira um convite', params: Type.Object({ invitationId: Uuid }), response: { 200: Nothing } },
    },
    async (request) => {
      const { ctx, accountId, subjectId } = guard.visitOf(request);
      return face.withdrawInvitation(ctx, { accountId, subjectId, ...request.params });
    },
  );
}

/** With a link, and so about an account on which the person does not act yet. */
function joiningRoutes(app: App, face: Face<AccountsContract>, guard: SessionGuard): void {
  const account = 'none: the invitation says which';
  app.post(
    '/bff/v1/invitations/read',
    {
      config: { ...session, account, idempotency: 'exempt: reading an invitation changes nothing', ratePerPerson: SECRETS_A_MINUTE },
      bodyLimit: BODY_LIMIT,
      onRequest: guard.require('accounts:read'),
      schema: { tags, summary: 'O que um convite oferece', body: BySecret, response: { 200: Offer } },
    },
    async (request) => {
      const { ctx, subjectId } = guard.visitOf(request);
      return face.readInvitation(ctx, { subjectId, ...request.body });
    },
  );
  app.post(
    '/bff/v1/invitations/accept',
    {
      config: {
        ...session,
        account,
        idempotency: 'exempt: an invitation is accepted once; the same person gets the same answer',
        ratePerPerson: SECRETS_A_MINUTE,
      },
      bodyLimit: BODY_LIMIT,
      onRequest: guard.require('accounts:write'),
      schema: { tags, summary: 'Aceita um convite', body: BySecret, response: { 200: ActingOn } },
    },
    async (request) => {
      const { ctx, subjectId } = guard.visitOf(request);
      return face.acceptInvitation(ctx, { subjectId, ...request.body });
    },
  );
}
