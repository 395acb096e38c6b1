import type { Face } from '#platform/face/contract.ts';
import type { ModuleInstance, PlatformDeps } from '#platform/module.ts';
import type { Anchor } from '#platform/proof/anchors/anchor.ts';
import { daysJob } from '#platform/proof/days-job.ts';
import { checkerJob } from './check/checker.ts';
import { ledgerContract } from './contract.ts';
import { expiryJob } from './expiry.ts';
import { createFace } from './face.ts';
import { ledgerRoutes } from './http.ts';
import { exchangeRoutes } from './http-exchange.ts';
import { partitionsJob } from './partitions.ts';
import { proofRoutes } from './proof/http.ts';
import { ledgerChain } from './proof/ledger-chain.ts';
import { tagsJob } from './views/tag-follower.ts';
import { createWriters } from './writer/writers.ts';

export type {
  AccountBalance,
  CommandInput,
  CommandResult,
  HoldView,
  NewAccount,
  StatementLine,
  TransferView,
  TrialBalance,
} from './contract.ts';
export { ledgerContract } from './contract.ts';
export type { LedgerCode } from './errors.ts';

export type Ledger = Face<typeof ledgerContract>;

export type LedgerDeps = PlatformDeps & {
  /** Accounts, and open holds, whose state is kept in memory a tenant. Default 100,000 (some 50 MB). */
  cacheLimit?: number;
  /** Commands from which on a batch is prepared while the one before is being committed. Default 128. */
  overlapFrom?: number;
  /** How far, in milliseconds, this process's clock may be ahead of the database's before it stops writing. Default 2,000. */
  maxAheadMs?: number;
  /** Where the statements of days are put on record outside; nowhere by default. */
  anchors?: readonly Anchor[];
};

/** The double-entry ledger: any process may have one, and they write to the same books safely. */
export function createLedger(deps: LedgerDeps): ModuleInstance<typeof ledgerContract> & { face: { impl: Ledger } } {
  const { db, bus, clock, log, metrics } = deps;
  const seconds = metrics.histogram('lastro_ledger_batch_seconds', 'How long a batch of ledger commands takes to be durable');
  const total = metrics.counter('lastro_ledger_commands_total', 'Ledger commands answered');
  const observe = (took: number, commands: number): void => {
    seconds.observe(took);
    total.inc(commands);
  };
  const ahead = metrics.counter(
    'lastro_ledger_clock_ahead_total',
    'Batches refused because this process has a clock ahead of the database',
  );
  const { cacheLimit = 100_000, overlapFrom = 128, maxAheadMs = 2_000 } = deps;
  const limits = { cacheLimit, overlapFrom, maxAheadMs };
  const writers = createWriters({ db, bus, clock, log, observe, ...limits, onClockAhead: () => ahead.inc() });
  metrics.gauge('lastro_ledger_backlog', 'Ledger submissions waiting for a batch', () => writers.backlog);
  const impl = createFace(deps, writers);
  return {
    name: 'ledger',
    face: { contract: ledgerContract, impl },
    routes: (app) => {
      ledgerRoutes(app, impl, db);
      exchangeRoutes(app, impl, db);
      proofRoutes(app, db);
    },
    jobs: [expiryJob({ clock, face: impl }), tagsJob(db, metrics), partitionsJob(clock), daysJob(deps, ledgerChain), checkerJob(deps)],
    close: () => writers.drain(),
  };
}
