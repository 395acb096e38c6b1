import type { Bus } from '#platform/bus/bus.ts';
import type { Logger } from '#platform/log.ts';
import type { Day } from './contract.ts';

/** What live screens hear on `cashflow.day` after a projection has committed. */
export type DayMessage = {
  tenantId: string;
  subjectId: string;
  accountId: string;
  /** An account's own day, or that of all places of a shop. */
  of: 'account' | 'shop';
  day: Day;
  updatedAt: string;
  traceparent?: string;
};

/** Accounts waiting to be announced; beyond it the news is dropped, since a screen can always ask. */
const MAX_WAITING = 10_000;

/**
 * Tells screens about changed days, all that wait at once and only the newest of an account: under load several projections become one
 * message, and announcing never slows projecting down.
 */
export function createAnnouncer(bus: Bus, log: Logger): { announce(messages: readonly DayMessage[]): void; drain(): Promise<void> } {
  const waiting = new Map<string, DayMessage>();
  let running: Promise<void> | undefined;

  const run = async (): Promise<void> => {
    while (waiting.size > 0) {
      const messages = [...waiting.values()];
      waiting.clear();
      const told = await Promise.allSettled(messages.map((message) => bus.broadcast('cashflow.day', message)));
      for (const one of told) if (one.status === 'rejected') log.warn({ err: String(one.reason) }, 'a day was not announced');
    }
  };

  return {
    announce(messages) {
      for (const message of messages) {
        const id = `${message.tenantId} ${message.accountId}`;
        if (waiting.size < MAX_WAITING || waiting.has(id)) waiting.set(id, message);
      }
      running ??= run().finally(() => {
        running = undefined;
      });
    },
    async drain() {
      await running;
    },
  };
}
