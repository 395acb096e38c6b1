import type { Bus } from '#platform/bus/bus.ts';
import type { Clock } from '#platform/clock.ts';
import type { Db, Tx } from '#platform/db/db.ts';
import { newId } from '#platform/id.ts';
import type { Job } from '#platform/jobs/job.ts';
import type { Logger } from '#platform/log.ts';
import type { Metrics } from '#platform/telemetry/metrics.ts';
import type { Drift } from '../checker.ts';
import { DRIFT_FOUND, type DriftFound } from '../events.ts';
import { checkBatches } from './batches.ts';
import { checkAccounts, checkState } from './state.ts';

export type CheckerDeps = { db: Db; bus: Bus; clock: Clock; log: Logger; metrics: Metrics };

export type Checker = {
  /** One round. `budgetMs` is what the sweeps over old records and over accounts may take, each; what is new comes first and may take twice that. */
  round(budgetMs: number): Promise<void>;
};

const EVERY_MS = 3_000;
/** For each of the two sweeps, in every round: together they keep one connection busy for about a seventh of the time, following a flood for
 * another quarter, and only where there is that much to look at. */
const BUDGET_MS = 250;
/** While the checker is behind what is being written, it looks at old records and at accounts in every so many rounds. */
const SWEEP_IN_FLOOD = 4;
/** Batches behind the head that count as new when a tenant is first seen; what is older is the sweep's. */
const FIRST_TAIL = 1_000n;
const LOCK = 7_205_140_011;

type Tenant = { tenantId: string; head: bigint; tail: bigint; sweep: bigint };
type Pass = 'tail' | 'sweep';

/**
 * Looks for differences between what the ledger keeps twice, always and cheaply: what is new as it comes, what is small whole each round,
 * old records and accounts round and round. A difference is written down and announced once, and counted each time it is seen.
 */
export function createChecker(deps: CheckerDeps): Checker {
  const { db, metrics } = deps;
  const seen = metrics.counter('lastro_ledger_drift_total', 'Differences seen in the books, each time they are seen', ['check']);
  const checked = metrics.counter('lastro_ledger_checked_records_total', 'Ledger records checked', ['pass']);
  let rounds = 0;
  metrics.labelled('lastro_ledger_unchecked_batches', 'Committed batches the checker has not come to yet', [], async () => {
    const tenants = await inTx(readTenants);
    return [[{}, tenants.reduce((sum, { head, tail }) => sum + Number(head - tail), 0)]];
  });
  /** Where the sweep over each tenant's accounts is. */
  const accounts = new Map<string, string | null>();
  const inTx = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => db.tx({ module: 'ledger', system: true }, work);

  const report = async (tx: Tx, drift: readonly Drift[]): Promise<void> => {
    for (const { check } of drift) seen.inc({ check });
    await noteFindings(tx, deps, drift);
  };

  /** A page of a pass; answers the batch it came to, or undefined at the end or when another process has the tenant. */
  const page = (tenantId: string, pass: Pass, after: bigint): Promise<bigint | undefined> =>
    inTx(async (tx) => {
      if (!(await take(tx, tenantId))) return undefined;
      const result = await checkBatches(tx, tenantId, after);
      if (!result) return undefined;
      await report(tx, result.drift);
      await moveCursor(tx, tenantId, pass, result.batch);
      checked.inc({ pass }, result.records);
      return result.batch;
    });

  /** At least a page, so that no tenant waits for another's flood. Answers how many batches are left. */
  const follow = async ({ tenantId, head, tail }: Tenant, until: number): Promise<bigint> => {
    for (let at = tail; ; ) {
      const next = at < head ? await page(tenantId, 'tail', at) : undefined;
      if (next !== undefined) at = next;
      if (next === undefined || performance.now() >= until) return head > at ? head - at : 0n;
    }
  };

  const sweepRecords = async (tenants: readonly Tenant[], budgetMs: number): Promise<void> => {
    const until = performance.now() + budgetMs;
    for (const tenant of shuffled(tenants)) {
      for (let at = tenant.sweep; performance.now() < until; ) {
        const next = await page(tenant.tenantId, 'sweep', at);
        if (next === undefined || next >= tenant.head) {
          await inTx((tx) => moveCursor(tx, tenant.tenantId, 'sweep', 0n));
          break;
        }
        at = next;
      }
    }
  };

  const sweepAccounts = async (tenants: readonly Tenant[], budgetMs: number): Promise<void> => {
    const until = performance.now() + budgetMs;
    for (const { tenantId } of shuffled(tenants)) {
      while (performance.now() < until) {
        const next = await inTx(async (tx) => {
          const result = await checkAccounts(tx, tenantId, accounts.get(tenantId) ?? null);
          await report(tx, result.drift);
          return result.next;
        });
        accounts.set(tenantId, next);
        if (next === null) break;
      }
    }
  };

  return {
    async round(budgetMs) {
      const tenants = await inTx(readTenants);
      // A flood is followed at a bounded cost, and made up for in quiet: the gauge says how far behind the checker is.
      const until = performance.now() + 2 * budgetMs;
      let behind = 0;
      for (const tenant of shuffled(tenants)) behind += Number(await follow(tenant, until));
      await inTx(async (tx) => report(tx, await checkState(tx)));
      if (behind > 0 && ++rounds % SWEEP_IN_FLOOD !== 0) return;
      await sweepAccounts(tenants, budgetMs);
      await sweepRecords(tenants, budgetMs);
    },
  };
}

export function checkerJob(deps: CheckerDeps): Job {
  const checker = createChecker(deps);
  return { name: 'ledger.checker', everyMs: EVERY_MS, run: () => checker.round(BUDGET_MS) };
}

async function readTenants(tx: Tx): Promise<Tenant[]> {
  const rows = await tx.query<{ tenant_id: string; batch: bigint; tail: bigint | null; sweep: bigint | null }>(
    `select h.tenant_id, h.batch, t.batch as tail, s.batch as sweep from ledger.heads h
     left join ledger.check_cursors t on t.tenant_id = h.tenant_id and t.pass = 'tail'
     left join ledger.check_cursors s on s.tenant_id = h.tenant_id and s.pass = 'sweep'`,
  );
  return rows.map(({ tenant_id: tenantId, batch: head, tail, sweep }) => {
    const first = head > FIRST_TAIL ? head - FIRST_TAIL : 0n;
    return { tenantId, head, tail: tail ?? first, sweep: sweep ?? 0n };
  });
}

async function take(tx: Tx, tenantId: string): Promise<boolean> {
  const [row] = await tx.query<{ mine: boolean }>('select pg_try_advisory_xact_lock(hashtextextended($1, $2)) as mine', [tenantId, LOCK]);
  return row?.mine === true;
}

async function moveCursor(tx: Tx, tenantId: string, pass: Pass, batch: bigint): Promise<void> {
  await tx.execute(
    `insert into ledger.check_cursors (tenant_id, pass, batch) values ($1, $2, $3)
     on conflict (tenant_id, pass) do update set batch = excluded.batch`,
    [tenantId, pass, batch],
  );
}

/** Writes down what is new, and announces it with the commit. */
async function noteFindings(tx: Tx, { bus, clock, log }: CheckerDeps, drift: readonly Drift[]): Promise<void> {
  if (drift.length === 0) return;
  const foundAt = new Date(clock.now()).toISOString();
  const rows = await tx.query<{ tenant_id: string; check_name: string; place: string; detail: string }>(
    `insert into ledger.findings (tenant_id, check_name, place, detail, found_at)
     select f.tenant_id, f.check_name, f.place, f.detail, $5
     from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) f (tenant_id, check_name, place, detail)
     on conflict do nothing returning tenant_id, check_name, place, detail`,
    [
      drift.map((one) => one.tenantId),
      drift.map((one) => one.check),
      drift.map((one) => one.where),
      drift.map((one) => one.detail),
      foundAt,
    ],
  );
  const events = rows.map(({ tenant_id: tenantId, check_name: check, place: where, detail }) => {
    const data: DriftFound = { check, where, detail, foundAt };
    const about = { tenantId, key: where, actor: { kind: 'system' as const, id: 'ledger.checker' } };
    return { id: newId(), type: DRIFT_FOUND, time: foundAt, data, ...about };
  });
  if (events.length === 0) return;
  await bus.publish(tx, events);
  tx.afterCommit(() => {
    for (const { tenantId, data } of events) log.error({ tenantId, ...data }, 'the ledger disagrees with itself');
  });
}

/** So that a budget that never reaches the last tenants does not always miss the same ones. */
function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
