import type { CallContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import { refusePlatform } from '#platform/errors.ts';
import { newId } from '#platform/id.ts';
import { once } from '#platform/idempotency.ts';
import { type By, ofRule } from './announce.ts';
import type { BookingDriver } from './bookings.ts';
import type { NewRule, Rule, RuleChange, ScheduleOf } from './contract.ts';
import { checkCounterparty } from './counterparties.ts';
import { categoryOf, checkWords, type Deps, placeOf, refuseField, type Shop, scopeOf, todayOf } from './deps.ts';
import {
  continued,
  isPast,
  occurrenceOf,
  occurrencesThrough,
  rescheduled,
  type Schedule,
  type Segment,
  segmentOf,
} from './domain/recurrence.ts';
import { refuseTitles } from './errors.ts';
import { makeFrom, makeOccurrences } from './occurrences.ts';
import { countRules, insertRule, listRules as listStored, lockRule, type RuleRecord, type Template, updateRule } from './store/rules.ts';
import { lockOpenOccurrences, type TitleRecord } from './store/titles.ts';
import { changed, checkDates, checkTerms, dueBy, type TitleBook } from './titles.ts';

const ROUTE = 'POST /v1/titles/rules';
/** Of one account, those that have not ended. */
const MOST = 500;
/** Shown, the ended ones with them. */
export const MOST_RULES = 2_000;
const SHOWN_NEXT = 3;
/** What falls on a later year than there are dates is never made. */
const FAR = '2199-01-01';

/** What repeats. */
export function createRules(deps: Deps, book: TitleBook, driver: BookingDriver) {
  const { db, bus, clock, accounts, books } = deps;
  const byOf = ({ tenantId, actor }: CallContext): By => ({ tenantId, actor, at: new Date(clock.now()) });

  async function createRule(ctx: CallContext, { accountId, rule: asked }: { accountId: string; rule: NewRule }): Promise<Rule> {
    const { tenantId, idempotencyKey: key } = ctx;
    if (key === undefined) throw refusePlatform('PLATFORM_IDEMPOTENCY_KEY_REQUIRED');
    await accounts.authorize(ctx, { accountId, action: 'books' });
    const shop = await books.getShop(ctx, { accountId });
    const by = byOf(ctx);
    const rule = ruleOf(accountId, asked, shop, by.at);
    const scope = { tenantId, principal: ctx.actor.id, route: ROUTE, key, body: { accountId, rule: asked } };
    let send: string[] = [];
    const answer = await db.tx(scopeOf(ctx), (tx) =>
      once(tx, scope, async () => {
        await checkCounterparty(tx, tenantId, accountId, asked.counterpartyId ?? null);
        if ((await countRules(tx, tenantId, accountId)) >= MOST) throw refuseTitles('TITLES_TOO_MANY');
        insertRule(tx, tenantId, rule);
        const made = await makeOccurrences(tx, bus, by, rule, shop.today);
        await updateRule(tx, tenantId, made.rule, false);
        await bus.publish(tx, [ofRule(by, rule, rule.version)]);
        send = dueBy(made.bookings, shop.today);
        return { status: 201, body: showRule(made.rule) };
      }),
    );
    if (!answer.replayed) await driver.send(ctx, send);
    return answer.body as Rule;
  }

  async function changeRule(
    ctx: CallContext,
    { accountId, ruleId, version, change }: { accountId: string; ruleId: string; version: number; change: RuleChange },
  ): Promise<Rule> {
    await accounts.authorize(ctx, { accountId, action: 'books' });
    const shop = await books.getShop(ctx, { accountId });
    const by = byOf(ctx);
    const { rule, send } = await db.tx(scopeOf(ctx), async (tx) => {
      const before = await found(tx, ctx, accountId, ruleId);
      if (before.version !== version) throw refuseTitles('TITLES_CHANGED');
      if (before.ended) throw refuseTitles('TITLES_RULE_ENDED');
      await checkCounterparty(tx, ctx.tenantId, accountId, change.counterpartyId ?? null);
      const { fromN, open } = await fromWhere(tx, ctx.tenantId, before, change);
      const after = changedRule(before, fromN, change, shop);
      const changes = await changeOpen(tx, by, { open, rule: after, change, shop });
      const made = await makeOccurrences(tx, bus, by, after, shop.today);
      const next = await updateRule(tx, ctx.tenantId, made.rule, true);
      await bus.publish(tx, [ofRule(by, made.rule, next)]);
      return { rule: { ...made.rule, version: next }, send: [...changes, ...dueBy(made.bookings, shop.today)] };
    });
    await driver.send(ctx, send);
    return showRule(rule);
  }

  /** Where a change begins, and the titles that are there already from there on. */
  async function fromWhere(tx: Tx, tenantId: string, rule: RuleRecord, { scope, fromN }: RuleChange) {
    if (scope === 'following') {
      if (fromN === undefined) refuseField('/fromN', { pt: 'falta dizer a partir de qual', en: 'says from which one on' });
      if (fromN > rule.nextN) refuseField('/fromN', { pt: 'ainda está longe demais', en: 'is too far ahead' });
      return { fromN, open: await lockOpenOccurrences(tx, tenantId, rule.id, fromN) };
    }
    const open = await lockOpenOccurrences(tx, tenantId, rule.id, 0);
    return { fromN: open[0]?.n ?? rule.nextN, open };
  }

  /** What is asked for anew, of each title that is there: what the change does not speak of stays, also what was changed of one alone. */
  async function changeOpen(
    tx: Tx,
    by: By,
    { open, rule, change, shop }: { open: readonly TitleRecord[]; rule: RuleRecord; change: RuleChange; shop: Shop },
  ): Promise<string[]> {
    const { scope: _scope, fromN: _from, schedule, untilOn: _until, count: _count, ...fields } = change;
    const send: string[] = [];
    for (const before of open) {
      const occurrence = occurrenceOf(rule.segments, before.n!);
      if (isPast(rule, occurrence)) send.push(...(await book.cancel(tx, by, before, shop)).send);
      else {
        const dates = schedule ? { dueOn: occurrence.dueOn, competenceOn: occurrence.competenceOn } : {};
        const after = changed(before, { ...fields, ...dates }, shop);
        send.push(...(await book.applyChange(tx, by, { before, after, shop })).send);
      }
    }
    return send;
  }

  async function endRule(ctx: CallContext, { accountId, ruleId }: { accountId: string; ruleId: string }): Promise<Rule> {
    await accounts.authorize(ctx, { accountId, action: 'books' });
    const shop = await books.getShop(ctx, { accountId });
    const by = byOf(ctx);
    return db.tx(scopeOf(ctx), async (tx) => {
      const rule = await found(tx, ctx, accountId, ruleId);
      if (rule.ended) return showRule(rule);
      const open = await lockOpenOccurrences(tx, ctx.tenantId, ruleId, 0);
      // What counts on a day to come was never sent to the books: there is nothing to take back.
      for (const title of open.filter(({ competenceOn }) => competenceOn > shop.today)) await book.cancel(tx, by, title, shop);
      const ended = { ...rule, ended: true, makeFrom: null };
      const version = await updateRule(tx, ctx.tenantId, ended, true);
      await bus.publish(tx, [ofRule(by, ended, version)]);
      return showRule({ ...ended, version });
    });
  }

  async function listRules(ctx: CallContext, { accountId }: { accountId: string }): Promise<{ rules: Rule[] }> {
    await accounts.authorize(ctx, { accountId, action: 'see' });
    const rules = await db.tx({ ...scopeOf(ctx), single: true, read: true }, (tx) => listStored(tx, ctx.tenantId, accountId, MOST_RULES));
    return { rules: rules.map(showRule) };
  }

  async function previewRule(ctx: CallContext, { accountId, schedule, count }: { accountId: string; schedule: ScheduleOf; count: number }) {
    await accounts.authorize(ctx, { accountId, action: 'see' });
    const segments = [{ ...scheduleOf(schedule), fromN: 0, template: null }];
    return { occurrences: occurrencesThrough(segments, { untilOn: null, count: null }, 0, FAR, count) };
  }

  async function found(tx: Tx, { tenantId }: CallContext, accountId: string, ruleId: string): Promise<RuleRecord> {
    const rule = await lockRule(tx, tenantId, accountId, ruleId);
    if (!rule) throw refuseTitles('TITLES_RULE_NOT_FOUND');
    return rule;
  }

  return { createRule, changeRule, endRule, listRules, previewRule, today: () => todayOf(deps) };
}

/** A schedule with all that was left unsaid filled in. @throws TITLES_INVALID */
function scheduleOf({ firstOn, unit, every = 1, roll = 'none', competence = 'due', ...asked }: ScheduleOf): Schedule {
  checkDates({ 'schedule/firstOn': firstOn });
  const day = Number(firstOn.slice(8));
  const anchorDay = unit === 'week' ? day : (asked.anchorDay ?? day);
  // The first date is the anchor, or the last day of a month that has no such day.
  const first = occurrenceOf([{ firstOn, unit, every, roll, competence, anchorDay, fromN: 0, template: null }], 0).nominalOn;
  if (first !== firstOn) refuseField('/schedule/anchorDay', { pt: 'não é o dia da primeira data', en: 'is not the day of the first date' });
  return { firstOn, anchorDay, unit, every, roll, competence };
}

function ruleOf(accountId: string, asked: NewRule, shop: Shop, createdAt: Date): RuleRecord {
  const { kind, description, amountMinor, untilOn = null, count = null, leadDays = 30 } = asked;
  checkWords('/description', description);
  checkDates({ untilOn });
  const template: Template = {
    description,
    amountMinor,
    categoryId: categoryOf(shop, asked.category),
    placeId: asked.place ? placeOf(shop, asked.place) : null,
    counterpartyId: asked.counterpartyId ?? null,
    terms: checkTerms(asked.terms),
  };
  const segments: Segment<Template>[] = [{ ...scheduleOf(asked.schedule), fromN: 0, template }];
  const rule = { id: newId(), accountId, kind, segments, untilOn, count, leadDays, nextN: 0, ended: false, version: 1, createdAt };
  return { ...rule, makeFrom: makeFrom(rule) };
}

/** A rule as it is from an occurrence on. @throws TITLES_INVALID */
function changedRule(before: RuleRecord, fromN: number, change: RuleChange, shop: Shop): RuleRecord {
  const { description, amountMinor, category, place, counterpartyId, terms, schedule } = change;
  checkWords('/description', description);
  checkDates({ untilOn: change.untilOn });
  const old = segmentOf(before.segments, fromN).template;
  const template: Template = {
    description: description ?? old.description,
    amountMinor: amountMinor ?? old.amountMinor,
    categoryId: category === undefined ? old.categoryId : categoryOf(shop, category),
    placeId: place === undefined ? old.placeId : place === null ? null : placeOf(shop, place),
    counterpartyId: counterpartyId === undefined ? old.counterpartyId : counterpartyId,
    terms: terms === undefined ? old.terms : checkTerms(terms),
  };
  const segments = schedule
    ? rescheduled(before.segments, fromN, scheduleOf(schedule), template)
    : continued(before.segments, fromN, template);
  const after = {
    ...before,
    segments,
    untilOn: change.untilOn === undefined ? before.untilOn : change.untilOn,
    count: change.count === undefined ? before.count : change.count,
  };
  return { ...after, makeFrom: makeFrom(after) };
}

function showRule(rule: RuleRecord): Rule {
  const { id, kind, untilOn, count, leadDays, ended, version } = rule;
  const { template, fromN: _from, ...schedule } = segmentOf(rule.segments, rule.nextN);
  const { description, amountMinor, categoryId, placeId, counterpartyId, terms } = template;
  const next = ended ? [] : occurrencesThrough(rule.segments, rule, rule.nextN, FAR, SHOWN_NEXT);
  const about = { description, amountMinor, categoryId, placeId, counterpartyId, terms };
  return { id, kind, ...about, schedule, untilOn, count, leadDays, ended, next, version };
}
