import { createHash } from 'node:crypto';
import type { Movement, Payment } from './payment.ts';
import type { Receipt, WebhookEvent } from './records.ts';
import type { Return } from './returns.ts';

/** Ids of events come from what they announce: after a restart the same event has the same id. */
export function executedEvent({ order, status, reason, finishedAtMs }: Payment): WebhookEvent {
  const { endToEndId, amount, txid } = order;
  const at = new Date(finishedAtMs!).toISOString();
  return {
    id: `evt_${status}_${endToEndId}`,
    type: status === 'settled' ? 'pix.settled' : 'pix.rejected',
    at,
    data: { endToEndId, amount, reason, txid },
    about: { ownId: order.ownId, key: order.payee.key },
  };
}

/** `sent`: of a return, the payment that came back. */
export function receivedEvent({ endToEndId, amount, payeeKey, txid, atMs }: Receipt, sent?: Payment): WebhookEvent {
  const returnOf = sent && { ownId: sent.order.ownId, endToEndId: sent.order.endToEndId, amount: sent.order.amount };
  return {
    id: `evt_received_${endToEndId}`,
    type: 'pix.received',
    at: new Date(atMs).toISOString(),
    data: { endToEndId, amount, txid },
    about: { key: payeeKey, returnOf },
  };
}

export function movementOf({ order: { endToEndId, returnId, amount }, atMs }: Return): Movement {
  return { endToEndId, returnId, direction: 'out', amount, status: 'returned', atMs };
}

export function endToEndIdOf(ispb: string, atMs: number, bytes: Buffer): string {
  const minute = new Date(atMs).toISOString().replace(/[-:T]/g, '').slice(0, 12);
  return `E${ispb}${minute}${bytes.toString('hex', 0, 6).slice(0, 11)}`;
}

/** The same whatever the order of properties. */
export function hashOf(value: unknown): string {
  const canonical = JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner) ? Object.fromEntries(Object.entries(inner).sort()) : inner,
  );
  return createHash('sha256').update(canonical).digest('hex');
}
