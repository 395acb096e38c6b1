import type { CallContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import { newId } from '#platform/id.ts';
import type { PlatformDeps } from '#platform/module.ts';
import type { AccessBook } from './access.ts';
import type { Member } from './contract.ts';
import { type Change, type ChangeFlaw, flawOfChange } from './domain/membership.ts';
import type { Role } from './domain/roles.ts';
import { refuseAccounts } from './errors.ts';
import { MEMBER_LEFT, MEMBER_SET } from './events.ts';
import { readLimits, showLimits } from './present.ts';
import { endMembership, findMembers, lockMembers, type MembershipRecord, updateMember, wasMember } from './store/memberships.ts';
import { findAccount } from './store/parties.ts';

/** People and clients on one account: more is a mistake, or somebody who is up to something. */
export const MOST_MEMBERS = 200;

type On = { accountId: string; subjectId: string };
export type ShownLimits = { perPaymentMinor: string | null; perDayMinor: string | null };

const FLAWS = {
  'last-owner': 'ACCOUNTS_LAST_OWNER',
  'holder-stays': 'ACCOUNTS_HOLDER_STAYS',
  'own-role': 'ACCOUNTS_OWN_ROLE',
  'owner-with-limits': 'ACCOUNTS_OWNER_WITH_LIMITS',
} as const satisfies Record<ChangeFlaw, string>;

export const refuseFlaw = (flaw: ChangeFlaw) => refuseAccounts(FLAWS[flaw]);

export const showMember = ({ subjectId, clientId, role, limits, createdAt, version }: MembershipRecord): Member => ({
  subjectId,
  clientId,
  role,
  limits: showLimits(limits),
  since: createdAt.toISOString(),
  version,
});

/** Who acts on an account, and the changes of that. Each change locks the account: two at the same moment come one after the other. */
export function createMembers({ db, bus, clock }: Pick<PlatformDeps, 'db' | 'bus' | 'clock'>, access: AccessBook) {
  const scope = ({ tenantId }: CallContext) => ({ module: 'accounts', tenants: [tenantId] });

  async function listMembers(ctx: CallContext, on: On): Promise<{ members: Member[] }> {
    await access.authorize(ctx, { accountId: on.accountId, action: 'members:see' });
    const found = await db.tx({ ...scope(ctx), single: true }, (tx) => findMembers(tx, ctx.tenantId, on.accountId));
    return { members: found.map(showMember) };
  }

  /** The member that is to be changed, as found under the lock; refuses what the rules of `domain/membership` refuse. */
  async function takeMember(
    tx: Tx,
    ctx: CallContext,
    on: On & { memberId: string },
    change: Change,
  ): Promise<MembershipRecord | undefined> {
    const members = await lockMembers(tx, ctx.tenantId, on.accountId);
    // Asked again under the lock: the one who asks may have been taken off meanwhile.
    const asking = members.find(({ subjectId }) => subjectId === on.subjectId);
    if (!asking) throw refuseAccounts('ACCOUNTS_NOT_FOUND');
    if (asking.role !== 'owner' && on.memberId !== on.subjectId) throw refuseAccounts('ACCOUNTS_FORBIDDEN');
    const member = members.find(({ subjectId }) => subjectId === on.memberId);
    if (!member) return undefined;
    const owners = members.filter(({ role }) => role === 'owner').length;
    const account = await findAccount(tx, ctx.tenantId, on.accountId);
    const holderId = account?.kind === 'person' ? account.partyId : null;
    const flaw = flawOfChange(member, change, { subjectId: on.subjectId, owners, holderId });
    if (flaw) throw refuseFlaw(flaw);
    return member;
  }

  async function setMember(
    ctx: CallContext,
    { memberId, role, limits: shown, version, ...on }: On & { memberId: string; role: Role; limits: ShownLimits; version: number },
  ): Promise<Member> {
    await access.authorize(ctx, { accountId: on.accountId, action: 'members:manage' });
    const limits = readLimits(shown);
    return db.tx(scope(ctx), async (tx) => {
      const member = await takeMember(tx, ctx, { ...on, memberId }, { kind: 'set', role, limits });
      if (!member) throw refuseAccounts('ACCOUNTS_MEMBER_NOT_FOUND');
      if (member.clientId !== null && role === 'owner') throw refuseAccounts('ACCOUNTS_CLIENT_OWNS_NOTHING');
      const at = new Date(clock.now());
      const { accountId } = on;
      const changed = await updateMember(
        tx,
        ctx.tenantId,
        { accountId, subjectId: memberId, role, limits, version, grantedBy: ctx.actor.id },
        at,
      );
      if (!changed) throw refuseAccounts('ACCOUNTS_MEMBER_CHANGED');
      await bus.publish(tx, [memberSet(ctx, changed, at)]);
      return showMember(changed);
    });
  }

  async function endMember(ctx: CallContext, { memberId, ...on }: On & { memberId: string }): Promise<void> {
    // Whoever wants to leave needs no role that manages; whoever is no member any more has left already.
    if (memberId !== on.subjectId) await access.authorize(ctx, { accountId: on.accountId, action: 'members:manage' });
    await db.tx(scope(ctx), async (tx) => {
      const member = await takeMember(tx, ctx, { ...on, memberId }, { kind: 'end' });
      if (!member) {
        if (await wasMember(tx, ctx.tenantId, on.accountId, memberId)) return;
        throw refuseAccounts('ACCOUNTS_MEMBER_NOT_FOUND');
      }
      const at = new Date(clock.now());
      const version = await endMembership(tx, ctx.tenantId, on.accountId, memberId, at);
      const data = { accountId: on.accountId, subjectId: memberId, version: version! };
      await bus.publish(tx, [
        {
          id: newId(),
          type: MEMBER_LEFT,
          tenantId: ctx.tenantId,
          key: on.accountId,
          subjectId: memberId,
          actor: ctx.actor,
          time: at.toISOString(),
          data,
        },
      ]);
    });
  }

  return { listMembers, setMember, endMember };
}

/** What others hear of a membership that began or changed. */
export const memberSet = ({ tenantId, actor }: CallContext, { accountId, subjectId, role, version }: MembershipRecord, at: Date) => ({
  id: newId(),
  type: MEMBER_SET,
  tenantId,
  key: accountId,
  subjectId,
  actor,
  time: at.toISOString(),
  data: { accountId, subjectId, role, version },
});
