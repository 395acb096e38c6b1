import type { Loop } from '../loop.ts';
import { createBusAdmin } from './admin.ts';
import { createBroadcaster } from './broadcast.ts';
import type { Bus } from './bus.ts';
import { type ConsumerDeps, startConsumer } from './consumer.ts';
import { publish } from './outbox.ts';
import { startRelay } from './relay.ts';
import { startTail } from './tail.ts';

export type PostgresBusDeps = ConsumerDeps;

/** The bus on Postgres alone: outbox, log and inbox are tables, NOTIFY only saves waiting. The default, from laptop to cluster. */
export function createPostgresBus(deps: PostgresBusDeps): Bus {
  const { db, log } = deps;
  const broadcaster = createBroadcaster(db, log);
  const relays = new Map<string, Set<Loop>>();
  const readers = new Set<Loop>();
  const running = new Set<Loop>();
  let listening: Promise<() => Promise<void>> | undefined;

  /** Follows the log's notifications, one connection for all readers of this process. */
  const read = (loop: Loop): Loop => {
    listening ??= db.listen('lastro_log', () => {
      for (const reader of readers) reader.wake();
    });
    return keep(loop, readers);
  };
  const keep = (loop: Loop, set: Set<Loop>): Loop => {
    set.add(loop);
    running.add(loop);
    return {
      wake: () => loop.wake(),
      async stop() {
        set.delete(loop);
        await loop.stop();
        running.delete(loop);
      },
    };
  };

  return {
    async publish(tx, events) {
      await publish(tx, events);
      tx.afterCommit(() => {
        for (const relay of relays.get(tx.scope.module) ?? []) relay.wake();
      });
    },
    subscribe: (subscription) => read(startConsumer(deps, subscription)),
    tail: (options, hear) => read(startTail(db, log, options, hear)),
    startRelay(module) {
      const set = relays.get(module) ?? new Set();
      relays.set(module, set);
      return keep(startRelay(db, log, module), set);
    },
    broadcast: broadcaster.broadcast,
    onBroadcast: broadcaster.onBroadcast,
    ...createBusAdmin(db),
    async close() {
      await Promise.all([...running].map((loop) => loop.stop()));
      await broadcaster.close();
      await (await listening)?.();
    },
  };
}
