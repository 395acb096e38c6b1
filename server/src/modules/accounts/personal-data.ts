import type { CallContext } from '#platform/context.ts';
import { newId } from '#platform/id.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { collectParts, type KeeperFace, type Obstacle, onePage } from '#platform/privacy/keeper.ts';
import { ACCOUNT_CLOSED, ACCOUNT_REOPENED, MEMBER_LEFT } from './events.ts';
import { LABEL, showLimits } from './present.ts';
import { endInvitationsBy, findOwnAccounts, findSoleOwnerships, forgetLabels, setClosed } from './store/erasure.ts';
import { endMembership, findActingOn } from './store/memberships.ts';

const BLOCKED: Obstacle = {
  code: 'ACCOUNTS_BLOCKED',
  pt: 'Uma conta sua está bloqueada. Enquanto estiver, nada dela se apaga.',
  en: 'An account of yours is blocked. While it is, nothing of it is erased.',
};
const SOLE_OWNER: Obstacle = {
  code: 'ACCOUNTS_SOLE_OWNER',
  pt: 'Só você é titular da conta de uma empresa. Passe a titularidade a outra pessoa antes.',
  en: 'You are the only owner of a company’s account. Make somebody else an owner first.',
};

/** A person's accounts and memberships: what is given out of them, when they close, and what is left of them in the end. */
export function createPersonalData({ db, bus, vault, clock }: Pick<PlatformDeps, 'db' | 'bus' | 'vault' | 'clock'>) {
  const scope = ({ tenantId }: CallContext) => ({ module: 'accounts', tenants: [tenantId] });
  const about = ({ tenantId, actor }: CallContext, accountId: string, at: Date) => ({
    id: newId(),
    tenantId,
    key: accountId,
    actor,
    time: at.toISOString(),
  });

  const keeper: KeeperFace = {
    collectPersonalData: collectParts({
      accounts: onePage(async (ctx, { subjectId, retained }) => {
        const { tenantId } = ctx;
        const found = await db.tx({ ...scope(ctx), single: true }, (tx) => findOwnAccounts(tx, tenantId, subjectId));
        const read = retained ? vault.openRetained : vault.open;
        return Promise.all(
          found.map(async ({ accountId, product, status, labelSealed, createdAt }) => {
            const label = labelSealed && (await read(tenantId, subjectId, LABEL, labelSealed));
            return { accountId, product, status, label, createdAt: createdAt.toISOString() };
          }),
        );
      }),
      memberships: onePage(async (ctx, { subjectId }) => {
        const found = await db.tx({ ...scope(ctx), single: true }, (tx) => findActingOn(tx, ctx.tenantId, subjectId));
        return found.map(({ accountId, role, limits, createdAt }) => ({
          accountId,
          role,
          limits: showLimits(limits),
          since: createdAt.toISOString(),
        }));
      }),
    }),
    async judgeErasure(ctx, { subjectId }) {
      const { tenantId } = ctx;
      const [own, sole] = await db.tx(scope(ctx), (tx) =>
        Promise.all([findOwnAccounts(tx, tenantId, subjectId), findSoleOwnerships(tx, tenantId, subjectId)]),
      );
      const obstacles = [...(own.some(({ status }) => status === 'blocked') ? [BLOCKED] : []), ...(sole > 0 ? [SOLE_OWNER] : [])];
      return { obstacles, stays: [] };
    },
    async erasePersonalData(ctx, { subjectId }) {
      const { tenantId } = ctx;
      await db.tx(scope(ctx), async (tx) => {
        const at = new Date(clock.now());
        for (const { accountId } of await findActingOn(tx, tenantId, subjectId)) {
          const version = await endMembership(tx, tenantId, accountId, subjectId, at);
          if (version === undefined) continue;
          await bus.publish(tx, [{ ...about(ctx, accountId, at), type: MEMBER_LEFT, subjectId, data: { accountId, subjectId, version } }]);
        }
        await endInvitationsBy(tx, tenantId, subjectId, at);
        await forgetLabels(tx, tenantId, subjectId);
      });
      return {};
    },
  };

  return {
    ...keeper,
    /** Closes the person's own accounts, or opens again those that are closed: a closed one is only seen. Repeating it changes nothing. */
    async closeAccounts(
      ctx: CallContext,
      { subjectId, closed }: { subjectId: string; closed: boolean },
    ): Promise<{ accountIds: string[] }> {
      const { tenantId } = ctx;
      return db.tx(scope(ctx), async (tx) => {
        const at = new Date(clock.now());
        for (const accountId of await setClosed(tx, tenantId, subjectId, closed))
          await bus.publish(tx, [
            { ...about(ctx, accountId, at), type: closed ? ACCOUNT_CLOSED : ACCOUNT_REOPENED, data: { accountId, partyId: subjectId } },
          ]);
        return { accountIds: (await findOwnAccounts(tx, tenantId, subjectId)).map(({ accountId }) => accountId) };
      });
    },
  };
}
