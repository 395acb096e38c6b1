import type { Loop } from '../loop.ts';
import type { Bridge } from './bridge.ts';
import { applyMessages } from './bring-in.ts';
import { type CarryDeps, carriedUpTo, startCarrying } from './carry-out.ts';

/** The bridge between the log and a broker; `deps.driver` is the broker. */
export function createBridge(deps: CarryDeps): Bridge & { close(): Promise<void> } {
  const { db, log, driver } = deps;
  const ways = new Set<Loop>();
  const members = new Set<{ stop(): Promise<void> }>();
  let listening: Promise<() => Promise<void>> | undefined;

  return {
    carryOut(outward) {
      listening ??= db.listen('lastro_log', () => {
        for (const way of ways) way.wake();
      });
      const way = startCarrying(deps, outward);
      ways.add(way);
      return {
        async stop() {
          ways.delete(way);
          await way.stop();
        },
      };
    },
    bringIn(inward) {
      const { topic, group } = inward;
      const member = driver.join({
        topic,
        group,
        async handle(messages) {
          try {
            await applyMessages(db, inward, messages);
          } catch (error) {
            log.warn({ group, topic, err: (error as Error).message }, 'messages of a broker were not applied and come again');
            throw error;
          }
        },
      });
      members.add(member);
      return {
        async stop() {
          members.delete(member);
          await member.stop();
        },
      };
    },
    carriedUpTo: (name) => carriedUpTo(db, name),
    async close() {
      await Promise.all([...ways, ...members].map((one) => one.stop()));
      await (await listening)?.();
      await driver.close();
    },
  };
}
