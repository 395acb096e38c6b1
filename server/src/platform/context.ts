/** On whose behalf something happens. An operator is a person of the realm apart that looks after a tenant: nothing is their own. */
export type Actor = { kind: 'person' | 'operator' | 'service' | 'system'; id: string };

/** Travels with every call between modules, in one process or across many. */
export type CallContext = {
  tenantId: string;
  actor: Actor;
  /** W3C trace context of the caller's span; filled by the face from the active span when absent. */
  traceparent?: string;
  /** Epoch milliseconds after which nobody waits for the answer any more. */
  deadlineMs?: number;
  idempotencyKey?: string;
};

/** The context of a module's own jobs: recovery, expiry, projections. */
export function systemContext(tenantId: string, module: string): CallContext {
  return { tenantId, actor: { kind: 'system', id: module } };
}
