import type { Face } from '#platform/face/contract.ts';
import type { ModuleInstance, PlatformDeps } from '#platform/module.ts';
import { createAccess } from './access.ts';
import { createCompanies } from './companies.ts';
import { type AccountsContract, accountsContract } from './contract.ts';
import { peopleSubscription } from './handlers.ts';
import { accountsRoutes } from './http.ts';
import { createInvitations, type EmailOf } from './invitations.ts';
import { createMembers } from './members.ts';
import { showActingOn } from './present.ts';
import { findActingOn } from './store/memberships.ts';

export { type Accounts, type AccountsContract, type ActingOn, accountsContract } from './contract.ts';
export type { Action, Role } from './domain/roles.ts';

type PeopleFace = { getPerson: (ctx: Parameters<EmailOf>[0], input: { subjectId: string }) => Promise<{ email: string }> };

/** Parties, their accounts, and who may do what with an account. */
export function createAccounts(deps: PlatformDeps & { identity: PeopleFace }): ModuleInstance<AccountsContract> {
  const { db, vault, identity } = deps;
  const access = createAccess(deps);
  const members = createMembers(deps, access);
  const invitations = createInvitations(deps, access, async (ctx, subjectId) => (await identity.getPerson(ctx, { subjectId })).email);
  const impl: Face<AccountsContract> = {
    async listActingOn({ tenantId }, { subjectId }) {
      const found = await db.tx({ module: 'accounts', tenants: [tenantId], single: true }, (tx) => findActingOn(tx, tenantId, subjectId));
      return { accounts: await Promise.all(found.map((one) => showActingOn(vault, one))) };
    },
    async authorize(ctx, asked) {
      const { role, partyId } = await access.authorize(ctx, asked);
      return { role, partyId };
    },
    async giveBack(ctx, input) {
      await access.giveBack(ctx, input);
      return {};
    },
    registerCompany: createCompanies(deps).registerCompany,
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
    subscriptions: [peopleSubscription(deps)],
  };
}
