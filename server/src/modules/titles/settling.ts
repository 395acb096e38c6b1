import type { CallContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import { refusePlatform } from '#platform/errors.ts';
import { newId } from '#platform/id.ts';
import { once } from '#platform/idempotency.ts';
import { type By, ofTitle } from './announce.ts';
import type { BookingDriver } from './bookings.ts';
import type { NewSettlement, SettlementMade, Title } from './contract.ts';
import { categoryOf, type Deps, isClosed, placeOf, refuseField, type Shop, scopeOf, todayOf } from './deps.ts';
import { type Charges, cashOf, chargesOn, daysLate } from './domain/charges.ts';
import { CATEGORY_KEYS, partId, reversalId, settlementOf } from './domain/entries.ts';
import { openMinor } from './domain/status.ts';
import { refuseTitles } from './errors.ts';
import { showCharges, showTitle } from './present.ts';
import { insertBookings, lockBookings, type NewBooking } from './store/bookings.ts';
import { insertSettlement, lockSettlement, type SettlementRecord, setSettlement } from './store/settlements.ts';
import { findTitle, lockTitle, type TitleRecord, updateTitle } from './store/titles.ts';
import { checkDates } from './titles.ts';

const ROUTE = 'POST /v1/titles/settlements';
type One = { accountId: string; titleId: string };

/** Titles as they are paid, and paid back. */
export function createSettling(deps: Deps, driver: BookingDriver) {
  const { db, bus, clock, accounts, books } = deps;
  const byOf = ({ tenantId, actor }: CallContext): By => ({ tenantId, actor, at: new Date(clock.now()) });

  async function quoteSettlement(ctx: CallContext, asked: One & { paidOn?: string | undefined; principalMinor?: string | undefined }) {
    const { accountId, titleId, paidOn = todayOf(deps) } = asked;
    checkDates({ paidOn });
    await accounts.authorize(ctx, { accountId, action: 'see' });
    const title = await db.tx({ ...scopeOf(ctx), single: true }, (tx) => findTitle(tx, ctx.tenantId, accountId, titleId));
    if (!title) throw refuseTitles('TITLES_NOT_FOUND');
    const principalMinor = principalOf(title, asked.principalMinor);
    const charges = chargesOn(title.terms, title.dueOn, paidOn, principalMinor);
    return { ...showCharges(principalMinor, charges), daysLate: daysLate(title.dueOn, paidOn) };
  }

  async function settle(ctx: CallContext, { accountId, titleId, settlement: asked }: One & { settlement: NewSettlement }) {
    const { tenantId, idempotencyKey: key } = ctx;
    if (key === undefined) throw refusePlatform('PLATFORM_IDEMPOTENCY_KEY_REQUIRED');
    checkDates({ paidOn: asked.paidOn });
    await accounts.authorize(ctx, { accountId, action: 'books' });
    const shop = await books.getShop(ctx, { accountId });
    const scope = { tenantId, principal: ctx.actor.id, route: ROUTE, key, body: { accountId, titleId, settlement: asked } };
    let send: string[] = [];
    const answer = await db.tx(scopeOf(ctx), (tx) =>
      once(tx, scope, async () => {
        const { made, bookings } = await pay(tx, byOf(ctx), { accountId, titleId }, asked, shop);
        send = bookings;
        return { status: 201, body: made };
      }),
    );
    if (!answer.replayed) await driver.send(ctx, send);
    return answer.body as SettlementMade;
  }

  /** Settlement, title, what the books are to have, and the event commit together. */
  async function pay(tx: Tx, by: By, { accountId, titleId }: One, asked: NewSettlement, shop: Shop) {
    const { tenantId, at } = by;
    const title = await lockTitle(tx, tenantId, accountId, titleId);
    if (!title) throw refuseTitles('TITLES_NOT_FOUND');
    const one = settlementFor(title, asked, shop, by);
    const keys = CATEGORY_KEYS[title.kind];
    const categories = {
      charges: one.fineMinor + one.interestMinor > 0n ? categoryOf(shop, keys.charges) : '',
      discount: one.discountMinor > 0n ? categoryOf(shop, keys.discount) : '',
    };
    const payment = partId(tenantId, one.id, 'payment');
    const parts = settlementOf({ ...one, kind: title.kind, description: title.description, categories });
    const bookings = parts.map(({ purpose, entry }): NewBooking => {
      const id = partId(tenantId, one.id, purpose);
      const about = { accountId, titleId, settlementId: one.id, entryId: id };
      return { id, ...about, purpose, action: 'record', entry, bookOn: one.paidOn, after: id === payment ? null : payment };
    });
    await insertSettlement(tx, tenantId, one);
    insertBookings(tx, tenantId, bookings, at);
    const paid = { ...title, settledMinor: title.settledMinor + one.principalMinor };
    await bus.publish(tx, [ofTitle(by, paid, 'settled', await updateTitle(tx, tenantId, paid))]);
    const { id: settlementId, paidOn, placeId, principalMinor } = one;
    const made: SettlementMade = {
      settlementId,
      paidOn,
      placeId,
      ...showCharges(principalMinor, one),
      openMinor: openMinor(paid).toString(),
    };
    return { made, bookings: bookings.map(({ id }) => id) };
  }

  async function undoSettlement(ctx: CallContext, { accountId, titleId, settlementId }: One & { settlementId: string }): Promise<Title> {
    await accounts.authorize(ctx, { accountId, action: 'books' });
    const shop = await books.getShop(ctx, { accountId });
    const send = await db.tx(scopeOf(ctx), (tx) => takeBack(tx, byOf(ctx), { accountId, titleId }, settlementId, shop));
    await driver.send(ctx, send);
    const title = await db.tx({ ...scopeOf(ctx), single: true }, (tx) => findTitle(tx, ctx.tenantId, accountId, titleId));
    return showTitle(title!, todayOf(deps));
  }

  /** Reversals of all that the books have of a settlement, the payment's first; answers them. Of one that is taken back already there is nothing to do. */
  async function takeBack(tx: Tx, by: By, { accountId, titleId }: One, settlementId: string, shop: Shop): Promise<string[]> {
    const { tenantId, at } = by;
    const title = await lockTitle(tx, tenantId, accountId, titleId);
    const one = title && (await lockSettlement(tx, tenantId, titleId, settlementId));
    if (!one) throw refuseTitles('TITLES_SETTLEMENT_NOT_FOUND');
    if (one.status !== 'recording' && one.status !== 'recorded') return [];
    if (isClosed(shop, one.paidOn)) throw refuseTitles('TITLES_DAY_CLOSED');
    const own = (await lockBookings(tx, tenantId, titleId)).filter((booking) => booking.settlementId === settlementId);
    // A try before this one was refused by the books: this is another try, with a name of its own.
    const tries = own.filter(({ action, purpose }) => action === 'reverse' && purpose === 'payment').length;
    const standing = own.filter(({ action, state }) => action === 'record' && (state === 'waiting' || state === 'recorded'));
    const payment = standing.find(({ purpose }) => purpose === 'payment')!;
    const nameOf = (entryId: string) => reversalId(entryId, tries);
    const reversals = standing.map((booking): NewBooking => {
      const after = booking.id === payment.id ? payment.id : nameOf(payment.entryId);
      return { ...booking, id: nameOf(booking.entryId), action: 'reverse', entry: null, bookOn: shop.today, after };
    });
    insertBookings(tx, tenantId, reversals, at);
    setSettlement(tx, tenantId, settlementId, 'undoing', null);
    return [payment, ...reversals].map(({ id }) => id);
  }

  return { quoteSettlement, settle, undoSettlement };
}

/** @throws TITLES_NOT_OPEN, TITLES_OVER_OPEN */
function principalOf(title: TitleRecord, asked: string | undefined): bigint {
  const open = openMinor(title);
  if (open === 0n) throw refuseTitles('TITLES_NOT_OPEN');
  const principalMinor = asked === undefined ? open : BigInt(asked);
  if (principalMinor > open) throw refuseTitles('TITLES_OVER_OPEN');
  return principalMinor;
}

/** A settlement with all that was left unsaid filled in. @throws TITLES_INVALID, TITLES_NOT_OPEN, TITLES_OVER_OPEN, TITLES_DAY_CLOSED */
function settlementFor(title: TitleRecord, asked: NewSettlement, shop: Shop, { actor, at }: By): SettlementRecord {
  const { paidOn, method = null } = asked;
  if (paidOn > shop.today) refuseField('/paidOn', { pt: 'está no futuro', en: 'lies in the future' });
  if (isClosed(shop, paidOn)) throw refuseTitles('TITLES_DAY_CLOSED');
  const place = asked.place ?? title.placeId;
  if (place === null)
    refuseField('/place', { pt: 'falta dizer de onde sai ou para onde vai o dinheiro', en: 'says where the money comes from or goes to' });
  const principalMinor = principalOf(title, asked.principalMinor);
  const byTerms = chargesOn(title.terms, title.dueOn, paidOn, principalMinor);
  const said = (text: string | undefined, otherwise: bigint): bigint => (text === undefined ? otherwise : BigInt(text));
  const charges: Charges = {
    fineMinor: said(asked.fineMinor, byTerms.fineMinor),
    interestMinor: said(asked.interestMinor, byTerms.interestMinor),
    discountMinor: said(asked.discountMinor, byTerms.discountMinor),
  };
  if (charges.discountMinor >= principalMinor)
    refuseField('/discountMinor', { pt: 'não pode ser todo o valor: cancele a conta', en: 'cannot be all of it: cancel the title' });
  if (cashOf(principalMinor, charges) >= 10n ** 18n) refuseField('/fineMinor', { pt: 'é grande demais', en: 'is too large' });
  const about = { id: newId(), accountId: title.accountId, titleId: title.id, createdAt: at, createdBy: `${actor.kind}:${actor.id}` };
  return { ...about, status: 'recording', refusal: null, paidOn, placeId: placeOf(shop, place), principalMinor, ...charges, method };
}
