import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, eventually, makeFolder, newOrder, startReceiver, startSandbox } from './testing.ts';

const faults = (base: string, webhook: unknown) => call(base, 'PUT', '/admin/faults', { webhook });
const send = async (base: string) => {
  const order = newOrder();
  await call(base, 'POST', '/spi/payments', order);
  return order.endToEndId;
};
const receive = (base: string) => call(base, 'POST', '/admin/receive', { payeeKey: 'maria@exemplo.com.br', amount: '1.00' });

test('arrivals that are never announced, while payments are', async (t) => {
  const receiver = await startReceiver(t);
  const { base } = await startSandbox(t, { webhookUrl: receiver.url });
  await faults(base, { neverReceived: 1 });
  await receive(base);
  await receive(base);
  await send(base);
  await eventually(() => receiver.events.length === 2, 'the others');
  assert.deepEqual(receiver.events.map(({ type }) => type).sort(), ['pix.received', 'pix.settled']);
});

test('announced again long after, also when the sandbox was stopped meanwhile, and again with ids of its own', async (t) => {
  const receiver = await startReceiver(t);
  const dataDir = makeFolder(t);
  const first = await startSandbox(t, { webhookUrl: receiver.url, dataDir });
  await faults(first.base, { repeatAfterMs: 500 });
  await receive(first.base);
  await eventually(() => receiver.events.length === 1, 'announced');
  await first.sandbox.close();
  const { base } = await startSandbox(t, { webhookUrl: receiver.url, dataDir });
  await eventually(() => receiver.events.length === 2, 'announced again');
  assert.deepEqual(receiver.events[0], receiver.events[1]);
  await faults(base, { duplicate: true, repeatAfterMs: 50, newIds: true });
  const id = await send(base);
  const ids = () => receiver.events.filter((event) => event.data.endToEndId === id).map((event) => event.id);
  await eventually(() => ids().length === 3, 'three times');
  assert.equal(new Set(ids()).size, 3);
  await faults(base, { repeatAfterMs: 60 * 86_400_000 });
  await receive(base);
  await eventually(() => receiver.events.length === 6, 'announced once');
  assert.equal(receiver.forged, 0);
});

test('events with amounts, ids, types and reasons that are not as they should be, rightly signed', async (t) => {
  const receiver = await startReceiver(t);
  const { base } = await startSandbox(t, { webhookUrl: receiver.url });
  const odd = async (...oddities: string[]) => {
    await faults(base, Object.fromEntries(oddities.map((oddity) => [oddity, 1])));
    const before = receiver.events.length;
    const endToEndId = await send(base);
    await eventually(() => receiver.events.length > before, oddities.join());
    const { type, data } = receiver.events.at(-1)!;
    return { type, data: data as Record<string, unknown>, endToEndId };
  };
  assert.ok(!('amount' in (await odd('amountMissing')).data));
  assert.partialDeepStrictEqual((await odd('amountOther', 'reasonNul')).data, { amount: '12.35', reason: 'AC\u000003' });
  assert.equal((await odd('amountNumber')).data.amount, 12.34);
  assert.equal((await odd('amountDecimals')).data.amount, '12.345');
  assert.ok(!('endToEndId' in (await odd('ownIdMissing')).data));
  const other = await odd('ownIdOther');
  assert.notEqual(other.data.endToEndId, other.endToEndId);
  assert.equal((await odd('typeUnknown')).type, 'pix.liquidated');
  assert.equal((await odd('reasonNul')).data.reason, 'AC\u000003');
  assert.ok(!((await odd('reasonSurrogate')).data.reason as string).isWellFormed());
  assert.ok(((await odd('reasonLong')).data.reason as string).length > 20_000);
  assert.equal(receiver.forged, 0);
});
