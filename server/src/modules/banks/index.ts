import type { ModuleInstance } from '#platform/module.ts';
import { defineQueue } from '#platform/queue/queue.ts';
import { type Banks, banksContract } from './contract.ts';
import { type BanksDeps, MODULE, WORK_QUEUE, type Work } from './deps.ts';
import { createFiles } from './files.ts';
import { booksSubscription } from './handlers.ts';
import { banksRoutes } from './http.ts';
import { createImporting } from './import-work.ts';
import { createPersonalData } from './personal-data.ts';
import { createReading } from './read-work.ts';
import { createReconciliation } from './reconcile.ts';
import { findFile } from './store/files.ts';
import { createTransfers } from './transfers.ts';

export type { Banks, BanksContract } from './contract.ts';

/** A million rows are read and recorded within it. */
const WORK_TIMEOUT_MS = 30 * 60_000;

/** Statements of a shop's banks. See README.md. */
export function createBanks(deps: BanksDeps): ModuleInstance<typeof banksContract> {
  const { db } = deps;
  const files = createFiles(deps);
  const readFile = createReading(deps);
  const { importFile, undoFile } = createImporting(deps);
  const { getDay, match, unmatch, decide, lock, holdMovements } = createReconciliation(deps, files);
  const { listFiles, getFile, readAs, confirm, undo } = files;
  const impl: Banks = {
    ...{ listFiles, getFile, readAs, confirm, undo, getDay, match, unmatch, decide, lock },
    ...createPersonalData(deps),
    answerPair: createTransfers(deps, { holdMovements }),
    receive: (ctx, { content, ...brought }) => files.receive(ctx, brought, once(Buffer.from(content, 'base64'))),
  };
  return {
    name: MODULE,
    face: { contract: banksContract, impl },
    routes: (app) => banksRoutes(app, impl, files),
    subscriptions: [booksSubscription],
    queues: [
      defineQueue<Work>({
        name: WORK_QUEUE,
        concurrency: 2,
        perTenant: 1,
        timeoutMs: WORK_TIMEOUT_MS,
        async run({ tenantId, payload }, ctx) {
          const { fileId } = payload;
          const file = await db.tx({ module: MODULE, tenants: [tenantId], single: true }, (tx) => findFile(tx, tenantId, fileId));
          // What the task was put for may be done already, or another task stands for it by now: the state says what is to be done.
          if (file?.state === 'received') await readFile(tenantId, file, ctx);
          else if (file?.state === 'importing') await importFile(tenantId, file, ctx);
          else if (file?.state === 'undoing') await undoFile(tenantId, file, ctx);
        },
      }),
    ],
  };
}

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}
