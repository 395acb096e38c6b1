/** What a person has to prove before money leaves, and what leaves by a browser that is new. Identity is a stand-in that says what was proved. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { AppError, type ErrorData } from '#platform/errors.ts';
import { newId } from '#platform/id.ts';
import { FULANO, openWorld, until, type World } from '../../../../test/support/payments-world.ts';
import { receiptName } from '../record.ts';
import { openProofsDesk } from './desk.ts';

type Person = Awaited<ReturnType<World['person']>>;

let world: World;
before(async () => {
  const proofs = {
    newPayeeFromMinor: 5_000n,
    alwaysFromMinor: 50_000n,
    newDeviceFromMinor: 1_000n,
    nearLimitFromMinor: 1_000n,
    passwordUpToMinor: 80_000n,
    newDevicePaymentMinor: 2_000n,
    newDeviceDayMinor: 5_000n,
  };
  world = await openWorld({ config: { proofs } });
});
after(() => world?.close());
afterEach(() => {
  Object.assign(world.payer, { deviceKnown: true, canRecognise: false, ways: ['password'], asked: [] });
  world.payer.proved.clear();
  world.assessments.answer = () => 'approve';
});

const quoteOf = async ({ ctx, subjectId }: Person, code = FULANO) =>
  (await world.main.face.decode(ctx, { accountId: subjectId, code })).quoteId;
/** A log-in of its own for each, so that what was known of one is not of another. */
const logIn = (grantId: string = newId()) => ({ grantId, acr: 'aal1' });
type Order = { quoteId: string; amountMinor: string; key?: string; grantId?: string };
const pay = ({ ctx, subjectId }: Person, { key = newId(), grantId, ...order }: Order) =>
  world.main.face.createPayment({ ...ctx, idempotencyKey: key }, { accountId: subjectId, ...order, logIn: logIn(grantId) });
async function refusal(asked: Promise<unknown>): Promise<ErrorData> {
  const error = await asked.then(
    () => assert.fail('it was not refused'),
    (cause: unknown) => cause,
  );
  assert.ok(error instanceof AppError, String(error));
  return error.data;
}
const code = async (asked: Promise<unknown>) => (await refusal(asked)).code;
const settled = ({ ctx, subjectId }: Person, paymentId: string) =>
  until(
    'the settlement',
    () => world.main.face.getPayment(ctx, { paymentId, accountId: subjectId }),
    ({ status }) => status === 'settled',
  );

test('a new payee above a sum is paid once that payment was proved, under the same key; afterwards the payee is no new one', async () => {
  const ana = await world.person(100_000n);
  const order = { quoteId: await quoteOf(ana), amountMinor: '5000', key: newId() };
  const { code: why, status, stepUp } = await refusal(pay(ana, order));
  assert.deepEqual([why, status], ['PAYMENTS_PROOF_NEEDED', 403]);
  assert.deepEqual({ ...stepUp, binding: '' }, { binding: '', acr: 'aal1', maxAgeS: 300, ways: ['password'], reasons: ['new-payee'] });
  assert.equal(await code(pay(ana, order)), 'PAYMENTS_PROOF_NEEDED');
  world.payer.proved.add(stepUp!.binding);
  const { payment } = await pay(ana, order);
  // Made is made: the proof that has run out since changes nothing.
  world.payer.proved.clear();
  assert.deepEqual((await pay(ana, order)).payment.id, payment.id);
  await settled(ana, payment.id);
  world.payer.asked = [];
  await pay(ana, { quoteId: await quoteOf(ana), amountMinor: '5000' });
  assert.deepEqual(world.payer.asked, []);
});

test('a proof is of one payment: another amount, another quote, another key or another person has another name', async () => {
  const [ana, bia] = [await world.person(200_000n), await world.person(200_000n)];
  const order = { quoteId: await quoteOf(ana), amountMinor: '6000', key: newId() };
  const bindingOf = async (person: Person, asked: Order) => (await refusal(pay(person, asked))).stepUp!.binding;
  const names = [
    await bindingOf(ana, order),
    await bindingOf(ana, { ...order, amountMinor: '6001' }),
    await bindingOf(ana, { ...order, key: newId() }),
    await bindingOf(ana, { ...order, quoteId: await quoteOf(ana) }),
    await bindingOf(bia, { ...order, quoteId: await quoteOf(bia) }),
  ];
  assert.equal(new Set(names).size, names.length);
  assert.equal(await bindingOf(ana, order), names[0], 'the same is the same');
  world.payer.proved.add(names[0]!);
  for (const other of [
    { ...order, amountMinor: '6001' },
    { ...order, key: newId() },
    { ...order, quoteId: await quoteOf(ana) },
  ])
    assert.equal(await code(pay(ana, other)), 'PAYMENTS_PROOF_NEEDED');
});

test('above what a password is good for a factor is wanted, and whoever has one gives it for less, too', async () => {
  const ana = await world.person(200_000n);
  const { code: why, detail } = await refusal(pay(ana, { quoteId: await quoteOf(ana), amountMinor: '80001' }));
  assert.deepEqual([why, detail.pt], ['PAYMENTS_FACTOR_NEEDED', 'Acima de R$ 800,00 a senha sozinha não confirma um pagamento.']);
  world.payer.ways = ['passkey', 'totp'];
  const { stepUp } = await refusal(pay(ana, { quoteId: await quoteOf(ana), amountMinor: '80001' }));
  assert.deepEqual([stepUp?.acr, stepUp?.ways, stepUp?.reasons], ['aal2', ['passkey', 'totp'], ['amount', 'new-payee']]);
});

test('a new browser pays little at a time and little a day; what was declined is free again', async () => {
  const ana = await world.person(100_000n);
  world.payer.deviceKnown = false;
  const { code: why, detail } = await refusal(pay(ana, { quoteId: await quoteOf(ana), amountMinor: '2001' }));
  assert.deepEqual(
    [why, detail.en],
    ['PAYMENTS_NEW_DEVICE_PAYMENT_LIMIT', 'Until it is recognised, a new device pays up to R$ 20.00 at a time.'],
  );
  const small = async (amountMinor: string) => pay(ana, { quoteId: await quoteOf(ana), amountMinor });
  for (let at = 0; at < 5; at++) await small('900');
  assert.equal(await code(small('501')), 'PAYMENTS_NEW_DEVICE_DAY_LIMIT');
  await small('500');
  assert.equal(await code(small('1')), 'PAYMENTS_NEW_DEVICE_DAY_LIMIT');
  const bia = await world.person(100_000n);
  world.assessments.answer = () => 'deny';
  for (let at = 0; at < 5; at++) {
    const { payment } = await pay(bia, { quoteId: await quoteOf(bia), amountMinor: '999' });
    await until(
      'the refusal',
      () => world.main.face.getPayment(bia.ctx, { paymentId: payment.id, accountId: bia.subjectId }),
      ({ status }) => status === 'declined',
    );
  }
  world.assessments.answer = () => 'approve';
  await pay(bia, { quoteId: await quoteOf(bia), amountMinor: '999' });
});

test('of many payments at once from new browsers no more leaves than the day allows', async () => {
  const ana = await world.person(100_000n);
  world.payer.deviceKnown = false;
  const quotes = await Promise.all(Array.from({ length: 9 }, () => quoteOf(ana)));
  const made = await Promise.allSettled(quotes.map((quoteId) => pay(ana, { quoteId, amountMinor: '990' })));
  assert.equal(made.filter(({ status }) => status === 'fulfilled').length, 5);
});

test('what is not made is not counted: a quote of somebody else, the same key again', async () => {
  const [ana, bia] = [await world.person(100_000n), await world.person(0n)];
  world.payer.deviceKnown = false;
  const foreign = await quoteOf(bia);
  for (let at = 0; at < 6; at++) assert.equal(await code(pay(ana, { quoteId: foreign, amountMinor: '990' })), 'PAYMENTS_QUOTE_NOT_FOUND');
  const order = { quoteId: await quoteOf(ana), amountMinor: '990', key: newId() };
  for (let at = 0; at < 6; at++) await pay(ana, order);
  await pay(ana, { quoteId: await quoteOf(ana), amountMinor: '990' });
});

test('in a new browser, more than its limit asks for a factor that makes it known; one that does not leaves the limit', async () => {
  const ana = await world.person(100_000n);
  Object.assign(world.payer, { deviceKnown: false, canRecognise: true, ways: ['totp'] });
  const order = { quoteId: await quoteOf(ana), amountMinor: '2500', key: newId(), grantId: newId() };
  const { code: why, stepUp } = await refusal(pay(ana, order));
  assert.deepEqual([why, stepUp?.acr, stepUp?.reasons], ['PAYMENTS_PROOF_NEEDED', 'aal2', ['new-device']]);
  world.payer.proved.add(stepUp!.binding);
  assert.equal(await code(pay(ana, order)), 'PAYMENTS_NEW_DEVICE_PAYMENT_LIMIT');
  world.payer.deviceKnown = true;
  await pay(ana, order);
});

test('giving back is asked by its amount alone, and its proof counts for that amount', async () => {
  const ana = await world.person(0n);
  const { endToEndId } = await world.sandboxCall<{ endToEndId: string }>('POST', '/admin/receive', {
    payeeKey: ana.account.pixKey,
    amount: '700.00',
  });
  const rows = () =>
    world.database.admin<{ id: string; status: string }>('select id, status from payments.receipts where end_to_end_id = $1', [endToEndId]);
  const [row] = await until('the credit', rows, ([one]) => one?.status === 'credited');
  const give = (amountMinor: string, key: string = newId()) =>
    world.main.face.createDevolucao(
      { ...ana.ctx, idempotencyKey: key },
      { accountId: ana.subjectId, receiptId: receiptName(row!.id), amountMinor, logIn: logIn() },
    );
  world.payer.deviceKnown = false;
  await give('900');
  const key = newId();
  const { code: why, stepUp } = await refusal(give('50000', key));
  assert.deepEqual([why, stepUp?.reasons], ['PAYMENTS_PROOF_NEEDED', ['amount', 'new-device']]);
  world.payer.proved.add(stepUp!.binding);
  assert.equal(await code(give('50001', key)), 'PAYMENTS_PROOF_NEEDED');
  assert.equal((await give('50000', key)).devolucao.amountMinor, '50000');
});

test('a service is not asked; a person without a log-in of their own is, and can prove nothing', async () => {
  const ana = await world.person(200_000n);
  const service = { tenantId: world.tenantId, actor: { kind: 'service', id: 'loja' } } as const;
  const quoteId = await quoteOf(ana);
  const bare = (ctx: Person['ctx']) =>
    world.main.face.createPayment({ ...ctx, idempotencyKey: newId() }, { accountId: ana.subjectId, quoteId, amountMinor: '60000' });
  assert.equal(await code(bare(ana.ctx)), 'PAYMENTS_NEW_DEVICE_PAYMENT_LIMIT');
  await bare(service);
  assert.deepEqual(world.payer.asked, []);
});

test('over HTTP a token is told as RFC 9470 has it, and its log-in is offered as the proof', async () => {
  const ana = await world.person(200_000n);
  const token = newId();
  const proof = { grantId: newId(), acr: 'aal1', amr: ['pwd'], atMs: 1_764_500_000_000 };
  const { tenantId, actor } = ana.ctx;
  world.callers.set(token, { tenantId, actor, subjectId: ana.subjectId, scopes: new Set(['payments:read', 'payments:write']), proof });
  const answer = await fetch(`${world.main.url}/v1/payments`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'idempotency-key': newId(), 'content-type': 'application/json' },
    body: JSON.stringify({ quoteId: await quoteOf(ana), amountMinor: '5000' }),
  });
  const body = (await answer.json()) as { code: string; status: number; stepUp: { binding: string } };
  assert.deepEqual([answer.status, body.status, body.code], [401, 401, 'PAYMENTS_PROOF_NEEDED']);
  const challenge = answer.headers.get('www-authenticate') ?? '';
  assert.match(challenge, /^Bearer error="insufficient_user_authentication", .*acr_values="aal1", max_age="300"$/);
  assert.match(body.stepUp.binding, /^[0-9a-f]{64}$/);
  assert.deepEqual(world.payer.asked.at(-1)?.logIn, { acr: 'aal1', atMs: proof.atMs });
});

test("a tenant's own rules come before the installation's", async () => {
  const tenant = newId();
  const desk = openProofsDesk(world.main);
  assert.deepEqual(await desk.change(tenant, ['newPayeeFromMinor=100', 'alwaysFromMinor=7']), {
    newPayeeFromMinor: '100',
    alwaysFromMinor: '7',
  });
  assert.deepEqual(await desk.change(tenant, ['alwaysFromMinor=']), { newPayeeFromMinor: '100' });
  for (const wrong of ['newPayee=1', 'newPayeeFromMinor=0', 'newPayeeFromMinor=1,00', 'newPayeeFromMinor'])
    await assert.rejects(desk.change(tenant, [wrong]), /none of|no amount/, wrong);
  const ana = await world.person(0n, 'Ana de Outra', tenant);
  assert.equal(await code(pay(ana, { quoteId: await quoteOf(ana), amountMinor: '100' })), 'PAYMENTS_PROOF_NEEDED');
});
