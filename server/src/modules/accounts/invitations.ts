import { createHash } from 'node:crypto';
import type { CallContext } from '#platform/context.ts';
import { refusePlatform } from '#platform/errors.ts';
import { newId } from '#platform/id.ts';
import { bodyText, once } from '#platform/idempotency.ts';
import type { PlatformDeps } from '#platform/module.ts';
import type { AccessBook } from './access.ts';
import type { ActingOn, Invitation } from './contract.ts';
import { flawOfGrant } from './domain/membership.ts';
import type { Role } from './domain/roles.ts';
import { refuseAccounts } from './errors.ts';
import { INVITATION_ENDED, INVITATION_MADE } from './events.ts';
import { MOST_MEMBERS, memberSet, refuseFlaw } from './members.ts';
import { nameOf, readLimits, showActingOn, showLimits } from './present.ts';
import {
  endInvitation,
  findInvitationBySecret,
  findOpenInvitations,
  type InvitationRecord,
  insertInvitation,
  isWithdrawn,
} from './store/invitations.ts';
import { findActingOn, insertMember, lockMembers } from './store/memberships.ts';
import { findAccount } from './store/parties.ts';

const DAY_MS = 86_400_000;
const LASTS_MS = 7 * DAY_MS;
/** Links that can be used at the same time. */
const MOST_INVITATIONS = 50;
const ROUTE = 'POST /v1/memberships/of/:accountId/invitations';
const EMAIL = 'email';

type On = { accountId: string; subjectId: string };
type ShownLimits = { perPaymentMinor: string | null; perDayMinor: string | null };
/** The person's own e-mail, asked from identity: what an invitation that names one is compared with. */
export type EmailOf = (ctx: CallContext, subjectId: string) => Promise<string>;

const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

export const showInvitation = ({ id, role, limits, createdAt, expiresAt }: InvitationRecord): Invitation => ({
  id,
  role,
  limits: showLimits(limits),
  createdAt: createdAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
});

/** Links with which people join an account. */
export function createInvitations(
  { db, bus, vault, clock }: Pick<PlatformDeps, 'db' | 'bus' | 'vault' | 'clock'>,
  access: AccessBook,
  emailOf: EmailOf,
) {
  const scope = ({ tenantId }: CallContext) => ({ module: 'accounts', tenants: [tenantId] });
  /** Derived, so that it is never kept and a repeated request shows the same link. Whoever has the database but not the master key cannot make it. */
  const secretOf = (tenantId: string, id: string) => vault.lookupHash(tenantId, 'accounts.invitation', id).toString('base64url');
  const about = ({ tenantId, actor }: CallContext, accountId: string, at: Date) => ({
    id: newId(),
    tenantId,
    key: accountId,
    actor,
    time: at.toISOString(),
  });

  async function invite(
    ctx: CallContext,
    { accountId, subjectId, role, limits: shown, email }: On & { role: Role; limits: ShownLimits; email?: string | undefined },
  ): Promise<{ invitation: Invitation; secret: string }> {
    const { tenantId, idempotencyKey: key } = ctx;
    if (key === undefined) throw refusePlatform('PLATFORM_IDEMPOTENCY_KEY_REQUIRED');
    await access.authorize(ctx, { accountId, action: 'members:manage' });
    const limits = readLimits(shown);
    const flaw = flawOfGrant(role, limits);
    if (flaw) throw refuseFlaw(flaw);
    // A keyed hash stands for the body: it may hold an e-mail.
    const body = vault.lookupHash(tenantId, ROUTE, bodyText({ accountId, role, limits: shown, email })).toString('hex');
    const answer = await db.tx(scope(ctx), (tx) =>
      once(tx, { tenantId, principal: ctx.actor.id, route: ROUTE, key, body }, async () => {
        await lockMembers(tx, tenantId, accountId);
        const at = new Date(clock.now());
        if ((await findOpenInvitations(tx, tenantId, accountId, at)).length >= MOST_INVITATIONS) throw refuseAccounts('ACCOUNTS_TOO_MANY');
        const one: InvitationRecord = {
          id: newId(),
          accountId,
          role,
          limits,
          emailHash: email === undefined ? null : vault.lookupHash(tenantId, EMAIL, email.trim().toLowerCase()),
          invitedBy: subjectId,
          createdAt: at,
          expiresAt: new Date(at.getTime() + LASTS_MS),
          endedAt: null,
          acceptedBy: null,
        };
        await insertInvitation(tx, tenantId, one, hashOf(secretOf(tenantId, one.id)));
        await bus.publish(tx, [
          { ...about(ctx, accountId, at), type: INVITATION_MADE, subjectId, data: { accountId, invitationId: one.id, role } },
        ]);
        return { status: 201, body: showInvitation(one) };
      }),
    );
    const invitation = answer.body as Invitation;
    return { invitation, secret: secretOf(tenantId, invitation.id) };
  }

  async function listInvitations(ctx: CallContext, on: On): Promise<{ invitations: Invitation[] }> {
    await access.authorize(ctx, { accountId: on.accountId, action: 'members:manage' });
    const now = new Date(clock.now());
    const found = await db.tx({ ...scope(ctx), single: true }, (tx) => findOpenInvitations(tx, ctx.tenantId, on.accountId, now));
    return { invitations: found.map(showInvitation) };
  }

  async function withdrawInvitation(
    ctx: CallContext,
    { accountId, subjectId, invitationId }: On & { invitationId: string },
  ): Promise<void> {
    await access.authorize(ctx, { accountId, action: 'members:manage' });
    await db.tx(scope(ctx), async (tx) => {
      const at = new Date(clock.now());
      if (!(await endInvitation(tx, ctx.tenantId, { id: invitationId, accountId, acceptedBy: null }, at))) {
        if (await isWithdrawn(tx, ctx.tenantId, accountId, invitationId)) return;
        throw refuseAccounts('ACCOUNTS_INVITATION_INVALID');
      }
      const data = { accountId, invitationId, end: 'withdrawn' };
      await bus.publish(tx, [{ ...about(ctx, accountId, at), type: INVITATION_ENDED, subjectId, data }]);
    });
  }

  /** The invitation behind a secret, if this person may use it. The same refusal for all that is wrong: a link tells nothing to whom it is not for. */
  async function open(ctx: CallContext, { subjectId, secret }: { subjectId: string; secret: string }): Promise<InvitationRecord> {
    const found = await db.tx({ ...scope(ctx), single: true }, (tx) => findInvitationBySecret(tx, ctx.tenantId, hashOf(secret)));
    const isOpen = found && (found.endedAt === null ? found.expiresAt.getTime() > clock.now() : found.acceptedBy === subjectId);
    if (!found || !isOpen) throw refuseAccounts('ACCOUNTS_INVITATION_INVALID');
    if (found.emailHash) {
      const own = vault.lookupHash(ctx.tenantId, EMAIL, (await emailOf(ctx, subjectId)).toLowerCase());
      if (!own.equals(found.emailHash)) throw refuseAccounts('ACCOUNTS_INVITATION_INVALID');
    }
    return found;
  }

  async function readInvitation(ctx: CallContext, asked: { subjectId: string; secret: string }) {
    const { accountId, role, limits, expiresAt } = await open(ctx, asked);
    const party = await db.tx({ ...scope(ctx), single: true }, (tx) => findAccount(tx, ctx.tenantId, accountId));
    return { accountId, name: await nameOf(vault, party!), role, limits: showLimits(limits), expiresAt: expiresAt.toISOString() };
  }

  async function acceptInvitation(ctx: CallContext, asked: { subjectId: string; secret: string }): Promise<ActingOn> {
    const invitation = await open(ctx, asked);
    const { accountId } = invitation;
    const { subjectId } = asked;
    if (invitation.acceptedBy === null)
      await db.tx(scope(ctx), async (tx) => {
        const members = await lockMembers(tx, ctx.tenantId, accountId);
        if (members.some((member) => member.subjectId === subjectId)) throw refuseAccounts('ACCOUNTS_ALREADY_MEMBER');
        if (members.length >= MOST_MEMBERS) throw refuseAccounts('ACCOUNTS_TOO_MANY');
        // Who invited must still be one who may: a link does not outlive its maker's role.
        const maker = members.find((member) => member.subjectId === invitation.invitedBy);
        if (maker?.role !== 'owner') throw refuseAccounts('ACCOUNTS_INVITATION_INVALID');
        const at = new Date(clock.now());
        if (!(await endInvitation(tx, ctx.tenantId, { id: invitation.id, accountId, acceptedBy: subjectId }, at)))
          throw refuseAccounts('ACCOUNTS_INVITATION_INVALID');
        const { role, limits } = invitation;
        const joined = await insertMember(tx, ctx.tenantId, { accountId, subjectId, role, limits, grantedBy: invitation.invitedBy }, at);
        const data = { accountId, invitationId: invitation.id, end: 'accepted' };
        await bus.publish(tx, [{ ...about(ctx, accountId, at), type: INVITATION_ENDED, subjectId, data }, memberSet(ctx, joined!, at)]);
      });
    const [acting] = await db.tx({ ...scope(ctx), single: true }, (tx) => findActingOn(tx, ctx.tenantId, subjectId, accountId));
    if (!acting) throw refuseAccounts('ACCOUNTS_INVITATION_INVALID');
    return showActingOn(vault, acting);
  }

  return { invite, listInvitations, withdrawInvitation, readInvitation, acceptInvitation };
}
