import { createBatcher } from '#platform/batcher.ts';
import type { App } from '#platform/http/app.ts';
import { newId } from '#platform/id.ts';
import { decodeUtf8 } from '#platform/text.ts';
import type { PaymentsDeps } from '../deps.ts';
import { parseDecimalAmount } from '../domain/amount.ts';
import type { Committer } from '../drive/committer.ts';
import type { Driver } from '../drive/driver.ts';
import { refusePayments } from '../errors.ts';
import type { Measures } from '../measure.ts';
import { type Announcement, readMessage } from '../provider/messages.ts';
import type { PaymentRecord } from '../record.ts';
import { findByEndToEndIds, makeDue } from '../store/payments.ts';
import { findKnownEvents, insertProviderEvents, type ProviderEvent } from '../store/provider-events.ts';
import { insertReceipt } from '../store/receipts.ts';
import { isProved } from './signature.ts';

const DEFAULT_HOME_TENANT = '0192f000-0000-7000-8000-000000000001';

type Parts = {
  deps: PaymentsDeps;
  committer: Committer;
  driver: Driver;
  measures: Measures;
  wakeReceiver: () => void;
  wakeRecovery: () => void;
};
type Known = { isSeen: boolean; payment: PaymentRecord | undefined };

/**
 * What the provider tells us unasked. Kept once by event id, in the same commit as what it changes, and answered after that commit. A
 * confirmation is believed, being signed; a rejection and an arrival are only a reason to ask, since acting on them gives money.
 */
export function createAnnouncements({ deps, committer, driver, measures, wakeReceiver, wakeRecovery }: Parts) {
  const { db, clock, log, config } = deps;
  const lookUp = createBatcher<Announcement, Known>(
    (announcements) =>
      db.tx({ module: 'payments', system: true }, async (tx) => {
        const seen = await findKnownEvents(
          tx,
          announcements.map(({ id }) => id),
        );
        const payments = await findByEndToEndIds(
          tx,
          announcements.map(({ data }) => data.endToEndId),
        );
        const byId = new Map(payments.map((payment) => [payment.endToEndId, payment]));
        return announcements.map(({ id, data }) => ({ isSeen: seen.has(id), payment: byId.get(data.endToEndId) }));
      }),
    { maxBatch: 200, maxBacklog: 10_000, overloaded: () => refusePayments('PAYMENTS_OVERLOADED', { retryAfterSeconds: 1 }) },
  );

  return async function hear(announcement: Announcement): Promise<void> {
    const { isSeen, payment } = await lookUp.submit(announcement);
    if (isSeen) return;
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
    const keep = (matched: ProviderEvent['matched'], also?: 'receipt' | 'due') =>
      db.tx({ module: 'payments', system: true }, async (tx) => {
        await insertProviderEvents(tx, [event(matched)]);
        const { endToEndId } = data;
        const tenantId = config.homeTenantId ?? DEFAULT_HOME_TENANT;
        if (also === 'receipt') await insertReceipt(tx, { id: newId(), tenantId, endToEndId, announcedMinor: amountMinor, nowMs });
        if (also === 'due') await makeDue(tx, [endToEndId], nowMs);
      });

    if (type === 'pix.received') {
      await keep('receipt', 'receipt');
      wakeReceiver();
      return;
    }
    if (!payment || (type !== 'pix.settled' && type !== 'pix.rejected')) {
      log.warn({ type }, 'the provider announced something that matches nothing here');
      await keep('unmatched');
      return;
    }
    const isSameAmount = amountMinor === null || amountMinor === payment.amountMinor;
    if (type === 'pix.rejected' || !isSameAmount) {
      await keep('payment', 'due');
      wakeRecovery();
      return;
    }
    const settledAtMs = Date.parse(at);
    const applied = await committer.apply(payment, {
      fact: { type: 'provider-confirmed', settledAtMs: Number.isNaN(settledAtMs) ? nowMs : settledAtMs },
      step: { step: 'confirmation', startedAtMs: nowMs, durationMs: 0, input: { eventId: id, type }, outcome: { result: 'settled' } },
      providerEvent: event('payment'),
    });
    if (applied.verdict === 'contradiction')
      log.error({ paymentId: payment.id }, 'the provider confirmed a payment that has ended otherwise');
    if (applied.moved) driver.start(applied.record);
  };
}

/** POST /webhooks/pix/sandbox. The raw bytes are what is signed, so this scope reads bodies itself. */
export function webhookRoutes(app: App, deps: PaymentsDeps, hear: (announcement: Announcement) => Promise<void>): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: 16 * 1024 }, (_request, body, done) => done(null, body));
    scope.post(
      '/webhooks/pix/sandbox',
      {
        config: { auth: 'signature', idempotency: 'exempt: deduplicated by event id', ratePerMinute: 10_000_000 },
        schema: { tags: ['webhooks'], summary: 'Avisos do provedor do Pix, assinados' },
      },
      async (request, reply) => {
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const { 'x-sandbox-timestamp': timestamp, 'x-sandbox-signature': signature } = request.headers;
        if (!isProved(deps.config.webhookSecret, { timestamp, signature }, body, deps.clock.now())) {
          throw refusePayments('PAYMENTS_WEBHOOK_UNPROVED');
        }
        const announcement = readMessage('Announcement', parse(body));
        if (!announcement) throw refusePayments('PAYMENTS_WEBHOOK_MALFORMED');
        await hear(announcement);
        return reply.status(204).send();
      },
    );
  });
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(decodeUtf8(body, false) ?? '');
  } catch {
    return null;
  }
}
