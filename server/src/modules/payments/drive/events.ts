import type { NewEvent } from '#platform/bus/bus.ts';
import type { Actor } from '#platform/context.ts';
import { derivedId } from '#platform/id.ts';
import { publicStatus } from '../domain/next-action.ts';
import type { Status } from '../domain/payment.ts';
import { PAYMENT_PROGRESSED, type PaymentProgressed, type PaymentStatus } from '../events.ts';
import { type PaymentRecord, paymentName, receiptName } from '../record.ts';

/**
 * What is published of a change: one event when the public status changed and, when money went to another of our people, one for them.
 * `before` is null at creation. Ids are derived from payment and version: the same change gives the same event.
 */
export function progressEvents(
  before: PaymentRecord | null,
  after: PaymentRecord,
  actor: Actor,
  nowMs: number,
): NewEvent<PaymentProgressed>[] {
  const status = told(after.status);
  const previousStatus = before && told(before.status);
  if (status === previousStatus) return [];
  const at = new Date(nowMs).toISOString();
  const base = {
    method: 'pix' as const,
    status,
    amountMinor: after.amountMinor.toString(),
    currency: 'BRL',
    endToEndId: after.endToEndId,
    at,
  };
  const envelope = { type: PAYMENT_PROGRESSED, tenantId: after.tenantId, actor, time: at, traceparent: after.traceparent };
  const paymentId = paymentName(after.id);
  const events: NewEvent<PaymentProgressed>[] = [
    {
      ...envelope,
      id: derivedId('payments', 'progressed', after.id, String(after.version)),
      key: paymentId,
      subjectId: after.subjectId,
      data: { ...base, paymentId, subjectId: after.subjectId, direction: 'out', previousStatus, payeeHash: after.payeeHash },
    },
  ];
  if (after.route === 'on-us' && after.status === 'settled' && after.payeeSubjectId) {
    const receiptId = receiptName(after.id);
    events.push({
      ...envelope,
      id: derivedId('payments', 'received-on-us', after.id),
      key: receiptId,
      subjectId: after.payeeSubjectId,
      data: { ...base, paymentId: receiptId, subjectId: after.payeeSubjectId, direction: 'in', previousStatus: null, payeeHash: null },
    });
  }
  return events;
}

/** The statuses that were promised with version 1 of the event: what people look into is not known to have ended. */
function told(status: Status): PaymentStatus {
  const shown = publicStatus(status);
  return shown === 'disputed' || shown === 'stuck' ? 'unknown' : shown;
}
