import { readLog } from '../bus/log-reader.ts';
import { readHead } from '../bus/tail.ts';
import type { Db } from '../db/db.ts';
import type { Held, Locks } from '../lock/lock.ts';
import type { Logger } from '../log.ts';
import { type Loop, startLoop } from '../loop.ts';
import type { BrokerDriver, Outward } from './bridge.ts';
import { toMessage } from './message.ts';

export type CarryDeps = {
  db: Db;
  log: Logger;
  locks: Locks;
  driver: BrokerDriver;
  /** How long another process waits after the one that carries has died. */
  leaseMs?: number;
};

const AT_ONCE = 500;
const LEASE_MS = 10_000;
/** The log's notification wakes a way; looking is for the one that got lost. */
const IDLE_MS = 5_000;
const REST_MS = 20;
const LOG = { module: 'bus', system: true } as const;
const OWN = { module: 'bridge', system: true } as const;

/**
 * Carries the log to a topic: reads behind the cursor, sends, and moves the cursor when the broker has all of it. Between sending and moving anything may die: then
 * the same messages go again, under the same ids. Nothing is sent inside a transaction.
 */
export function startCarrying(deps: CarryDeps, outward: Outward): Loop {
  const { db, log, driver, locks, leaseMs = LEASE_MS } = deps;
  let held: Held | undefined;
  let cursor: bigint | undefined;
  const letGo = async (): Promise<void> => {
    const last = held;
    [held, cursor] = [undefined, undefined];
    await last?.release();
  };

  const step = async (): Promise<{ ms: number; restMs?: number }> => {
    if (held?.signal.aborted) await letGo();
    if (!held) {
      held = await locks.tryAcquire(`bridge:${outward.name}`, leaseMs);
      if (!held) return { ms: leaseMs / 3 };
      cursor = await takeCursor(db, outward, held.token);
    }
    const after = cursor!;
    const page = await db.tx(LOG, (tx) => readLog(tx, { after, types: outward.types, limit: AT_ONCE }));
    if (page.end === after) return { ms: IDLE_MS, restMs: REST_MS };
    if (page.events.length > 0) await driver.send(outward.topic, page.events.map(toMessage));
    // Lost meanwhile: whoever has it sends the same again, and moves the cursor itself.
    if (!(await moveCursor(db, outward.name, page.end, held.token))) {
      await letGo();
      return { ms: leaseMs / 3 };
    }
    cursor = page.end;
    return page.end < page.head ? { ms: 0 } : { ms: IDLE_MS, restMs: REST_MS };
  };
  const loop = startLoop(`bridge ${outward.name}`, log, step);
  return {
    wake: () => loop.wake(),
    async stop() {
      await loop.stop();
      await letGo();
    },
  };
}

/** Makes the cursor the first time, and keeps holders of older tokens from moving it. */
async function takeCursor(db: Db, { name, from }: Outward, token: bigint): Promise<bigint> {
  const start = from === 'now' ? await db.tx(LOG, readHead) : 0n;
  const [row] = await db.tx(OWN, (tx) =>
    tx.query<{ position: bigint }>(
      `insert into bridge.cursors (name, position, token) values ($1, $2, $3)
       on conflict (name) do update set token = excluded.token where bridge.cursors.token < excluded.token returning position`,
      [name, start, token],
    ),
  );
  if (!row) throw new Error(`another process has taken the way ${name} since`);
  return row.position;
}

async function moveCursor(db: Db, name: string, position: bigint, token: bigint): Promise<boolean> {
  const moved = await db.tx(OWN, (tx) =>
    tx.execute('update bridge.cursors set position = $2, updated_at = now() where name = $1 and token = $3', [name, position, token]),
  );
  return moved === 1;
}

export async function carriedUpTo(db: Db, name: string): Promise<bigint | null> {
  const [row] = await db.tx({ ...OWN, single: true }, (tx) =>
    tx.query<{ position: bigint }>('select position from bridge.cursors where name = $1', [name]),
  );
  return row?.position ?? null;
}
