import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newId } from '#platform/id.ts';
import { DYNAMIC, FULANO, openWorld, pay, reaches, type World } from '../../../test/support/payments-world.ts';
import { refuseAccounts } from '../accounts/errors.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world?.close());

const code = (expected: string) => (error: { code?: string }) => error.code === expected;

test('money arrives, a code is read and paid, the provider confirms: settled, and the books agree', async () => {
  const ana = await world.person(100_000n);
  const decoded = await world.main.face.decode(ana.ctx, { accountId: ana.subjectId, code: DYNAMIC });
  assert.equal(decoded.kind, 'dynamic');
  assert.equal(decoded.payee.name, 'Fulano de Tal');
  const created = await world.main.face.createPayment(
    { ...ana.ctx, idempotencyKey: newId() },
    { accountId: ana.subjectId, quoteId: decoded.quoteId, amountMinor: decoded.amountMinor!, description: 'Almoço' },
  );
  assert.equal(created.payment.status, 'processing');
  const settled = await reaches(world, ana, created.payment.id, 'settled');
  assert.deepEqual(
    // The announcement may come before the answer to the order.
    settled.steps.map(({ name, status }) => `${name} ${status}`).sort(),
    ['assess done', 'confirmation done', 'hold done', 'post done', 'query done', 'send done'],
  );
  const balance = await world.main.face.getBalance(ana.ctx, { accountId: ana.subjectId });
  assert.deepEqual([balance.availableMinor, balance.heldMinor], ['96250', '0']);
  const { lines } = await world.main.face.getStatement(ana.ctx, { accountId: ana.subjectId, limit: 10 });
  assert.deepEqual(
    lines.map(({ kind, amountMinor, description }) => [kind, amountMinor, description]),
    [
      ['pix-out', '3750', 'Almoço'],
      ['pix-in', '100000', null],
    ],
  );
  assert.equal(lines[0]!.counterparty, 'Fulano de Tal');
  assert.equal(lines[0]!.paymentId, settled.id);
  const { steps } = await world.main.face.getSteps(ana.ctx, { paymentId: settled.id, accountId: ana.subjectId });
  assert.deepEqual(
    steps.filter(({ statusBefore, statusAfter }) => statusBefore !== statusAfter).map((step) => `${step.step}: ${step.statusAfter}`),
    // An announcement moves nothing: it is a reason to ask, and the answer moves.
    ['assess: assessed', 'hold: held', 'send: sent', 'query: confirmed', 'post: settled'],
  );
});

test('a payee with an account here is paid by one ledger transfer, without the provider', async () => {
  const [ana, rui] = [await world.person(50_000n), await world.person(0n, 'Rui Barbosa')];
  const { id } = await pay(world.main.face, ana, 20_000n, rui.account.pixKey!);
  const settled = await reaches(world, ana, id, 'settled');
  assert.deepEqual(
    settled.steps.map(({ name }) => name),
    ['assess', 'transfer'],
  );
  const statement = await world.main.face.getStatement(rui.ctx, { accountId: rui.subjectId, limit: 5 });
  assert.deepEqual(
    statement.lines.map(({ kind, amountMinor, counterparty, paymentId }) => [kind, amountMinor, counterparty, paymentId]),
    [['pix-in', '20000', 'Ana de Souza', null]],
  );
  const out = await world.sandboxCall<{ lines: { endToEndId: string }[] }>('GET', '/admin/statement');
  assert.ok(!out.lines.some(({ endToEndId }) => endToEndId === settled.endToEndId));
  await assert.rejects(world.main.face.decode(rui.ctx, { accountId: rui.subjectId, code: rui.account.pixKey! }), code('PAYMENTS_TO_SELF'));
});

test('not enough money: declined with the reason, nothing held, nothing sent', async () => {
  const ana = await world.person(1_000n);
  const { id, endToEndId } = await pay(world.main.face, ana, 1_001n);
  const declined = await reaches(world, ana, id, 'declined');
  assert.deepEqual(
    declined.reasons.map((reason) => reason.code),
    ['PAYMENTS_INSUFFICIENT_FUNDS'],
  );
  const balance = await world.main.face.getBalance(ana.ctx, { accountId: ana.subjectId });
  assert.deepEqual([balance.availableMinor, balance.heldMinor], ['1000', '0']);
  await assert.rejects(world.sandboxCall('GET', `/spi/payments/${endToEndId}`), /404/);
});

test('a frozen account: declined with the reason, and what comes in still arrives', async () => {
  const [ana, rui] = [await world.person(1_000n), await world.person(1_000n, 'Rui Barbosa')];
  const accountId = ana.account.ledgerAccountId!;
  const freeze = { id: newId(), kind: 'account' as const, accountId, state: 'frozen' as const, reason: 'court' };
  const { results } = await world.main.ledger.submit(ana.ctx, { commands: [freeze] });
  assert.equal(results[0]?.outcome, 'done');
  const { id } = await pay(world.main.face, ana, 100n);
  assert.deepEqual(
    (await reaches(world, ana, id, 'declined')).reasons.map((reason) => reason.code),
    ['PAYMENTS_ACCOUNT_FROZEN'],
  );
  const incoming = await pay(world.main.face, rui, 300n, ana.account.pixKey!);
  await reaches(world, rui, incoming.id, 'settled');
  assert.equal((await world.main.face.getBalance(ana.ctx, { accountId: ana.subjectId })).availableMinor, '1300');
});

test('risk denies, asks a person, or cannot be reached', async () => {
  const ana = await world.person(90_000n);
  world.assessments.answer = () => 'deny';
  const denied = await pay(world.main.face, ana, 100n);
  assert.deepEqual((await reaches(world, ana, denied.id, 'declined')).reasons, [{ code: 'RISK_TEST', message: 'Porque o teste quer.' }]);
  world.assessments.answer = () => 'down';
  const unreached = await pay(world.main.face, ana, 100n);
  assert.equal((await reaches(world, ana, unreached.id, 'in-review')).reasons[0]!.code, 'RISK_UNAVAILABLE');
  world.assessments.answer = () => 'approve';
});

test('the same key and body give the same answer while the first runs and afterwards; another body is refused; one payment is made', async () => {
  const ana = await world.person(10_000n);
  const { quoteId } = await world.main.face.decode(ana.ctx, { accountId: ana.subjectId, code: FULANO });
  const ctx = { ...ana.ctx, idempotencyKey: newId() };
  const input = { accountId: ana.subjectId, quoteId, amountMinor: '700' };
  const answers = await Promise.all(Array.from({ length: 12 }, () => world.main.face.createPayment(ctx, input)));
  assert.equal(answers.filter(({ replayed }) => !replayed).length, 1);
  const first = answers[0]!.payment;
  await reaches(world, ana, first.id, 'settled');
  answers.push(await world.main.face.createPayment(ctx, input));
  for (const { payment } of answers) assert.deepEqual(payment, first);
  await assert.rejects(world.main.face.createPayment(ctx, { ...input, amountMinor: '701' }), code('PLATFORM_IDEMPOTENCY_CONFLICT'));
  await assert.rejects(world.main.face.createPayment({ ...ctx, idempotencyKey: newId() }, input), code('PAYMENTS_QUOTE_USED'));
  const { availableMinor } = await world.main.face.getBalance(ana.ctx, { accountId: ana.subjectId });
  assert.equal(availableMinor, '9300');
});

test('a key tells what was made under it, to its person alone; asking makes nothing and keeps nothing', async () => {
  const [ana, rui] = [await world.person(10_000n), await world.person()];
  const { face } = world.main;
  const { quoteId } = await face.decode(ana.ctx, { accountId: ana.subjectId, code: FULANO });
  const idempotencyKey = newId();
  const ask = (who: typeof ana) => face.getPaymentByKey(who.ctx, { accountId: who.subjectId, idempotencyKey });
  await assert.rejects(ask(ana), code('PAYMENTS_NOT_FOUND'));
  assert.equal((await face.getBalance(ana.ctx, { accountId: ana.subjectId })).availableMinor, '10000');
  const input = { accountId: ana.subjectId, quoteId, amountMinor: '900' };
  const { payment, replayed } = await face.createPayment({ ...ana.ctx, idempotencyKey }, input);
  assert.equal(replayed, false, 'asking took no key');
  assert.equal((await ask(ana)).id, payment.id);
  await reaches(world, ana, payment.id, 'settled');
  assert.equal((await ask(ana)).status, 'settled');
  await assert.rejects(ask(rui), code('PAYMENTS_NOT_FOUND'));
});

test('a refused request keeps no key: repeated at the same moment all hear the refusal, and put right it passes under the same key', async () => {
  const ana = await world.person(10_000n);
  const { quoteId } = await world.main.face.decode(ana.ctx, { accountId: ana.subjectId, code: DYNAMIC });
  const ctx = { ...ana.ctx, idempotencyKey: newId() };
  const wrong = { accountId: ana.subjectId, quoteId, amountMinor: '1' };
  for (const refused of await Promise.allSettled(Array.from({ length: 6 }, () => world.main.face.createPayment(ctx, wrong)))) {
    assert.equal(refused.status === 'rejected' && refused.reason.code, 'PAYMENTS_AMOUNT_FIXED');
  }
  const { payment, replayed } = await world.main.face.createPayment(ctx, { ...wrong, amountMinor: '3750' });
  assert.equal(replayed, false);
  await reaches(world, ana, payment.id, 'settled');
});

test('one quote and many keys at the same moment: one payment', async () => {
  const ana = await world.person(10_000n);
  const { quoteId } = await world.main.face.decode(ana.ctx, { accountId: ana.subjectId, code: FULANO });
  const tries = await Promise.allSettled(
    Array.from({ length: 8 }, () =>
      world.main.face.createPayment({ ...ana.ctx, idempotencyKey: newId() }, { accountId: ana.subjectId, quoteId, amountMinor: '10' }),
    ),
  );
  assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1);
  for (const one of tries) if (one.status === 'rejected') assert.equal(one.reason.code, 'PAYMENTS_QUOTE_USED');
});

test("another person's and another tenant's ids name nothing", async () => {
  const [ana, rui] = [await world.person(10_000n), await world.person()];
  const payment = await pay(world.main.face, ana, 100n);
  const { quoteId } = await world.main.face.decode(ana.ctx, { accountId: ana.subjectId, code: FULANO });
  const { face } = world.main;
  await assert.rejects(face.getPayment(rui.ctx, { paymentId: payment.id, accountId: rui.subjectId }), code('PAYMENTS_NOT_FOUND'));
  await assert.rejects(face.getSteps(rui.ctx, { paymentId: payment.id, accountId: rui.subjectId }), code('PAYMENTS_NOT_FOUND'));
  const stolen = { accountId: rui.subjectId, quoteId, amountMinor: '100' };
  await assert.rejects(face.createPayment({ ...rui.ctx, idempotencyKey: newId() }, stolen), code('PAYMENTS_QUOTE_NOT_FOUND'));
  const elsewhere = { ...ana.ctx, tenantId: newId() };
  await assert.rejects(face.getPayment(elsewhere, { paymentId: payment.id }), code('PAYMENTS_NOT_FOUND'));
  world.access.refuses = ({ tenantId }) => {
    if (tenantId !== world.tenantId) throw refuseAccounts('ACCOUNTS_NOT_FOUND');
  };
  const theirs = { ...stolen, accountId: ana.subjectId };
  await assert.rejects(face.getAccount(elsewhere, { accountId: ana.subjectId }), code('ACCOUNTS_NOT_FOUND'));
  await assert.rejects(face.createPayment({ ...elsewhere, idempotencyKey: newId() }, theirs), code('ACCOUNTS_NOT_FOUND'));
  delete world.access.refuses;
});

test('bad codes and bad amounts each have their clear refusal', async () => {
  const ana = await world.person(10_000n);
  const decode = (text: string) => world.main.face.decode(ana.ctx, { accountId: ana.subjectId, code: text });
  const charge = (place: string) => {
    const url = `pix.example.com/${place}`;
    const body = `00020101021226${String(22 + url.length).padStart(2, '0')}0014br.gov.bcb.pix25${url.length}${url}`;
    return `${body}5204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***6304`;
  };
  const { crc16 } = await import('./domain/crc16.ts');
  const refusals: [string, string][] = [
    ['', 'PIX_BR_CODE_EMPTY'],
    [FULANO.slice(0, -1), 'PIX_BR_CODE_MALFORMED'],
    [`${FULANO.slice(0, -4)}0000`, 'PIX_BR_CODE_BAD_CRC'],
    ['isto não é um código', 'PIX_BR_CODE_NOT_PIX'],
    ['naoexiste@exemplo.com.br', 'PIX_KEY_NOT_FOUND'],
    [charge('expirada-0001') + crc16(charge('expirada-0001')), 'PIX_CHARGE_EXPIRED'],
    [charge('nao-existe-01') + crc16(charge('nao-existe-01')), 'PIX_CHARGE_NOT_FOUND'],
    [charge('paga-00000001') + crc16(charge('paga-00000001')), 'PIX_CHARGE_PAID'],
  ];
  for (const [text, expected] of refusals) await assert.rejects(decode(text), code(expected), `${text} → ${expected}`);
  const { quoteId } = await decode(DYNAMIC);
  await assert.rejects(
    world.main.face.createPayment({ ...ana.ctx, idempotencyKey: newId() }, { accountId: ana.subjectId, quoteId, amountMinor: '1' }),
    code('PAYMENTS_AMOUNT_FIXED'),
  );
});
