import type { CallContext } from '#platform/context.ts';
import type { Face } from '#platform/face/contract.ts';
import type { ModuleInstance, PlatformDeps } from '#platform/module.ts';
import { createAccess } from './access.ts';
import { type ClientOf, createClients } from './clients.ts';
import { createCompanies } from './companies.ts';
import { type AccountsContract, accountsContract } from './contract.ts';
import { givenBackSubscription, peopleSubscription } from './handlers.ts';
import { createHolder, type PersonOf } from './holder.ts';
import { accountsRoutes } from './http.ts';
import { createInvitations, type EmailOf } from './invitations.ts';
import { createMembers } from './members.ts';
import { createAccountOpening } from './open-account.ts';
import { createPersonalData } from './personal-data.ts';
import { showActingOn } from './present.ts';
import { spendingsJob } from './spendings-job.ts';
import { findActingOn } from './store/memberships.ts';
import { welcome } from './welcome.ts';

export { type Accounts, type AccountsContract, type ActingOn, accountsContract, type Holder } from './contract.ts';
export type { Action, Role } from './domain/roles.ts';

type Person = Awaited<ReturnType<PersonOf>> & { email: Awaited<ReturnType<EmailOf>> };
type PeopleFace = {
  getPerson: (ctx: CallContext, input: { subjectId: string }) => Promise<Person>;
  findClient: (ctx: CallContext, input: { clientId: string }) => Promise<{ client: Awaited<ReturnType<ClientOf>> }>;
};

/** Parties, their accounts, and who may do what with an account. */
export function createAccounts(deps: PlatformDeps & { identity: PeopleFace }): ModuleInstance<AccountsContract> {
  const { db, vault, identity } = deps;
  const access = createAccess(deps);
  const members = createMembers(deps, access);
  const invitations = createInvitations(deps, access, async (ctx, subjectId) => (await identity.getPerson(ctx, { subjectId })).email);
  const listOf = ({ tenantId }: CallContext, subjectId: string) =>
    db.tx({ module: 'accounts', tenants: [tenantId], single: true }, (tx) => findActingOn(tx, tenantId, subjectId));
  const impl: Face<AccountsContract> = {
    async listActingOn(ctx, { subjectId }) {
      let found = await listOf(ctx, subjectId);
      // Who has just registered has their own account, also before the event of it has come.
      if (ctx.actor.id === subjectId && !found.some(({ accountId }) => accountId === subjectId)) {
        await db.tx({ module: 'accounts', tenants: [ctx.tenantId] }, (tx) => welcome(tx, deps, ctx.tenantId, [subjectId]));
        found = await listOf(ctx, subjectId);
      }
      return { accounts: await Promise.all(found.map((one) => showActingOn(vault, one))) };
    },
    authorize: access.authorize,
    async giveBack(ctx, input) {
      await access.giveBack(ctx, input);
      return {};
    },
    getHolder: createHolder(deps, (ctx, subjectId) => identity.getPerson(ctx, { subjectId })),
    openAccount: createAccountOpening(deps),
    admitClient: createClients(deps, access, async (ctx, clientId) => (await identity.findClient(ctx, { clientId })).client).admitClient,
    registerCompany: createCompanies(deps).registerCompany,
    ...createPersonalData(deps),
    listMembers: members.listMembers,
    setMember: members.setMember,
    async endMember(ctx, input) {
      await members.endMember(ctx, input);
      return {};
    },
    invite: invitations.invite,
    listInvitations: invitations.listInvitations,
    async withdrawInvitation(ctx, input) {
      await invitations.withdrawInvitation(ctx, input);
      return {};
    },
    readInvitation: invitations.readInvitation,
    acceptInvitation: invitations.acceptInvitation,
  };
  return {
    name: 'accounts',
    face: { contract: accountsContract, impl },
    routes: (app) => accountsRoutes(app, impl),
    subscriptions: [peopleSubscription(deps), givenBackSubscription],
    jobs: [spendingsJob(deps.clock)],
  };
}
