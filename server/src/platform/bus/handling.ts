import type { Tx } from '../db/db.ts';
import { redact } from '../log.ts';
import { withSpan } from '../telemetry/tracing.ts';
import type { LoggedEvent, Subscription } from './bus.ts';

const MAX_LINKS = 100;
const MAX_ERROR_LENGTH = 500;

/** Consecutive events of one tenant. */
export function runsOf(events: readonly LoggedEvent[]): LoggedEvent[][] {
  const runs: LoggedEvent[][] = [];
  for (const event of events) {
    const run = runs.at(-1);
    if (run && run[0]!.tenantId === event.tenantId) run.push(event);
    else runs.push([event]);
  }
  return runs;
}

/**
 * Calls the handler run by run, in the order of the log. Whatever tenants the transaction is for, while a run is handled
 * row-level security lets it see that run's tenant alone.
 */
export async function handleRuns(tx: Tx, subscription: Subscription, events: readonly LoggedEvent[]): Promise<void> {
  const narrow = 'tenants' in tx.scope && tx.scope.tenants.length > 1;
  for (const run of runsOf(events)) {
    const tenant = run[0]!.tenantId;
    if (narrow) await tx.query(`select set_config('app.tenants', $1, true)`, [`{${tenant}}`]);
    const scoped: Tx = { ...tx, scope: { module: subscription.module, tenants: [tenant] } };
    await withSpan(`handle ${subscription.group}`, spanOptions(subscription, run), () => subscription.handle(scoped, run));
  }
}

/** Events of one trace make the handling a part of it, from the click to the projection; those of several are linked. */
function spanOptions(subscription: Subscription, run: readonly LoggedEvent[]) {
  const parents = [...new Set(run.flatMap((event) => event.traceparent ?? []))];
  const traces = new Set(parents.map((traceparent) => traceparent.split('-')[1]));
  const attributes = {
    'messaging.system': 'lastro',
    'messaging.consumer.group.name': subscription.group,
    'messaging.batch.message_count': run.length,
    'lastro.position': String(run[0]!.position),
  };
  return traces.size === 1 ? { attributes, parent: parents[0]! } : { attributes, links: parents.slice(0, MAX_LINKS) };
}

/** What is kept of an error with a dead letter; it may quote values, so it is redacted like a log line. */
export function describeError(error: unknown): string {
  return redact(error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, MAX_ERROR_LENGTH);
}
