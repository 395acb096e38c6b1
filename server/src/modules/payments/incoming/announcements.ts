import { createBatcher } from '#platform/batcher.ts';
import { systemContext } from '#platform/context.ts';
import { isUnstorable } from '#platform/db/unstorable.ts';
import { newId } from '#platform/id.ts';
import type { OwnedStep } from '#platform/machine/rows.ts';
import { insertSteps } from '#platform/machine/steps.ts';
import { DEFAULT_CONNECTION } from '../connections/names.ts';
import { homeTenantOf, type PaymentsDeps } from '../deps.ts';
import { parseDecimalAmount } from '../domain/amount.ts';
import { refusePayments } from '../errors.ts';
import type { Measures } from '../measure.ts';
import type { Announcement } from '../rails/port.ts';
import type { PaymentRecord } from '../record.ts';
import { findByEndToEndIds, noteNews, paymentRows } from '../store/payments.ts';
import { findKnownEvents, insertProviderEvents, type ProviderEvent } from '../store/provider-events.ts';
import { insertReceipts } from '../store/receipts.ts';
import type { Receiver } from './receive.ts';

type Parts = {
  deps: PaymentsDeps;
  measures: Measures;
  receiver: Pick<Receiver, 'begun' | 'wake'>;
  wakePayments: () => void;
};
type Known = { isSeen: boolean; payment: PaymentRecord | undefined };

/** What an announcement of an end would have us believe. */
const SAYS: Readonly<Record<string, PaymentRecord['outcome']>> = { 'pix.settled': 'executed', 'pix.rejected': 'not-executed' };
type Kept = { event: ProviderEvent; connection: string; receiptOf?: string; step?: OwnedStep; isNews: boolean };

/**
 * What the provider tells us unasked. Kept once by event id and answered after that commit. Nothing of it is acted upon: whatever is not
 * known already is a reason to ask, and the answer to the question is what counts.
 */
export function createAnnouncements({ deps, measures, receiver, wakePayments }: Parts) {
  const { db, clock, log, config } = deps;
  const overloaded = () => refusePayments('PAYMENTS_OVERLOADED', { retryAfterSeconds: 1 });
  const lookUp = createBatcher<Announcement, Known>(
    (announcements) =>
      db.tx({ module: 'payments', system: true }, async (tx) => {
        const [seen, payments] = await Promise.all([
          findKnownEvents(
            tx,
            announcements.map(({ id }) => id),
          ),
          findByEndToEndIds(
            tx,
            announcements.map(({ data }) => data.endToEndId),
          ),
        ]);
        const byId = new Map(payments.map((payment) => [payment.endToEndId, payment]));
        return announcements.map(({ id, data }) => ({ isSeen: seen.has(id), payment: byId.get(data.endToEndId) }));
      }),
    { maxBatch: 200, maxBacklog: 10_000, overloaded },
  );
  const keep = createBatcher<Kept, void>(
    (items) =>
      db.tx({ module: 'payments', system: true }, async (tx) => {
        await insertProviderEvents(
          tx,
          items.map(({ event }) => event),
        );
        await insertSteps(
          tx,
          paymentRows.steps,
          items.flatMap(({ step }) => (step ? [step] : [])),
        );
        const arrived = await insertReceipts(
          tx,
          items.flatMap(({ event: { endToEndId, amountMinor: announcedMinor }, connection, receiptOf }) =>
            receiptOf
              ? [{ id: newId(), tenantId: receiptOf, endToEndId, announcedMinor, foundBy: 'announcement' as const, connection }]
              : [],
          ),
        );
        receiver.begun(tx, arrived.size);
        const news = items.flatMap(({ event, isNews }) => (isNews ? [event.endToEndId] : []));
        if (news.length > 0) await noteNews(tx, news);
        return items.map(() => undefined);
      }),
    { maxBatch: 200, maxBacklog: 10_000, overloaded, isolate: isUnstorable },
  );

  return async function hear(connection: string, told: Announcement): Promise<void> {
    // Two providers may give the same id to different things.
    const announcement = connection === DEFAULT_CONNECTION ? told : { ...told, id: `${connection}:${told.id}` };
    const { isSeen, payment: named } = await lookUp.submit(announcement);
    if (isSeen) return;
    const payment = named?.connection === connection ? named : undefined;
    const { id, type, at, data } = announcement;
    measures.heard(type, at);
    const nowMs = clock.now();
    const amountMinor = data.amount === undefined ? null : parseDecimalAmount(data.amount);
    const event = (matched: ProviderEvent['matched']): ProviderEvent => ({
      eventId: id,
      type,
      endToEndId: data.endToEndId,
      amountMinor,
      receivedAtMs: nowMs,
      matched,
    });
    if (type === 'pix.received') {
      await keep.submit({ event: event('receipt'), connection, receiptOf: homeTenantOf(config), isNews: false });
      receiver.wake();
      return;
    }
    if (!payment) {
      log.warn({ connection, type }, 'the provider announced something that matches nothing here');
      await keep.submit({ event: event('unmatched'), connection, isNews: false });
      return;
    }
    const isSameAmount = amountMinor === null || amountMinor === payment.amountMinor;
    const isNews = !isSameAmount || SAYS[type] === undefined || SAYS[type] !== payment.outcome;
    if (!isSameAmount) log.error({ paymentId: payment.id }, 'the provider announced another amount than was sent');
    await keep.submit({ event: event('payment'), connection, step: announcementStep(payment, announcement, isSameAmount, nowMs), isNews });
    if (isNews) wakePayments();
  };
}

/** What was announced stands among the payment's steps, whatever becomes of it: of one that has ended, too. */
function announcementStep(payment: PaymentRecord, { id, type }: Announcement, isSameAmount: boolean, nowMs: number): OwnedStep {
  const says = SAYS[type];
  const isContrary = says !== undefined && payment.outcome !== null && says !== payment.outcome;
  return {
    tenantId: payment.tenantId,
    runId: payment.id,
    step: 'confirmation',
    attempt: 1,
    startedAtMs: nowMs,
    durationMs: 0,
    input: { eventId: id, type },
    outcome: {
      result: isSameAmount ? 'announced' : 'amount-differs',
      ...(isContrary ? { verdict: 'contradiction' } : {}),
    },
    statusBefore: payment.status,
    statusAfter: payment.status,
    actor: systemContext(payment.tenantId, 'payments').actor,
    reason: null,
  };
}
