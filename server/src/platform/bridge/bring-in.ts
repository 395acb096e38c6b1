import type { LoggedEvent } from '../bus/bus.ts';
import type { Db, Tx } from '../db/db.ts';
import type { BrokerMessage, Inward } from './bridge.ts';
import { toEvent } from './message.ts';

/** Applies a run of messages: each tenant's in one transaction with the marks of its keys. What was applied before is passed over. */
export async function applyMessages(db: Db, inward: Inward, messages: readonly BrokerMessage[]): Promise<void> {
  const byTenant = Map.groupBy(messages.map(toEvent), (event) => event.tenantId);
  for (const [tenantId, events] of byTenant) {
    await db.tx({ module: inward.module, tenants: [tenantId] }, async (tx) => {
      const fresh = await takeFresh(tx, inward.group, tenantId, events);
      if (fresh.length > 0) await inward.handle(tx, fresh);
    });
  }
}

/**
 * Those events that lie behind the marks of their keys; moves the marks. The rows stay locked to the end of the transaction: another member that holds the
 * same keys waits, and then finds them handled.
 */
async function takeFresh(tx: Tx, group: string, tenantId: string, events: readonly LoggedEvent[]): Promise<LoggedEvent[]> {
  const table = `${tx.scope.module}.bridge_marks`;
  const keys = [...new Set(events.map((event) => event.key))].sort();
  await tx.execute(
    `insert into ${table} (tenant_id, group_name, key, position) select $1, $2, key, -1 from unnest($3::text[]) k (key) order by key
     on conflict do nothing`,
    [tenantId, group, keys],
  );
  const rows = await tx.query<{ key: string; position: bigint }>(
    `select key, position from ${table} where tenant_id = $1 and group_name = $2 and key = any($3) order by key for update`,
    [tenantId, group, keys],
  );
  const marks = new Map(rows.map(({ key, position }) => [key, position]));
  const fresh: LoggedEvent[] = [];
  for (const event of events) {
    if (event.position <= marks.get(event.key)!) continue;
    marks.set(event.key, event.position);
    fresh.push(event);
  }
  const moved = [...new Set(fresh.map((event) => event.key))];
  if (moved.length > 0) {
    await tx.execute(
      `update ${table} m set position = n.position, updated_at = now() from unnest($3::text[], $4::bigint[]) n (key, position)
       where m.tenant_id = $1 and m.group_name = $2 and m.key = n.key`,
      [tenantId, group, moved, moved.map((key) => marks.get(key)!)],
    );
  }
  return fresh;
}
