import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallContext } from '#platform/context.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import type { AccountBook } from '../account-book.ts';
import type { Rails } from '../connections/rails.ts';
import type { PaymentsDeps } from '../deps.ts';
import type { PaymentRecord } from '../record.ts';
import { createActions } from './actions.ts';

const NOW_MS = 1_800_000_000_000;
const DAY_MS = 86_400_000;

/** The end of a review of that time, tried by a process whose own clock is a day ahead of the database's. */
async function expire(reviewUntilMs: number | null) {
  const db = { tx: async () => NOW_MS };
  const deps = { db, clock: { now: () => NOW_MS + DAY_MS }, config: {}, metrics: createMetrics() } as unknown as PaymentsDeps;
  const actions = createActions(deps, {} as Rails, {} as AccountBook);
  const record = { reviewUntilMs, reasons: [{ code: 'RISK_TEST', message: 'Porque o teste quer.' }] } as PaymentRecord;
  const { fact, outcome } = await actions['expire-review'](record, {} as CallContext);
  const codes = 'reasons' in fact ? fact.reasons.map(({ code }) => code) : [];
  return [fact.type, outcome.result, codes];
}

test('a review lasts as long as was promised, whoever tries to end it and whatever their clock says', async () => {
  assert.deepEqual(await expire(NOW_MS + 1), ['nothing-learned', 'not-yet', []]);
  const ended = ['review-expired', 'expired', ['RISK_TEST', 'PAYMENTS_REVIEW_EXPIRED']];
  assert.deepEqual(await expire(NOW_MS), ended);
  assert.deepEqual(await expire(null), ended);
});
