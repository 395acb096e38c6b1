import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DYNAMIC, openWorld, pay, reaches, until, type World } from '../../../test/support/payments-world.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world?.close());

test('money arrives, a code is read and paid, the provider confirms: settled, and the books agree', async () => {
  const ana = await world.person(100_000n);
  const decoded = await world.main.face.decode(ana.ctx, { subjectId: ana.subjectId, code: DYNAMIC });
  assert.equal(decoded.kind, 'dynamic');
  assert.equal(decoded.payee.name, 'Fulano de Tal');
  const created = await world.main.face.createPayment(
    { ...ana.ctx, idempotencyKey: 'happy-path-000001' },
    { subjectId: ana.subjectId, quoteId: decoded.quoteId, amountMinor: decoded.amountMinor!, description: 'Almoço' },
  );
  assert.equal(created.payment.status, 'processing');
  const settled = await reaches(world, ana, created.payment.id, 'settled');
  assert.deepEqual(
    settled.steps.map(({ name, status }) => `${name} ${status}`),
    ['assess done', 'hold done', 'send done', 'confirmation done', 'post done'],
  );
  const balance = await world.main.face.getBalance(ana.ctx, { subjectId: ana.subjectId });
  assert.deepEqual([balance.availableMinor, balance.heldMinor], ['96250', '0']);
  const { lines } = await world.main.face.getStatement(ana.ctx, { subjectId: ana.subjectId, limit: 10 });
  assert.deepEqual(
    lines.map(({ kind, amountMinor, description }) => [kind, amountMinor, description]),
    [
      ['pix-out', '3750', 'Almoço'],
      ['pix-in', '100000', null],
    ],
  );
  assert.equal(lines[0]!.counterparty, 'Fulano de Tal');
  assert.equal(lines[0]!.paymentId, settled.id);
  void until;
  void pay;
});
