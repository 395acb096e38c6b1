import type { LoggedEvent, Subscription } from '#platform/bus/bus.ts';
import { type Clock, DEFAULT_ZONE } from '#platform/clock.ts';
import { instantMs } from '#platform/dates.ts';
import type { Tx } from '#platform/db/db.ts';
import { currentTraceparent } from '#platform/telemetry/tracing.ts';
import type { DayMessage } from './announce.ts';
import { netMinor } from './domain/daily-balance.ts';
import { ACCOUNT_OPENED, ENTRY_POSTED, openedAccount, placeInLedger, postedEntries } from './ledger-events.ts';
import { insertAccounts, noteReached } from './store.ts';
import { type LastDay, type ProjectionSettings, projectEntries } from './views/projection.ts';

export const GROUP = 'cashflow.daily-balance';
export const TYPES = [ACCOUNT_OPENED, ENTRY_POSTED] as const;

/** Older news is history being replayed: no screen waits for it. */
const NEWS_MS = 60_000;

export type ProjectionDeps = {
  clock: Clock;
  /** The zone in which a tenant's days begin and end; the platform's default when absent. */
  zoneOf?: (tenantId: string) => string | undefined;
  /** Told of the days that changed, in the same transaction: a store of documents gets them. */
  onChanged?: ProjectionSettings['onChanged'];
};

/** Applies a run of the ledger's events of one tenant to the read model; answers the last day of each account it touched. */
export async function applyEvents(tx: Tx, events: readonly LoggedEvent[], deps: ProjectionDeps): Promise<LastDay[]> {
  const tenantId = events[0]!.tenantId;
  const zone = deps.zoneOf?.(tenantId) ?? DEFAULT_ZONE;
  const opened = events.filter((event) => event.type === ACCOUNT_OPENED).map((event) => ({ ...openedAccount(event), zone }));
  if (opened.length > 0) await insertAccounts(tx, tenantId, opened);
  const entries = events.filter((event) => event.type === ENTRY_POSTED).flatMap(postedEntries);
  const updatedAt = new Date(deps.clock.now()).toISOString();
  const newest = events.findLast((event) => event.type === ENTRY_POSTED);
  if (newest) noteReached(tx, tenantId, placeInLedger(newest));
  return projectEntries(tx, tenantId, entries, { zone, updatedAt, ...(deps.onChanged ? { onChanged: deps.onChanged } : {}) });
}

/** The consumer group of the daily balance. */
export function dailyBalanceSubscription(deps: ProjectionDeps & { announce: (messages: readonly DayMessage[]) => void }): Subscription {
  return {
    group: GROUP,
    module: 'cashflow',
    types: TYPES,
    from: 'beginning',
    maxBatch: 500,
    gatherMs: 100,
    async handle(tx, events) {
      const changed = await applyEvents(tx, events, deps);
      const newest = events.at(-1)!;
      if (deps.clock.now() - instantMs(newest.time) > NEWS_MS) return;
      const traceparent = currentTraceparent();
      const news = {
        tenantId: newest.tenantId,
        updatedAt: new Date(deps.clock.now()).toISOString(),
        ...(traceparent ? { traceparent } : {}),
      };
      const messages = changed.flatMap((one) => toMessage(news, one));
      tx.afterCommit(() => deps.announce(messages));
    },
  };
}

function toMessage(news: Pick<DayMessage, 'tenantId' | 'updatedAt' | 'traceparent'>, { account, day, tells }: LastDay): DayMessage[] {
  if (account.subjectId === null || tells === null) return [];
  const { accountId, subjectId } = account;
  const { date, openingMinor, inMinor, outMinor, closingMinor } = day;
  const text = {
    date,
    openingMinor: openingMinor.toString(),
    inMinor: inMinor.toString(),
    outMinor: outMinor.toString(),
    netMinor: netMinor(day).toString(),
    closingMinor: closingMinor.toString(),
  };
  return [{ ...news, subjectId, accountId, of: tells, day: text }];
}
