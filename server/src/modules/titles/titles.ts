import type { CallContext } from '#platform/context.ts';
import { parseDate } from '#platform/dates.ts';
import type { Tx } from '#platform/db/db.ts';
import { refusePlatform } from '#platform/errors.ts';
import { newId } from '#platform/id.ts';
import { once } from '#platform/idempotency.ts';
import { accrualBooking, isAccruedAnew, takeBackAccrual } from './accruals.ts';
import { type By, ofTitle } from './announce.ts';
import type { BookingDriver } from './bookings.ts';
import type { NewTitles, Title, TitleChange } from './contract.ts';
import { checkCounterparty } from './counterparties.ts';
import { categoryOf, checkWords, type Deps, isClosed, placeOf, refuseField, type Shop, scopeOf, todayOf } from './deps.ts';
import { NO_TERMS, type Terms } from './domain/charges.ts';
import { instalmentsOf } from './domain/instalments.ts';
import { openMinor } from './domain/status.ts';
import { refuseTitles } from './errors.ts';
import { showTitle } from './present.ts';
import { insertBookings } from './store/bookings.ts';
import { insertTitles, lockTitle, type TitleRecord, updateTitle } from './store/titles.ts';

const ROUTE = 'POST /v1/titles';
const NO_SUCH_DATE = { pt: 'não é uma data que exista', en: 'is no date that exists' };

/** @throws TITLES_INVALID for a date that does not exist */
export function checkDates(dates: Readonly<Record<string, string | null | undefined>>): void {
  for (const [field, date] of Object.entries(dates)) if (date && !parseDate(date)) refuseField(`/${field}`, NO_SUCH_DATE);
}
/** @throws TITLES_INVALID */
export function checkTerms(terms: Terms | undefined): Terms {
  checkDates({ 'terms/discount/untilOn': terms?.discount?.untilOn });
  return terms ?? NO_TERMS;
}

/** Titles as they are made, changed and cancelled. */
export function createTitleBook(deps: Deps, driver: BookingDriver) {
  const { db, bus, clock, accounts, books } = deps;
  const byOf = ({ tenantId, actor }: CallContext): By => ({ tenantId, actor, at: new Date(clock.now()) });

  async function createTitles(ctx: CallContext, { accountId, titles: asked }: { accountId: string; titles: NewTitles }) {
    const { tenantId, idempotencyKey: key } = ctx;
    if (key === undefined) throw refusePlatform('PLATFORM_IDEMPOTENCY_KEY_REQUIRED');
    await accounts.authorize(ctx, { accountId, action: 'books' });
    const shop = await books.getShop(ctx, { accountId });
    const by = byOf(ctx);
    const made = titlesOf(accountId, asked, shop, by.at);
    const bookings = made.map((title) => accrualBooking(tenantId, title));
    const scope = { tenantId, principal: ctx.actor.id, route: ROUTE, key, body: { accountId, titles: asked } };
    const answer = await db.tx(scopeOf(ctx), (tx) =>
      once(tx, scope, async () => {
        await checkCounterparty(tx, tenantId, accountId, asked.counterpartyId ?? null);
        await insertTitles(tx, tenantId, made);
        insertBookings(tx, tenantId, bookings, by.at);
        await bus.publish(
          tx,
          made.map((title) => ofTitle(by, title, 'created', title.version)),
        );
        return { status: 201, body: { titles: made.map((title) => showTitle(title, shop.today)) } };
      }),
    );
    if (!answer.replayed) await driver.send(ctx, dueBy(bookings, shop.today));
    return answer.body as { titles: Title[] };
  }

  async function changeTitle(
    ctx: CallContext,
    { accountId, titleId, version, change }: { accountId: string; titleId: string; version: number; change: TitleChange },
  ): Promise<Title> {
    await accounts.authorize(ctx, { accountId, action: 'books' });
    const shop = await books.getShop(ctx, { accountId });
    const by = byOf(ctx);
    const { title, send } = await db.tx(scopeOf(ctx), async (tx) => {
      const before = await found(tx, ctx, accountId, titleId);
      if (before.version !== version) throw refuseTitles('TITLES_CHANGED');
      if (openMinor(before) === 0n) throw refuseTitles('TITLES_NOT_OPEN');
      const after = changed(before, change, shop);
      await checkCounterparty(tx, ctx.tenantId, accountId, after.counterpartyId);
      return applyChange(tx, by, { before, after, shop });
    });
    await driver.send(ctx, send);
    return showTitle(title, shop.today);
  }

  /** Writes a title as it is from now on; what was accrued of it is taken back and accrued anew where it is another amount, day or category. */
  async function applyChange(tx: Tx, by: By, { before, after, shop }: { before: TitleRecord; after: TitleRecord; shop: Shop }) {
    let send: string[] = [];
    let title = after;
    if (isAccruedAnew(before, after)) {
      for (const day of [before.competenceOn, after.competenceOn])
        if (isClosed(shop, day) && !after.late) throw refuseTitles('TITLES_DAY_CLOSED');
      send = await takeBackAccrual(tx, by.tenantId, before, shop.today, by.at);
      title = { ...after, generation: before.generation + 1 };
      const booking = accrualBooking(by.tenantId, title, send[0]);
      insertBookings(tx, by.tenantId, [booking], by.at);
      send = [...send, ...dueBy([booking], shop.today)];
    }
    const version = await updateTitle(tx, by.tenantId, title);
    await bus.publish(tx, [ofTitle(by, title, 'changed', version)]);
    return { title: { ...title, version }, send };
  }

  async function cancelTitle(ctx: CallContext, { accountId, titleId }: { accountId: string; titleId: string }): Promise<Title> {
    await accounts.authorize(ctx, { accountId, action: 'books' });
    const shop = await books.getShop(ctx, { accountId });
    const by = byOf(ctx);
    const { title, send } = await db.tx(scopeOf(ctx), async (tx) => cancel(tx, by, await found(tx, ctx, accountId, titleId), shop));
    await driver.send(ctx, send);
    return showTitle(title, shop.today);
  }

  /** Repeating it changes nothing. @throws TITLES_HAS_SETTLEMENTS, TITLES_DAY_CLOSED */
  async function cancel(tx: Tx, by: By, title: TitleRecord, shop: Shop): Promise<{ title: TitleRecord; send: string[] }> {
    if (title.cancelled) return { title, send: [] };
    if (title.settledMinor > 0n) throw refuseTitles('TITLES_HAS_SETTLEMENTS');
    if (isClosed(shop, title.competenceOn) && !title.late) throw refuseTitles('TITLES_DAY_CLOSED');
    const send = await takeBackAccrual(tx, by.tenantId, title, shop.today, by.at);
    const cancelled = { ...title, cancelled: true };
    const version = await updateTitle(tx, by.tenantId, cancelled);
    await bus.publish(tx, [ofTitle(by, cancelled, 'cancelled', version)]);
    return { title: { ...cancelled, version }, send };
  }

  async function found(tx: Tx, { tenantId }: CallContext, accountId: string, titleId: string): Promise<TitleRecord> {
    const title = await lockTitle(tx, tenantId, accountId, titleId);
    if (!title) throw refuseTitles('TITLES_NOT_FOUND');
    return title;
  }

  return { createTitles, changeTitle, cancelTitle, applyChange, cancel, today: () => todayOf(deps) };
}
export type TitleBook = ReturnType<typeof createTitleBook>;

/** Of what the books are to have, that whose day has come. */
export const dueBy = (bookings: readonly { id: string; bookOn: string }[], today: string): string[] =>
  bookings.filter(({ bookOn }) => bookOn <= today).map(({ id }) => id);

/** The titles that a request asks for: one, or the instalments of a plan. @throws TITLES_INVALID, TITLES_DAY_CLOSED */
function titlesOf(accountId: string, asked: NewTitles, shop: Shop, createdAt: Date): TitleRecord[] {
  const { kind, description, document = null, dueOn, competenceOn = dueOn, instalments } = asked;
  checkWords('/description', description);
  checkWords('/document', document);
  checkDates({ dueOn, competenceOn });
  if (isClosed(shop, competenceOn) && !asked.late) throw refuseTitles('TITLES_DAY_CLOSED');
  const totalMinor = BigInt(asked.amountMinor);
  if (instalments && totalMinor < BigInt(instalments.count))
    refuseField('/amountMinor', { pt: 'é menos de um centavo por parcela', en: 'is less than a centavo for each instalment' });
  const base = {
    ...{ accountId, kind, description, document, competenceOn, createdAt },
    settledMinor: 0n,
    categoryId: categoryOf(shop, asked.category),
    placeId: asked.place ? placeOf(shop, asked.place) : null,
    counterpartyId: asked.counterpartyId ?? null,
    terms: checkTerms(asked.terms),
    late: asked.late !== undefined,
    ruleId: null,
    n: null,
    generation: 1,
    cancelled: false,
    version: 1,
  };
  if (!instalments) return [{ ...base, id: newId(), amountMinor: totalMinor, dueOn, planId: null, nth: null, planCount: null }];
  const { count, remainder = 'last', everyMonths = 1, roll = 'none' } = instalments;
  const planId = newId();
  const plan = { totalMinor, count, remainder, firstOn: dueOn, anchorDay: Number(dueOn.slice(8)), everyMonths, roll };
  return instalmentsOf(plan).map((one) => ({
    ...base,
    id: newId(),
    amountMinor: one.amountMinor,
    dueOn: one.dueOn,
    planId,
    nth: one.nth,
    planCount: count,
  }));
}

/** A title with what a change says of it. @throws TITLES_INVALID */
export function changed(before: TitleRecord, change: TitleChange, shop: Shop): TitleRecord {
  const { description, document, dueOn, competenceOn, category, place, counterpartyId, terms } = change;
  checkWords('/description', description);
  checkWords('/document', document);
  checkDates({ dueOn, competenceOn });
  const amountMinor = change.amountMinor === undefined ? before.amountMinor : BigInt(change.amountMinor);
  if (amountMinor < before.settledMinor)
    refuseField('/amountMinor', { pt: 'é menos do que já foi baixado', en: 'is less than what was settled already' });
  return {
    ...before,
    amountMinor,
    description: description ?? before.description,
    document: document === undefined ? before.document : document,
    dueOn: dueOn ?? before.dueOn,
    competenceOn: competenceOn ?? before.competenceOn,
    categoryId: category === undefined ? before.categoryId : categoryOf(shop, category),
    placeId: place === undefined ? before.placeId : place === null ? null : placeOf(shop, place),
    counterpartyId: counterpartyId === undefined ? before.counterpartyId : counterpartyId,
    terms: terms === undefined ? before.terms : checkTerms(terms),
  };
}
