import path from 'node:path';
import type { Bus, LoggedEvent, NewEvent, Subscription } from '#platform/bus/bus.ts';
import { type Clock, systemClock } from '#platform/clock.ts';
import type { Db, Tx } from '#platform/db/db.ts';
import { newId } from '#platform/id.ts';
import { createLogger, type Logger } from '#platform/log.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../test-database.ts';

export type MakeBus = (deps: { db: Db; log: Logger; clock: Clock }) => Bus;
export type Effect = { tenantId: string; eventId: string; position: bigint; key: string; n: number; traceparent: string | null };
export type ProbeData = { n: number };

export const quiet = createLogger({ level: process.env.TEST_LOG_LEVEL ?? 'silent' });
const bridgeSource = { module: 'probe', directory: path.join(import.meta.dirname, 'bridged/migrations') };
export const probeSource = { module: 'probe', directory: path.join(import.meta.dirname, 'migrations') };

/** A database with the module `probe`, and as many "processes" on it as a test wants, each with its own bus and connections. `bridged`: events can be brought to it. */
export async function openProbe(makeBus: MakeBus, { bridged = false } = {}) {
  const database = await openTestDatabase([...sourcesOf(), probeSource, ...(bridged ? [bridgeSource] : [])]);
  const buses: Bus[] = [];
  const openProcess = (): { bus: Bus; db: Db } => {
    const db = database.openAnother({ poolSize: 6 });
    const bus = makeBus({ db, log: quiet, clock: systemClock });
    buses.push(bus);
    return { bus, db };
  };
  return {
    database,
    openProcess,
    async close() {
      await Promise.all(buses.map((bus) => bus.close()));
      await database.close();
    },
  };
}

export function probeEvent(tenantId: string, key: string, n: number): NewEvent<ProbeData> {
  return {
    id: newId(),
    type: 'probe.happened.v1',
    tenantId,
    key,
    actor: { kind: 'system', id: 'probe' },
    time: new Date().toISOString(),
    data: { n },
  };
}

export function publishAll(process: { bus: Bus; db: Db }, events: readonly NewEvent[]): Promise<void> {
  const tenants = [...new Set(events.map((event) => event.tenantId))];
  return process.db.tx({ module: 'probe', tenants }, (tx) => process.bus.publish(tx, events));
}

/** The handler all tests share: the effect is one row an event. */
export async function recordEffects(tx: Tx, events: readonly LoggedEvent[]): Promise<void> {
  for (const event of events) {
    const { n } = event.data as ProbeData;
    await tx.execute('insert into probe.effects (tenant_id, event_id, position, key, n, traceparent) values ($1, $2, $3, $4, $5, $6)', [
      event.tenantId,
      event.id,
      event.position,
      event.key,
      n,
      event.traceparent ?? null,
    ]);
  }
}

export function probeSubscription(group: string, handle: Subscription['handle'] = recordEffects): Subscription {
  return { group, module: 'probe', types: ['probe.happened.v1'], from: 'beginning', handle };
}

export function effects(database: TestDatabase): Promise<Effect[]> {
  return database
    .admin<Omit<Effect, 'position'> & { position: string }>(
      `select tenant_id as "tenantId", event_id as "eventId", position, key, n, traceparent from probe.effects order by nth`,
    )
    .then((rows) => rows.map((row) => ({ ...row, position: BigInt(row.position) })));
}

/** Waits until `holds` answers true; fails with `what` after `timeoutMs`. */
export async function eventually(what: string, holds: () => Promise<boolean>, timeoutMs = 20_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Waits until a group has seen everything in the log and the module's outbox is empty. */
export function settled(database: TestDatabase, bus: Bus, group: string): Promise<void> {
  return eventually(`${group} catches up`, async () => {
    const [row] = await database.admin<{ waiting: boolean }>('select exists (select from probe.outbox) as waiting');
    if (row!.waiting) return false;
    return (await bus.status()).some((status) => status.group === group && status.lag === 0n);
  });
}
