/** A person gives back what they received: whole or in parts, once, and never more than it was, whatever fails on the way. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { systemContext } from '#platform/context.ts';
import { AppError } from '#platform/errors.ts';
import { newId } from '#platform/id.ts';
import { openWorld, pay, reaches, until, type World } from '../../../../test/support/payments-world.ts';
import { DEVOLUCAO_PROGRESSED } from '../events.ts';
import { reconcile } from '../reconcile.ts';
import { clearingAccountId, receiptName } from '../record.ts';

type Person = Awaited<ReturnType<World['person']>>;
type Line = { endToEndId: string; returnId?: string; direction: 'in' | 'out'; amount: string; status: string };

let world: World;
before(async () => {
  world = await openWorld({ config: { providerTimeoutMs: 500, leaseMs: 800 } });
});
after(() => world?.close());
afterEach(() => world?.sandboxCall('DELETE', '/admin/faults'));

const face = () => world.main.face;
const faults = (body: object) => world.sandboxCall('PUT', '/admin/faults', body);
const house = () => systemContext(world.tenantId, 'test');
const minor = (amount: string) => BigInt(amount.replace('.', ''));
const linesOf = async (endToEndId?: string): Promise<Line[]> => {
  const { lines } = await world.sandboxCall<{ lines: Line[] }>('GET', '/admin/statement');
  return endToEndId === undefined ? lines : lines.filter((line) => line.endToEndId === endToEndId);
};
const backOf = async (endToEndId: string) => (await linesOf(endToEndId)).filter(({ status }) => status === 'returned');

/** A Pix from outside that has been credited. */
async function receive(to: Person, amount: string): Promise<{ receiptId: string; endToEndId: string }> {
  const { endToEndId } = await world.sandboxCall<{ endToEndId: string }>('POST', '/admin/receive', { payeeKey: to.account.pixKey, amount });
  const rows = () =>
    world.database.admin<{ id: string; status: string }>('select id, status from payments.receipts where end_to_end_id = $1', [endToEndId]);
  const [row] = await until('the credit', rows, ([one]) => one?.status === 'credited');
  return { receiptId: receiptName(row!.id), endToEndId };
}
const give = ({ ctx, subjectId }: Person, receiptId: string, amountMinor: string, key: string = newId()) =>
  face().createDevolucao({ ...ctx, idempotencyKey: key }, { accountId: subjectId, receiptId, amountMinor });
const becomes = ({ ctx, subjectId }: Person, devolucaoId: string, status: string) =>
  until(
    `the devolução ${status}`,
    () => face().getDevolucao(ctx, { devolucaoId, accountId: subjectId }),
    (one) => one.status === status,
  );
const gives = async (person: Person, receiptId: string, amountMinor: string, status = 'settled') =>
  becomes(person, (await give(person, receiptId, amountMinor)).devolucao.id, status);
const balance = ({ ctx, subjectId }: Person) => face().getBalance(ctx, { accountId: subjectId });
const received = ({ ctx, subjectId }: Person, receiptId: string) => face().getReceived(ctx, { receiptId, accountId: subjectId });
const refused = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;

/** Clearing is what the provider holds for us by its own statement, and nothing differs. */
async function assertBooks(): Promise<void> {
  const held = (await linesOf()).reduce(
    (sum, { direction, amount }) => (direction === 'in' ? sum + minor(amount) : sum - minor(amount)),
    0n,
  );
  const { balances } = await world.main.ledger.getBalances(house(), { accountIds: [clearingAccountId(world.tenantId)] });
  assert.equal(BigInt(balances[0]!.postedMinor), held);
  assert.equal(balances[0]!.heldMinor, '0');
  assert.deepEqual(await differences(), []);
}
async function differences() {
  const found = await reconcile(world.main.db, world.fetchStatement, { fromMs: Date.now() - 600_000, toMs: Date.now() + 60_000 });
  return found.map(({ kind, endToEndId, returnId, ours }) => `${endToEndId} ${returnId ?? ''} ${kind} ${ours}`);
}

test('the whole of a Pix goes back: statement, comprovante, events, and books as the provider has them', async () => {
  const ana = await world.person();
  const { receiptId, endToEndId } = await receive(ana, '12.34');
  const done = await gives(ana, receiptId, '1234');
  assert.match(done.returnId, /^D12345678\d{12}[0-9A-Za-z]{11}$/);
  assert.deepEqual(
    (await backOf(endToEndId)).map((line) => [line.returnId, line.amount]),
    [[done.returnId, '12.34']],
  );
  const { availableMinor, heldMinor } = await balance(ana);
  assert.deepEqual([availableMinor, heldMinor], ['0', '0']);
  const { lines } = await face().getStatement(ana.ctx, { accountId: ana.subjectId, limit: 10 });
  assert.deepEqual(
    lines.map(({ kind, direction, amountMinor, comprovanteId }) => [kind, direction, amountMinor, comprovanteId]),
    [
      ['return-out', 'out', '1234', done.id],
      ['pix-in', 'in', '1234', receiptId],
    ],
  );
  assert.ok(lines[0]!.counterparty, 'the payer is named');
  assert.equal(lines[0]!.counterparty, lines[1]!.counterparty);
  const proof = await face().getComprovante(ana.ctx, { id: done.id, accountId: ana.subjectId });
  assert.deepEqual(
    [proof.direction, proof.payer.name, proof.payee.name, proof.endToEndId, proof.returnOf, proof.amountMinor],
    ['out', 'Ana de Souza', lines[1]!.counterparty, done.returnId, endToEndId, '1234'],
  );
  const told = await until(
    'the events',
    () =>
      world.database.admin<{ type: string; data: { status: string } }>(
        'select type, data from bus.events where key = $1 order by position',
        [done.id],
      ),
    ({ length }) => length >= 2,
  );
  assert.deepEqual(
    told.map(({ type, data }) => [type, data.status]),
    [
      [DEVOLUCAO_PROGRESSED, 'processing'],
      [DEVOLUCAO_PROGRESSED, 'settled'],
    ],
  );
  assert.equal((await received(ana, receiptId)).refusal, 'all-given-back');
  await assertBooks();
});

test('parts never exceed the whole, also all at once, and what failed may be given back after all', async () => {
  const ana = await world.person();
  const { receiptId, endToEndId } = await receive(ana, '10.00');
  const asked = await Promise.allSettled(Array.from({ length: 6 }, () => give(ana, receiptId, '300')));
  const made = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value.devolucao.id] : []));
  assert.equal(made.length, 3);
  for (const one of asked) if (one.status === 'rejected') assert.ok(refused('PAYMENTS_RETURN_EXCEEDS')(one.reason), String(one.reason));
  for (const id of made) await becomes(ana, id, 'settled');
  assert.deepEqual(
    (await backOf(endToEndId)).map(({ amount }) => amount),
    ['3.00', '3.00', '3.00'],
  );
  assert.equal((await received(ana, receiptId)).leftMinor, '100');
  // Spent meanwhile: declined, and the part counts no more.
  await reaches(world, ana, (await pay(face(), ana, 100n)).id, 'settled');
  const declined = await gives(ana, receiptId, '100', 'declined');
  assert.deepEqual(
    declined.reasons.map(({ code }) => code),
    ['PAYMENTS_INSUFFICIENT_FUNDS'],
  );
  assert.equal((await received(ana, receiptId)).leftMinor, '100');
  await receive(ana, '1.00');
  await gives(ana, receiptId, '100');
  await assertBooks();
});

test('one key is one devolução; another body under it is refused', async () => {
  const ana = await world.person();
  const { receiptId, endToEndId } = await receive(ana, '5.00');
  const key = newId();
  const [first, second] = await Promise.all([give(ana, receiptId, '200', key), give(ana, receiptId, '200', key)]);
  assert.equal(first.devolucao.id, second.devolucao.id);
  assert.deepEqual([first.replayed, second.replayed].sort(), [false, true]);
  await assert.rejects(give(ana, receiptId, '201', key), refused('PLATFORM_IDEMPOTENCY_CONFLICT'));
  await becomes(ana, first.devolucao.id, 'settled');
  assert.equal((await backOf(endToEndId)).length, 1);
});

test('what cannot be given back is refused in clear words', async () => {
  const [ana, bia] = [await world.person(), await world.person(5_000n)];
  const { receiptId } = await receive(ana, '5.00');
  await assert.rejects(give(ana, receiptId, '501'), refused('PAYMENTS_RETURN_EXCEEDS'));
  await assert.rejects(give(bia, receiptId, '100'), refused('PAYMENTS_RECEIPT_NOT_FOUND'), 'another’s');
  await assert.rejects(give(ana, 'rcv_nope', '100'), refused('PAYMENTS_RECEIPT_NOT_FOUND'));
  const sent = await pay(face(), bia, 100n);
  await assert.rejects(give(bia, sent.id, '100'), refused('PAYMENTS_RETURN_NOT_RECEIVED'));
  const frozen = ana.account.ledgerAccountId!;
  const freeze = (state: 'frozen' | 'open') =>
    world.main.ledger.submit(house(), { commands: [{ id: newId(), kind: 'account', accountId: frozen, state, reason: 'test' }] });
  await freeze('frozen');
  const declined = await gives(ana, receiptId, '100', 'declined');
  assert.deepEqual(
    declined.reasons.map(({ code }) => code),
    ['PAYMENTS_ACCOUNT_FROZEN'],
  );
  await freeze('open');
  await gives(ana, receiptId, '500');
});

test('on the ninety-first day it is too late', async () => {
  const ana = await world.person();
  const { receiptId, endToEndId } = await receive(ana, '5.00');
  const move = (days: number) =>
    world.database.admin(`update payments.receipts set received_at = received_at - $2 * interval '1 day' where end_to_end_id = $1`, [
      endToEndId,
      days,
    ]);
  await move(90);
  assert.equal((await received(ana, receiptId)).refusal, null);
  await move(1);
  assert.equal((await received(ana, receiptId)).refusal, 'too-old');
  await assert.rejects(give(ana, receiptId, '100'), refused('PAYMENTS_RETURN_TOO_OLD'));
  await move(-91);
});

test('between two customers here it is one transfer, and both see it', async () => {
  const [payer, payee] = [await world.person(3_000n, 'Caio Comprador'), await world.person(0n, 'Rosa Padeira')];
  const payment = await pay(face(), payer, 2_000n, payee.account.pixKey!);
  await reaches(world, payer, payment.id, 'settled');
  const receiptId = payment.id.replace('pay_', 'rcv_');
  assert.equal((await received(payee, receiptId)).payerName, 'Caio Comprador');
  const done = await gives(payee, receiptId, '500');
  assert.equal((await balance(payee)).availableMinor, '1500');
  assert.equal((await balance(payer)).availableMinor, '1500');
  const top = async ({ ctx, subjectId }: Person) => (await face().getStatement(ctx, { accountId: subjectId, limit: 1 })).lines[0]!;
  const [theirs, own] = [await top(payer), await top(payee)];
  assert.deepEqual([own.kind, own.counterparty, own.comprovanteId], ['return-out', 'Caio Comprador', done.id]);
  assert.deepEqual([theirs.kind, theirs.counterparty, theirs.comprovanteId], ['return-in', 'Rosa Padeira', done.id]);
  const proof = await face().getComprovante(payer.ctx, { id: done.id, accountId: payer.subjectId });
  assert.deepEqual([proof.direction, proof.payer.name, proof.payee.name], ['in', 'Rosa Padeira', 'Caio Comprador']);
  await assert.rejects(give(payee, receiptId, '1501'), refused('PAYMENTS_RETURN_EXCEEDS'));
});

for (const [name, fault] of [
  ['hangs after executing', { timeoutAfterExecute: { count: 1 } }],
  ['hangs before executing', { timeoutBeforeExecute: { count: 1 } }],
  ['answers 500 after executing', { error500AfterExecute: { count: 1 } }],
  ['turns us away twice', { error429: { count: 2 } }],
] as const)
  test(`a provider that ${name}: given back once`, async () => {
    const ana = await world.person();
    const { receiptId, endToEndId } = await receive(ana, '7.00');
    await faults(fault);
    await gives(ana, receiptId, '400');
    assert.deepEqual(
      (await backOf(endToEndId)).map(({ amount }) => amount),
      ['4.00'],
    );
    assert.equal((await balance(ana)).availableMinor, '300');
    await assertBooks();
  });

test('refused by the provider: the money is on the account again, and the reason is told', async () => {
  const ana = await world.person();
  const { receiptId, endToEndId } = await receive(ana, '6.00');
  // Half of it went back by another way, so that the provider will not take the whole.
  const returnId = `D12345678202611211200${newId().replaceAll('-', '').slice(0, 11)}`;
  await world.sandboxCall('POST', '/spi/returns', { returnId, endToEndId, amount: '3.00', reason: 'MD06' });
  const failed = await gives(ana, receiptId, '600', 'failed');
  assert.deepEqual(
    failed.reasons.map(({ code }) => code),
    ['PAYMENTS_RETURN_REFUSED'],
  );
  assert.deepEqual([(await balance(ana)).availableMinor, (await balance(ana)).heldMinor], ['600', '0']);
  assert.equal((await received(ana, receiptId)).leftMinor, '600');
  assert.deepEqual(await differences(), [`${endToEndId} ${returnId} returned-but-credited credited`]);
});
