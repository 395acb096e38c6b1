import type { CallContext } from '#platform/context.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { collectParts, type KeeperFace, onePage } from '#platform/privacy/keeper.ts';
import { FROM_PURPOSE } from './consents.ts';
import { textOf } from './domain/consents.ts';
import { findConsents } from './store/consents.ts';
import { findErasures } from './store/erasures.ts';

/** What this module keeps of a person itself: their words, and what they asked for. It stays as proof that it was so, and holds ids and a sealed address alone. */
export function createPersonalData({ db, vault }: Pick<PlatformDeps, 'db' | 'vault'>): KeeperFace {
  const scope = ({ tenantId }: CallContext) => ({ module: 'privacy', tenants: [tenantId], single: true as const });
  return {
    collectPersonalData: collectParts({
      consents: onePage(async (ctx, { subjectId, retained }) => {
        const { tenantId } = ctx;
        const said = await db.tx(scope(ctx), (tx) => findConsents(tx, tenantId, subjectId));
        const read = retained ? vault.openRetained : vault.open;
        return Promise.all(
          said.map(async ({ purpose, version, given, at, fromSealed }) => ({
            purpose,
            version,
            text: textOf(purpose, version)?.text.pt ?? null,
            given,
            at: at.toISOString(),
            from: await read(tenantId, subjectId, FROM_PURPOSE, fromSealed),
          })),
        );
      }),
      requests: onePage(async (ctx, { subjectId }) => {
        const asked = await db.tx(scope(ctx), (tx) => findErasures(tx, ctx.tenantId, { subjectId, cpfHash: null }));
        return asked.map(({ state, askedAt, endedAt }) => ({
          what: 'erasure',
          state,
          askedAt: askedAt.toISOString(),
          endedAt: endedAt?.toISOString() ?? null,
        }));
      }),
    }),
    judgeErasure: async () => ({ obstacles: [], stays: [] }),
    erasePersonalData: async () => ({}),
  };
}
