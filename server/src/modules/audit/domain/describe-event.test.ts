import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeEvent, traceIdOf } from './describe-event.ts';

test('the name of an event says what happened to what', () => {
  const at = (type: string) => describeEvent({ type, key: 'k', data: {} });
  assert.deepEqual(at('ledger.entry-posted.v1'), { entity: 'ledger.entry', entityKey: 'k', action: 'posted' });
  assert.deepEqual(at('risk.rule-set-activated.v12'), { entity: 'risk.rule-set', entityKey: 'k', action: 'activated' });
  assert.deepEqual(at('ledger.opened.v1'), { entity: 'ledger.opened', entityKey: 'k', action: 'happened' });
});

test('a recorded access is about the thing that was read', () => {
  const data = { entity: 'payments.payment', entityId: 'p1', operation: 'GET /v1/payments/{id}' };
  assert.deepEqual(describeEvent({ type: 'audit.access-recorded.v1', key: 'p1', data }), {
    entity: 'payments.payment',
    entityKey: 'p1',
    action: 'read',
  });
});

test('the trace id is read from a traceparent, and nothing from what is none', () => {
  assert.equal(traceIdOf(`00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`), 'ab'.repeat(16));
  for (const text of [null, undefined, '', 'nonsense']) assert.equal(traceIdOf(text), null);
});
