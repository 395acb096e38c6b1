import type { Clock } from '#platform/clock.ts';
import { instantMs } from '#platform/dates.ts';
import type { Metrics } from '#platform/telemetry/metrics.ts';
import { publicStatus } from './domain/next-action.ts';
import { isTerminal } from './domain/payment.ts';
import type { PaymentRecord } from './record.ts';

/** The types that are known; a label takes no other text from outside. */
const ANNOUNCED = new Set(['pix.settled', 'pix.rejected', 'pix.received']);

export type Measures = ReturnType<typeof createMeasures>;

/** What people and operators feel of payments, in figures. Counted after the commit, by the process that wrote it. */
export function createMeasures(metrics: Metrics, clock: Clock) {
  const reached = metrics.counter('lastro_payments_total', 'Payments that came to a status, the outcomes among them', ['status']);
  const toEnd = metrics.histogram('lastro_payment_seconds', 'From confirming a payment to its end', ['status']);
  const webhookLag = metrics.histogram('lastro_pix_webhook_lag_seconds', 'From what the provider announces to hearing of it', ['type']);
  const toCredit = metrics.histogram('lastro_pix_received_seconds', 'From an incoming Pix at the provider to the money on the account');
  const toReturn = metrics.histogram(
    'lastro_pix_returned_seconds',
    'From an incoming Pix at the provider to its return, when it is refused',
  );
  const findings = metrics.counter('lastro_payment_findings_total', 'Payments in which something was found for people to look at', [
    'code',
  ]);
  const resolutions = metrics.counter('lastro_payment_resolutions_total', 'Payments that a person ended', ['decision']);
  const byStatement = metrics.counter(
    'lastro_pix_found_by_statement_total',
    'Arrivals that the provider’s statement told of before any announcement did',
  );
  const since = (ms: number): number => Math.max(0, clock.now() - ms) / 1000;

  return {
    /** A change of a payment has been committed. */
    moved(before: PaymentRecord, after: PaymentRecord): void {
      const status = publicStatus(after.status);
      if (status !== publicStatus(before.status)) reached.inc({ status });
      if (after.trouble !== null && after.trouble !== before.trouble) findings.inc({ code: after.trouble });
      if (isTerminal(after.status) && !isTerminal(before.status)) toEnd.observe({ status }, since(after.createdAtMs));
    },
    resolved(decision: string): void {
      resolutions.inc({ decision });
    },
    /** A new announcement of the provider was heard; `at` is its own instant. One that is unreadable is not measured. */
    heard(type: string, at: string): void {
      const atMs = instantMs(at);
      if (!Number.isNaN(atMs)) webhookLag.observe({ type: ANNOUNCED.has(type) ? type : 'other' }, since(atMs));
    },
    /** Arrivals that the provider's statement told of first. */
    found(count: number): void {
      byStatement.inc(count);
    },
    credited(receivedAtMs: number | null): void {
      if (receivedAtMs !== null) toCredit.observe(since(receivedAtMs));
    },
    returned(receivedAtMs: number | null): void {
      if (receivedAtMs !== null) toReturn.observe(since(receivedAtMs));
    },
  };
}
