import { ACCOUNT_OPENED, type AccountOpened, ENTRY_POSTED, type EntryPosted } from '#ledger/events';
import type { Bus, NewEvent } from '#platform/bus/bus.ts';
import { createPostgresBus } from '#platform/bus/postgres.ts';
import { type Clock, systemClock } from '#platform/clock.ts';
import type { Db } from '#platform/db/db.ts';
import { derivedId, newId } from '#platform/id.ts';
import { createLogger } from '#platform/log.ts';
import { createMetrics, type Metrics } from '#platform/telemetry/metrics.ts';
import { eventually } from '../../../test/support/probe/probe.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import { type CashflowDeps, createCashflow } from './index.ts';

/** Tests of this module stand in for the ledger: its events, through its own outbox and the real bus. */
export const log = createLogger({ level: process.env.TEST_LOG_LEVEL ?? 'silent' });

export type Customer = { tenantId: string; accountId: string; subjectId: string };

export function newCustomer(tenantId: string): Customer {
  return { tenantId, accountId: newId(), subjectId: newId() };
}

/** A customer's account is credit-normal: a credit comes in, a debit goes out; the other side is the provider's clearing account. */
export function posted(
  customer: Customer,
  direction: 'in' | 'out',
  amountMinor: bigint,
  effectiveAt: string,
  clearingId = clearingOf(customer.tenantId),
): NewEvent<EntryPosted> {
  const zero = { postedMinor: '0', heldMinor: '0', availableMinor: '0' };
  const own = { accountId: customer.accountId, code: 'customer', normalSide: 'credit' as const, subjectId: customer.subjectId, ...zero };
  const clearing = { accountId: clearingId, code: 'pix-clearing', normalSide: 'debit' as const, subjectId: null, ...zero };
  const [debit, credit] = direction === 'in' ? [clearing, own] : [own, clearing];
  const recordedAt = new Date().toISOString();
  const data: EntryPosted = {
    transferId: newId(),
    seq: 1,
    asset: 'BRL',
    amountMinor: amountMinor.toString(),
    debit,
    credit,
    effectiveAt,
    recordedAt,
    metadata: null,
    kind: 'transfer',
    holdId: null,
    releasedMinor: '0',
  };
  return fromLedger(customer, ENTRY_POSTED, data, recordedAt);
}

export function opened(customer: Customer): NewEvent<AccountOpened> {
  const { accountId, subjectId } = customer;
  const openedAt = new Date().toISOString();
  const data = { accountId, code: 'customer', asset: 'BRL', normalSide: 'credit' as const, subjectId, overdraftLimitMinor: '0', openedAt };
  return fromLedger(customer, ACCOUNT_OPENED, data, openedAt);
}

function fromLedger<T>(customer: Customer, type: string, data: T, time: string): NewEvent<T> {
  const { tenantId, accountId: key, subjectId } = customer;
  return { id: newId(), type, tenantId, key, subjectId, actor: { kind: 'system', id: 'ledger' }, time, data };
}

export const clearingOf = (tenantId: string): string => derivedId('test', 'clearing', tenantId);

export type TestProcess = {
  bus: Bus;
  db: Db;
  metrics: Metrics;
  cashflow: ReturnType<typeof createCashflow>;
  project(): { stop(): Promise<void> };
};

export async function openCashflow(clock: Clock = systemClock) {
  const database: TestDatabase = await openTestDatabase(sourcesOf('ledger', 'cashflow'));
  const buses: Bus[] = [];
  /** As another process would be: its own connections, bus and module. */
  const openProcess = (): TestProcess => {
    const db = database.openAnother({ poolSize: 6 });
    const bus = createPostgresBus({ db, log, clock: systemClock });
    buses.push(bus);
    const metrics = createMetrics();
    const deps: CashflowDeps = { db, bus, clock, log, metrics, vault: undefined as never };
    const cashflow = createCashflow(deps);
    return { bus, db, metrics, cashflow, project: () => bus.subscribe(cashflow.subscriptions![0]!) };
  };
  return {
    database,
    openProcess,
    async publish(process: TestProcess, events: readonly NewEvent[]): Promise<void> {
      const tenants = [...new Set(events.map((event) => event.tenantId))];
      await process.db.tx({ module: 'ledger', tenants }, (tx) => process.bus.publish(tx, events));
    },
    /** Waits until everything published has been projected (or is among the dead letters). */
    async settled(bus: Bus): Promise<void> {
      await eventually('the projection catches up', async () => {
        const [row] = await database.admin<{ waiting: boolean }>('select exists (select from ledger.outbox) as waiting');
        if (row!.waiting) return false;
        return (await bus.status()).some((status) => status.group === 'cashflow.daily-balance' && status.lag === 0n);
      });
    },
    /** The read model as it is stored, without the time at which it was written. */
    model: () =>
      database.admin<Record<string, string>>(
        `select tenant_id, account_id, date::text, opening::text, in_minor::text, out_minor::text, closing::text, position::text
         from cashflow.daily_balances order by tenant_id, account_id, date`,
      ),
    async close() {
      await Promise.all(buses.map((bus) => bus.close()));
      await database.close();
    },
  };
}

export type CashflowTest = Awaited<ReturnType<typeof openCashflow>>;
