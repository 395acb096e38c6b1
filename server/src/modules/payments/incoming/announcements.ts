import { createBatcher } from '#platform/batcher.ts';
import { systemContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
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
/** What an announcement of an end would have us believe. */
const SAYS: Readonly<Record<string, PaymentRecord['outcome']>> = { 'pix.settled': 'executed', 'pix.rejected': 'not-executed' };
type Heard = { connection: string; announcement: Announcement };
/** What there is to keep of an announcement, and what has to be done when it is kept. */
type Kept = {
  event: ProviderEvent;
  connection: string;
  receiptOf?: string;
  step?: OwnedStep;
  isNews: boolean;
  paymentId?: string;
  isSameAmount?: boolean;
};

/**
 * What the provider tells us unasked. Kept once by event id and answered after that commit; all that is told at the same moment is looked at and kept in one transaction. Nothing
 * of it is acted upon: whatever is not known already is a reason to ask, and the answer to the question is what counts.
 */
export function createAnnouncements({ deps, measures, receiver, wakePayments }: Parts) {
  const { db, clock, log, config } = deps;

  /** The row it is about, where the connection that tells of it is the one it went out by. */
  function judge({ connection, announcement }: Heard, named: PaymentRecord | undefined): Kept {
    const { id, type, data } = announcement;
    const payment = named?.connection === connection ? named : undefined;
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
    if (type === 'pix.received') return { event: event('receipt'), connection, receiptOf: homeTenantOf(config), isNews: false };
    if (!payment) return { event: event('unmatched'), connection, isNews: false };
    const isSameAmount = amountMinor === null || amountMinor === payment.amountMinor;
    const isNews = !isSameAmount || SAYS[type] === undefined || SAYS[type] !== payment.outcome;
    const step = announcementStep(payment, announcement, isSameAmount, nowMs);
    return { event: event('payment'), connection, step, isNews, paymentId: payment.id, isSameAmount };
  }

  /** Keeps those that were not known; null for the others. */
  async function keep(tx: Tx, heard: readonly Heard[]): Promise<(Kept | null)[]> {
    const [seen, payments] = await Promise.all([
      findKnownEvents(
        tx,
        heard.map(({ announcement: { id } }) => id),
      ),
      findByEndToEndIds(
        tx,
        heard.map(({ announcement: { data } }) => data.endToEndId),
      ),
    ]);
    const byId = new Map(payments.map((payment) => [payment.endToEndId, payment]));
    const kept = heard.map((one): Kept | null => {
      const { id, data } = one.announcement;
      if (seen.has(id)) return null;
      seen.add(id);
      return judge(one, byId.get(data.endToEndId));
    });
    const fresh = kept.filter((one) => one !== null);
    insertProviderEvents(
      tx,
      fresh.map(({ event }) => event),
    );
    insertSteps(
      tx,
      paymentRows.steps,
      fresh.flatMap(({ step }) => step ?? []),
    );
    const news = fresh.flatMap(({ event, isNews }) => (isNews ? [event.endToEndId] : []));
    if (news.length > 0) noteNews(tx, news);
    const arrived = await insertReceipts(
      tx,
      fresh.flatMap(({ event: { endToEndId, amountMinor: announcedMinor }, connection, receiptOf }) =>
        receiptOf ? [{ id: newId(), tenantId: receiptOf, endToEndId, announcedMinor, foundBy: 'announcement' as const, connection }] : [],
      ),
    );
    receiver.begun(tx, arrived.size);
    return kept;
  }

  const batch = createBatcher<Heard, Kept | null>((heard) => db.tx({ module: 'payments', system: true }, (tx) => keep(tx, heard)), {
    maxBatch: 200,
    maxBacklog: 10_000,
    isolate: isUnstorable,
    overloaded: () => refusePayments('PAYMENTS_OVERLOADED', { retryAfterSeconds: 1 }),
  });

  return async function hear(connection: string, told: Announcement): Promise<void> {
    // Two providers may give the same id to different things.
    const announcement = connection === DEFAULT_CONNECTION ? told : { ...told, id: `${connection}:${told.id}` };
    const kept = await batch.submit({ connection, announcement });
    if (kept === null) return;
    const { type, at } = announcement;
    measures.heard(type, at);
    if (kept.isSameAmount === false) log.error({ paymentId: kept.paymentId }, 'the provider announced another amount than was sent');
    if (kept.event.matched === 'receipt') receiver.wake();
    else if (kept.event.matched === 'unmatched')
      log.warn({ connection, type }, 'the provider announced something that matches nothing here');
    else if (kept.isNews) wakePayments();
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
