import type { Loop } from '../loop.ts';
import { createBusAdmin } from './admin.ts';
import { createBroadcaster } from './broadcast.ts';
import type { Bus } from './bus.ts';
import { type ConsumerDeps, startConsumer } from './consumer.ts';
import { lanesOf } from './lanes.ts';
import { publish } from './outbox.ts';
import { startRelay } from './relay.ts';
import { SharedReader } from './shared-reader.ts';
import { startTail } from './tail.ts';

export type PostgresBusDeps = Omit<ConsumerDeps, 'reader'>;

/** Whoever wants none of the types that came passes over them so much later, with all that came by then. */
const PASS_OVER_MS = 1_000;

/** The bus on Postgres alone: outbox, log and inbox are tables, NOTIFY only saves waiting. The default, from laptop to cluster. */
export function createPostgresBus(deps: PostgresBusDeps): Bus {
  const { db, log } = deps;
  const broadcaster = createBroadcaster(db, log);
  const relays = new Map<string, Set<Loop>>();
  const readers = new Map<Loop, readonly string[]>();
  const running = new Set<Loop>();
  const reader = new SharedReader(db);
  let listening: Promise<() => Promise<void>> | undefined;
  let passOver: NodeJS.Timeout | undefined;

  /** @param payload `<position> <types>`; without types all are meant. */
  const wake = (payload: string): void => {
    const [position, types] = payload.split(' ');
    reader.noticed(position && /^\d{1,18}$/.test(position) ? BigInt(position) : undefined);
    const came = types?.split(',') ?? ['*'];
    const isMeant = (wanted: readonly string[]) => came.includes('*') || wanted.includes('*') || came.some((type) => wanted.includes(type));
    for (const [loop, wanted] of readers) if (isMeant(wanted)) loop.wake();
    passOver ??= setTimeout(() => {
      passOver = undefined;
      for (const loop of readers.keys()) loop.wake();
    }, PASS_OVER_MS).unref();
  };

  /** Follows the log's notifications, one connection and one reader for all of this process that want events. */
  const read = (loop: Loop, types: readonly string[]): Loop => {
    listening ??= db.listen('lastro_log', wake);
    const unwant = reader.want(types);
    readers.set(loop, types);
    const kept = keep(loop, new Set());
    return {
      wake: kept.wake,
      async stop() {
        if (readers.delete(loop)) unwant();
        await kept.stop();
      },
    };
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
    subscribe(subscription) {
      const lanes = lanesOf(subscription).map((lane) => read(startConsumer({ ...deps, reader }, subscription, lane), subscription.types));
      return {
        wake() {
          for (const lane of lanes) lane.wake();
        },
        stop: async () => void (await Promise.all(lanes.map((lane) => lane.stop()))),
      };
    },
    tail: (options, hear) => read(startTail({ db, log, reader }, options, hear), options.types),
    startRelay(module) {
      const set = relays.get(module) ?? new Set();
      relays.set(module, set);
      return keep(startRelay(db, log, module), set);
    },
    broadcast: broadcaster.broadcast,
    onBroadcast: broadcaster.onBroadcast,
    ...createBusAdmin(db),
    async close() {
      clearTimeout(passOver);
      passOver = undefined;
      await Promise.all([...running].map((loop) => loop.stop()));
      await broadcaster.close();
      await (await listening)?.();
    },
  };
}
