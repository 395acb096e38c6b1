import { TenantWriter, type WriterDeps } from './writer.ts';

/** Tenants whose writers are kept at the same time; an idle one gives way, and with it its cached balances. */
const MAX_WRITERS = 1_000;

export type Writers = {
  of(tenantId: string): TenantWriter;
  /** Waits until everything handed in is written. */
  drain(): Promise<void>;
  readonly backlog: number;
};

/** One writer a tenant, made when first needed. */
export function createWriters(deps: WriterDeps): Writers {
  const writers = new Map<string, TenantWriter>();
  return {
    of(tenantId) {
      let writer = writers.get(tenantId);
      if (writer) return writer;
      if (writers.size >= MAX_WRITERS) dropIdle(writers);
      writer = new TenantWriter(deps, tenantId);
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

/** Forgetting a writer that still commits would be harmless, too: the head fences its successor against it. */
function dropIdle(writers: Map<string, TenantWriter>): void {
  for (const [tenantId, writer] of writers) {
    if (writer.backlog > 0) continue;
    writers.delete(tenantId);
    return;
  }
}
