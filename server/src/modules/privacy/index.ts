import type { Identity } from '#identity';
import type { Blobs } from '#platform/blob/blob.ts';
import type { CallContext } from '#platform/context.ts';
import type { ModuleInstance, QueueDeps } from '#platform/module.ts';
import type { Keeper } from '#platform/privacy/keeper.ts';
import { createKeepers } from './ask-keepers.ts';
import { createConsents } from './consents.ts';
import { type Privacy, type PrivacyContract, privacyContract } from './contract.ts';
import { createErasures, refuseObstacles, showErasure } from './erasures.ts';
import { createExports, showExport } from './exports.ts';
import { createFourEyes } from './four-eyes.ts';
import { type AccountsPort, createOwnAccounts } from './own-accounts.ts';
import { createPersonalData } from './personal-data.ts';

export { type Privacy, type PrivacyContract, privacyContract } from './contract.ts';

export type PrivacyDeps = QueueDeps & {
  identity: Pick<Identity, 'getPerson' | 'proveAgain'>;
  accounts: AccountsPort | undefined;
  blobs: Blobs;
  keepers: () => readonly Keeper[];
  waitMs: number;
  crashPoint?: ((name: string) => void) | undefined;
};

/** What people may ask of their own data: a copy, an end, a word; and what operators do for them. */
export function createPrivacy({ identity, ...deps }: PrivacyDeps): ModuleInstance<PrivacyContract> {
  const accounts = createOwnAccounts(deps.accounts);
  const keepers = createKeepers(deps.keepers);
  const consents = createConsents(deps);
  const exports = createExports({ ...deps, keepers, accounts });
  const erasures = createErasures({ ...deps, keepers, accounts, getPerson: identity.getPerson });
  const mustExist = (ctx: CallContext, subjectId: string) => identity.getPerson(ctx, { subjectId });
  const { approvals, askApproval } = createFourEyes({ ...deps, exports, erasures, mustExist });

  const impl: Privacy = {
    async getPrivacy(ctx, { subjectId }) {
      const [copies, erasure, judged, said] = await Promise.all([
        exports.list(ctx.tenantId, { subjectId }),
        erasures.last(ctx.tenantId, subjectId),
        erasures.judge(ctx, subjectId),
        consents.list(ctx, subjectId),
      ]);
      return {
        kept: deps.keepers().flatMap(({ module, parts }) => Object.entries(parts).map(([part, title]) => ({ module, part, title }))),
        exports: copies.map(showExport),
        erasure: erasure ? showErasure(erasure) : null,
        ...judged,
        consents: said,
      };
    },
    async askExport(ctx, { subjectId, ...proved }) {
      await identity.proveAgain(ctx, { subjectId, ...proved });
      return exports.ask(ctx, subjectId);
    },
    async openExport(ctx, { subjectId, exportId, format, ...proved }) {
      await identity.proveAgain(ctx, { subjectId, ...proved });
      const { jsonBytes, pdfBytes } = await exports.noteRead(ctx, exportId, format, { subjectId });
      return { bytes: (format === 'json' ? jsonBytes : pdfBytes) ?? 0 };
    },
    readExport: ({ tenantId }, { subjectId, exportId, format, from }) => exports.read(tenantId, exportId, format, from, { subjectId }),
    async askErasure(ctx, { subjectId, ...proved }) {
      await identity.proveAgain(ctx, { subjectId, ...proved });
      const { obstacles } = await erasures.judge(ctx, subjectId);
      if (obstacles.length > 0) throw refuseObstacles(obstacles);
      const row = await deps.db.tx({ module: 'privacy', tenants: [ctx.tenantId] }, (tx) =>
        erasures.begin(tx, ctx.tenantId, subjectId, ctx.actor),
      );
      return showErasure(row);
    },
    withdrawErasure: async (ctx, { subjectId }) => showErasure(await erasures.withdraw(ctx, subjectId)),
    setConsent: consents.setConsent,
    listErasures: async ({ tenantId }, by) => ({ erasures: (await erasures.find(tenantId, by)).map(showErasure) }),
    askApproval,
    listApprovals: approvals.listApprovals,
    decideApproval: approvals.decideApproval,
    async listDisclosures({ tenantId }) {
      const found = await exports.list(tenantId, 'retained');
      return { disclosures: found.map((row) => ({ ...showExport(row), subjectId: row.subjectId })) };
    },
    async readDisclosure(ctx, { exportId, format, from }) {
      // Noted with the first piece: from there on it may have been read.
      if (from === 0) await exports.noteRead(ctx, exportId, format, 'retained');
      return exports.read(ctx.tenantId, exportId, format, from, 'retained');
    },
    ...createPersonalData(deps),
  };
  return {
    name: 'privacy',
    face: { contract: privacyContract, impl },
    jobs: [...erasures.jobs, approvals.job],
    queues: [exports.queue],
  };
}
