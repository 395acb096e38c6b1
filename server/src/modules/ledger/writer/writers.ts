import { TenantWriter, type WriterDeps } from './writer.ts';

/** Tenants whose writers are kept at the same time; the idle one that was used longest ago gives way, and with it its cached balances. */
const MAX_WRITERS = 1_000;
/** Accounts and open holds that all writers of a process keep together, unless told otherwise: some 200 MB. */
const MAX_KEPT = 400_000;
/** Writers grow with what they write: looked at after so many uses. */
const LOOK_EVERY = 256;

export type Writers = {
  of(tenantId: string): TenantWriter;
  /** Waits until everything handed in is written. */
  drain(): Promise<void>;
  readonly backlog: number;
};

export type WritersLimits = { maxWriters?: number; maxKept?: number; lookEvery?: number };

/** One writer a tenant, made when first needed. */
export function createWriters(deps: WriterDeps, limits: WritersLimits = {}): Writers {
  const { maxWriters = MAX_WRITERS, maxKept = MAX_KEPT, lookEvery = LOOK_EVERY } = limits;
  /** In the order of their last use. */
  const writers = new Map<string, TenantWriter>();
  let uses = 0;

  const shrink = (wanted: TenantWriter): void => {
    let kept = wanted.kept;
    for (const writer of writers.values()) kept += writer.kept;
    for (const [tenantId, writer] of writers) {
      if (kept <= maxKept && writers.size < maxWriters) return;
      if (!writer.isIdle) continue;
      kept -= writer.kept;
      writers.delete(tenantId);
    }
  };

  return {
    of(tenantId) {
      const known = writers.get(tenantId);
      const writer = known ?? new TenantWriter(deps, tenantId);
      writers.delete(tenantId);
      // Before the one wanted now is among them: it is not idle for long.
      if (++uses % lookEvery === 0 || (!known && writers.size >= maxWriters)) shrink(writer);
      writers.set(tenantId, writer);
      return writer;
    },
    async drain() {
      await Promise.all([...writers.values()].map((writer) => writer.drain()));
    },
    get backlog() {
      let sum = 0;
      for (const writer of writers.values()) sum += writer.backlog;
      return sum;
    },
  };
}
