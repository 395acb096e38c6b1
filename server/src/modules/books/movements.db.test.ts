import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DEVOLUCAO_PROGRESSED, type DevolucaoProgressed, PAYMENT_PROGRESSED, type PaymentProgressed } from '#payments/events';
import type { LoggedEvent } from '#platform/bus/bus.ts';
import type { CallContext } from '#platform/context.ts';
import { newId, publicId } from '#platform/id.ts';
import { eventually } from '../../../test/support/probe/probe.ts';
import { type BooksTest, newShop, openBooks } from './books.fixture.ts';
import { defaultCategoryId } from './domain/chart.ts';
import { firstPlaceId } from './domain/places.ts';

let books: BooksTest;
before(async () => {
  books = await openBooks();
});
after(() => books?.close());

const AT = '2026-03-02T14:00:00.000Z';
const payment = (subjectId: string, extra: Partial<PaymentProgressed>): PaymentProgressed => ({
  paymentId: publicId('rcv', newId()),
  subjectId,
  direction: 'in',
  method: 'pix',
  status: 'settled',
  previousStatus: null,
  amountMinor: '1850',
  currency: 'BRL',
  payeeHash: null,
  endToEndId: null,
  at: AT,
  ...extra,
});
const devolucao = (subjectId: string, amountMinor: string): DevolucaoProgressed => ({
  devolucaoId: publicId('dev', newId()),
  subjectId,
  direction: 'out',
  receiptId: publicId('rcv', newId()),
  amountMinor,
  currency: 'BRL',
  endToEndId: 'E1',
  returnId: 'D1',
  status: 'settled',
  previousStatus: 'processing',
  refusal: null,
  at: AT,
});
const logged = ({ tenantId }: CallContext, type: string, data: { subjectId: string }): LoggedEvent => ({
  id: newId(),
  type,
  tenantId,
  key: 'x',
  actor: { kind: 'system', id: 'payments' },
  time: AT,
  source: '/lastro/payments',
  position: 1n,
  data,
});

test('what moves the account at the platform is an entry by itself, once, in whatever order it is told; a rule sorts it', async () => {
  const { ctx, accountId } = newShop();
  const { face } = books;
  await face.saveRule(ctx, { accountId, ruleId: newId(), rule: { kind: 'in', contains: 'pix recebido', category: 'sales' } });
  const told = [
    logged(ctx, PAYMENT_PROGRESSED, payment(accountId, {})),
    logged(ctx, PAYMENT_PROGRESSED, payment(accountId, { paymentId: publicId('pay', newId()), direction: 'out', amountMinor: '700' })),
    logged(ctx, PAYMENT_PROGRESSED, payment(accountId, { status: 'processing' })),
    logged(ctx, DEVOLUCAO_PROGRESSED, devolucao(accountId, '50')),
    logged(ctx, PAYMENT_PROGRESSED, payment(newId(), {})),
  ];
  const scope = { module: 'books', tenants: [ctx.tenantId] };
  for (const some of [told, told.toReversed(), told]) await books.database.db.tx(scope, (tx) => books.subscription.handle(tx, some));
  const placeId = firstPlaceId(accountId, 'wallet');
  await eventually('all is posted', async () => (await face.listEntries(ctx, { accountId, state: 'posted' })).entries.length === 3);
  const { entries, sums } = await face.listEntries(ctx, { accountId, placeId });
  assert.deepEqual(sums, { count: 3, inMinor: '1850', outMinor: '750' });
  const found = Object.fromEntries(entries.map(({ text, lines }) => [text, lines[0]!.categoryId]));
  assert.deepEqual(found, {
    'Pix recebido': defaultCategoryId(accountId, 'sales'),
    'Pix enviado': defaultCategoryId(accountId, 'to-sort-out'),
    'Devolução de Pix': defaultCategoryId(accountId, 'refunds'),
  });
});

test('money that moved is never passed over: what the books refuse fails, to be tried again', async () => {
  const { ctx, accountId } = newShop();
  const { face, database } = books;
  await face.getShop(ctx, { accountId });
  const scope = { module: 'books', tenants: [ctx.tenantId] };
  const tell = (data: PaymentProgressed) =>
    database.db.tx(scope, (tx) => books.subscription.handle(tx, [logged(ctx, PAYMENT_PROGRESSED, data)]));
  await assert.rejects(tell(payment(accountId, { at: '2026-03-03T14:00:00.000Z' })), /BOOKS_DATE_IN_FUTURE/);
  const told = payment(accountId, {});
  const archived = (at: string | null) => database.admin('update books.places set archived_at = $2 where account_id = $1', [accountId, at]);
  await archived(AT);
  await assert.rejects(tell(told), /BOOKS_PLACE_UNKNOWN/);
  await archived(null);
  await tell(told);
  assert.equal((await face.listEntries(ctx, { accountId })).sums!.inMinor, '1850');
});

test('what the system books by itself cannot be archived; what people choose can', async () => {
  const { ctx, accountId } = newShop();
  const { places, categories } = await books.face.getShop(ctx, { accountId });
  const place = (key: string) => ({ ...places.find((one) => one.key === key)!, archived: true });
  const category = (key: string) => ({ ...categories.find((one) => one.key === key)!, archived: true });
  await assert.rejects(books.face.savePlace(ctx, { accountId, place: place('wallet') }), /BOOKS_NEEDED/);
  for (const key of ['to-sort-in', 'to-sort-out', 'refunds', 'card-fees', 'cash-difference'])
    await assert.rejects(books.face.saveCategory(ctx, { accountId, category: category(key) }), /BOOKS_NEEDED/);
  assert.equal((await books.face.savePlace(ctx, { accountId, place: place('drawer') })).archived, true);
  assert.equal((await books.face.saveCategory(ctx, { accountId, category: category('rent') })).archived, true);
});
