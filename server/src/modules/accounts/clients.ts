import type { CallContext } from '#platform/context.ts';
import type { PlatformDeps } from '#platform/module.ts';
import type { AccessBook } from './access.ts';
import type { Member } from './contract.ts';
import type { Role } from './domain/roles.ts';
import { refuseAccounts } from './errors.ts';
import { clientMemberId } from './member-id.ts';
import { MOST_MEMBERS, memberSet, type ShownLimits, showMember } from './members.ts';
import { readLimits } from './present.ts';
import { insertMember, lockMembers, updateMember } from './store/memberships.ts';

/** A client as identity knows it; null when this tenant has none of that name. */
export type ClientOf = (ctx: CallContext, clientId: string) => Promise<{ disabledAt: string | null } | null>;

type Admission = { accountId: string; clientId: string; role: Role; limits: ShownLimits };

/** Clients, services with tokens of their own, that act on an account because one of its owners says so. */
export function createClients({ db, bus, clock }: Pick<PlatformDeps, 'db' | 'bus' | 'clock'>, access: AccessBook, clientOf: ClientOf) {
  return {
    async admitClient(ctx: CallContext, { accountId, clientId, role, limits: shown }: Admission): Promise<Member> {
      await access.authorize(ctx, { accountId, action: 'account:manage' });
      if (role === 'owner') throw refuseAccounts('ACCOUNTS_CLIENT_OWNS_NOTHING');
      const client = await clientOf(ctx, clientId);
      if (!client) throw refuseAccounts('ACCOUNTS_CLIENT_UNKNOWN');
      if (client.disabledAt !== null) throw refuseAccounts('ACCOUNTS_CLIENT_DISABLED');
      const { tenantId } = ctx;
      const subjectId = clientMemberId(clientId);
      const wanted = { accountId, subjectId, clientId, role, limits: readLimits(shown), grantedBy: ctx.actor.id };
      return db.tx({ module: 'accounts', tenants: [tenantId] }, async (tx) => {
        const members = await lockMembers(tx, tenantId, accountId);
        const present = members.find((member) => member.subjectId === subjectId);
        if (!present && members.length >= MOST_MEMBERS) throw refuseAccounts('ACCOUNTS_TOO_MANY');
        if (present && isSame(present, wanted)) return showMember(present);
        const at = new Date(clock.now());
        const member = present
          ? await updateMember(tx, tenantId, { ...wanted, version: present.version }, at)
          : await insertMember(tx, tenantId, wanted, at);
        await bus.publish(tx, [memberSet(ctx, member!, at)]);
        return showMember(member!);
      });
    },
  };
}

type Grant = { role: Role; limits: { perPaymentMinor: bigint | null; perDayMinor: bigint | null } };
const isSame = (a: Grant, b: Grant): boolean =>
  a.role === b.role && a.limits.perPaymentMinor === b.limits.perPaymentMinor && a.limits.perDayMinor === b.limits.perDayMinor;
