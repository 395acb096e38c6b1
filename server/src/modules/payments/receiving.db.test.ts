/** What people take from payments to show to others: the code to be paid with, the comprovante, the lines they look for. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newId } from '#platform/id.ts';
import { openWorld, pay, reaches, type World } from '../../../test/support/payments-world.ts';
import { parseBrCode, type StaticBrCode } from './domain/br-code.ts';

type Person = Awaited<ReturnType<World['person']>>;

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world?.close());

const face = () => world.main.face;
const code = (expected: string) => (error: { code?: string }) => error.code === expected;
const lines = async ({ ctx, subjectId }: Person, query: object = {}) =>
  (await face().getStatement(ctx, { accountId: subjectId, limit: 30, ...query })).lines;

async function payNamed(payer: Person, payee: Person, amountMinor: string, description: string): Promise<string> {
  const quote = await face().decode(payer.ctx, { accountId: payer.subjectId, code: payee.account.pixKey! });
  const { payment } = await face().createPayment(
    { ...payer.ctx, idempotencyKey: newId() },
    { accountId: payer.subjectId, quoteId: quote.quoteId, amountMinor, description },
  );
  return payment.id;
}

test('a code to receive reads back as what was asked for, and its txid comes back with the money', async () => {
  const [rosa, caio] = [await world.person(0n, 'Rosângela Aparecida de Albuquerque Conceição'), await world.person(5_000n, 'Caio')];
  const made = await face().getReceiveCode(rosa.ctx, { accountId: rosa.subjectId, amountMinor: '1990', description: 'Pão de queijo ✨' });
  const read = parseBrCode(made.code) as StaticBrCode;
  assert.equal(read.kind, 'static');
  assert.deepEqual(
    {
      amount: read.amountMinor,
      txid: read.txid,
      name: read.payeeName,
      city: read.payeeCity,
      key: read.key.value,
    },
    { amount: 1990n, txid: made.txid, name: 'Rosangela Aparecida de', city: 'Sao Jose dos', key: rosa.account.pixKey },
  );
  const again = await face().getReceiveCode(rosa.ctx, { accountId: rosa.subjectId });
  assert.notEqual(again.txid, made.txid);
  assert.equal((parseBrCode(again.code) as StaticBrCode).amountMinor, null);

  const quote = await face().decode(caio.ctx, { accountId: caio.subjectId, code: made.code });
  assert.deepEqual([quote.amountMinor, quote.txid], ['1990', made.txid]);
  const { payment } = await face().createPayment(
    { ...caio.ctx, idempotencyKey: newId() },
    { accountId: caio.subjectId, quoteId: quote.quoteId, amountMinor: '1990' },
  );
  await reaches(world, caio, payment.id, 'settled');
  const [line] = await lines(rosa);
  const proof = await face().getComprovante(rosa.ctx, { id: line!.comprovanteId!, accountId: rosa.subjectId });
  assert.deepEqual([proof.direction, proof.amountMinor, proof.txid, proof.payer.name], ['in', '1990', made.txid, 'Caio']);
});

test('payer and payee get the same comprovante of a Pix between customers; nobody else gets one', async () => {
  const [ana, rui, eva] = [await world.person(50_000n, 'Ana'), await world.person(0n, 'Rui Barbosa'), await world.person(0n, 'Eva')];
  const id = await payNamed(ana, rui, '1234', 'aluguel');
  await reaches(world, ana, id, 'settled');
  const own = await face().getComprovante(ana.ctx, { id, accountId: ana.subjectId });
  assert.deepEqual([own.direction, own.payer.name, own.payee.name, own.description], ['out', 'Ana', 'Rui Barbosa', 'aluguel']);
  assert.match(own.payer.taxIdMasked, /^\*\*\*\.\d{3}\.\d{3}-\*\*$/);
  assert.deepEqual([own.payer.bankName, own.payer.account], ['Banco Nosso', ana.account.number]);
  const [line] = await lines(rui);
  assert.ok(line!.comprovanteId!.startsWith('rcv_'));
  const theirs = await face().getComprovante(rui.ctx, { id: line!.comprovanteId!, accountId: rui.subjectId });
  assert.deepEqual({ ...theirs, id, direction: 'out' }, own);
  for (const asked of [id, line!.comprovanteId!, 'pay_nothing', newId()]) {
    await assert.rejects(face().getComprovante(eva.ctx, { id: asked, accountId: eva.subjectId }), code('PAYMENTS_NOT_FOUND'), asked);
  }
  // The payee's name of it is not the payer's, and the other way round.
  await assert.rejects(face().getComprovante(rui.ctx, { id, accountId: rui.subjectId }), code('PAYMENTS_NOT_FOUND'));
  await assert.rejects(face().getComprovante(ana.ctx, { id: line!.comprovanteId!, accountId: ana.subjectId }), code('PAYMENTS_NOT_FOUND'));
});

test('what came from outside has a comprovante, too, with the payer as the provider names them', async () => {
  const ines = await world.person(7_700n, 'Inês');
  // The credit is in the ledger a moment before the arrival says so.
  let [line] = await lines(ines);
  for (let n = 0; n < 100 && !line?.comprovanteId; n++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    [line] = await lines(ines);
  }
  const proof = await face().getComprovante(ines.ctx, { id: line!.comprovanteId!, accountId: ines.subjectId });
  assert.deepEqual([proof.direction, proof.amountMinor, proof.payee.name], ['in', '7700', 'Inês']);
  assert.equal(proof.payer.name, line!.counterparty);
  assert.match(proof.endToEndId, /^E[0-9A-Za-z]{31}$/);
});

test('a payment that did not happen has no comprovante, and is in a list of its own, in pages', async () => {
  const ana = await world.person(1_000n, 'Ana');
  const ids: string[] = [];
  for (const amountMinor of [200_000n, 300_000n, 400_000n]) {
    const { id } = await pay(face(), ana, amountMinor);
    await reaches(world, ana, id, 'declined');
    ids.unshift(id);
  }
  await assert.rejects(face().getComprovante(ana.ctx, { id: ids[0]!, accountId: ana.subjectId }), code('PAYMENTS_NOT_SETTLED'));
  assert.deepEqual(
    (await lines(ana)).map(({ status }) => status),
    ['done'],
  );
  const ask = (query: object) => face().getStatement(ana.ctx, { accountId: ana.subjectId, limit: 2, status: 'failed', ...query });
  const first = await ask({});
  const second = await ask({ cursor: first.next });
  assert.deepEqual(
    [...first.lines, ...second.lines].map(({ paymentId, status, balanceAfterMinor }) => [paymentId, status, balanceAfterMinor]),
    ids.map((id) => [id, 'failed', null]),
  );
  assert.equal(second.next, null);
  assert.deepEqual((await ask({ direction: 'in' })).lines, []);
  assert.deepEqual((await ask({ to: '2020-01-01' })).lines, []);
  for (const cursor of ['x', 'MTIz', Buffer.from('1.2').toString('base64url')]) {
    await assert.rejects(ask({ cursor }), code('PLATFORM_BAD_REQUEST'), cursor);
  }
});

test('a search finds names, words and amounts over pages, and says where to go on', async () => {
  const [ana, rui, eva] = [await world.person(90_000n, 'Ana'), await world.person(0n, 'Rui Conceição'), await world.person(0n, 'Eva')];
  const found = await payNamed(ana, rui, '1111', 'mesada');
  await reaches(world, ana, found, 'settled');
  for (let i = 0; i < 12; i++) await reaches(world, ana, await payNamed(ana, eva, String(200 + i), `café ${i}`), 'settled');
  const ids = async (search: string, limit = 30) => (await lines(ana, { search, limit })).map(({ paymentId }) => paymentId);
  for (const search of ['conceicao', 'MESADA', '11,11', 'rui mesada']) assert.deepEqual(await ids(search), [found], search);
  assert.deepEqual(await ids('eva mesada'), []);
  // One line a page: the oldest match lies beyond what one call looks through.
  const first = await face().getStatement(ana.ctx, { accountId: ana.subjectId, limit: 1, search: 'conceicao' });
  assert.deepEqual(first.lines, []);
  const second = await face().getStatement(ana.ctx, { accountId: ana.subjectId, limit: 1, search: 'conceicao', cursor: first.next! });
  assert.deepEqual(
    [first.lines, second.lines].flat().map(({ paymentId }) => paymentId),
    [found],
  );
  assert.equal((await lines(ana, { search: 'cafe', limit: 5 })).length, 5);
});
