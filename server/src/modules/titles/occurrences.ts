import { addDays } from '#platform/clock.ts';
import { systemContext } from '#platform/context.ts';
import type { Db, Tx } from '#platform/db/db.ts';
import type { Job } from '#platform/jobs/job.ts';
import { accrualBooking } from './accruals.ts';
import { type By, ofTitle } from './announce.ts';
import { type Deps, MODULE, todayOf } from './deps.ts';
import { isPast, type Occurrence, occurrenceId, occurrenceOf, occurrencesThrough, segmentOf } from './domain/recurrence.ts';
import { insertBookings } from './store/bookings.ts';
import { listDueRules, lockRule, type RuleRecord, updateRule } from './store/rules.ts';
import { insertTitles, type TitleRecord } from './store/titles.ts';

/** Titles made in one transaction; of a rule that slept for years the next run makes the rest. */
const PAGE = 200;
const MOST_RULES_A_RUN = 500;

/** The title of an occurrence, by the rule as it is for it. */
export function titleOf(tenantId: string, rule: RuleRecord, occurrence: Occurrence, createdAt: Date): TitleRecord {
  const { amountMinor, ...template } = segmentOf(rule.segments, occurrence.n).template;
  return {
    ...template,
    id: occurrenceId(tenantId, rule.id, occurrence.n),
    accountId: rule.accountId,
    kind: rule.kind,
    amountMinor: BigInt(amountMinor),
    settledMinor: 0n,
    dueOn: occurrence.dueOn,
    competenceOn: occurrence.competenceOn,
    document: null,
    // Nobody is there to be asked for another day.
    late: true,
    ruleId: rule.id,
    n: occurrence.n,
    planId: null,
    nth: null,
    planCount: null,
    generation: 1,
    cancelled: false,
    version: 1,
    createdAt,
  };
}

/** From which day on the next occurrence is to be made; null when there is none. */
export function makeFrom(rule: Pick<RuleRecord, 'segments' | 'untilOn' | 'count' | 'nextN' | 'leadDays' | 'ended'>): string | null {
  if (rule.ended) return null;
  const next = occurrenceOf(rule.segments, rule.nextN);
  return isPast(rule, next) ? null : addDays(next.nominalOn, -rule.leadDays);
}

/**
 * Makes the titles of all occurrences whose time has come, those that were missed with their own dates; a page of them. An occurrence that is there already is left as it is:
 * its id is its rule and number. Answers the rule as it is then, which the caller writes.
 */
export async function makeOccurrences(
  tx: Tx,
  bus: Deps['bus'],
  by: By,
  rule: RuleRecord,
  today: string,
): Promise<{ rule: RuleRecord; bookings: { id: string; bookOn: string }[] }> {
  const due = rule.ended ? [] : occurrencesThrough(rule.segments, rule, rule.nextN, addDays(today, rule.leadDays), PAGE);
  if (due.length === 0) return { rule: { ...rule, makeFrom: makeFrom(rule) }, bookings: [] };
  const titles = due.map((one) => titleOf(by.tenantId, rule, one, by.at));
  const added = await insertTitles(tx, by.tenantId, titles);
  const made = titles.filter(({ id }) => added.has(id));
  const bookings = made.map((title) => accrualBooking(by.tenantId, title));
  insertBookings(tx, by.tenantId, bookings, by.at);
  await bus.publish(
    tx,
    made.map((title) => ofTitle(by, title, 'created', title.version)),
  );
  const next = { ...rule, nextN: due.at(-1)!.n + 1 };
  return { rule: { ...next, makeFrom: makeFrom(next) }, bookings };
}

/** Makes what is due of all rules. It may run twice at a time, be killed anywhere, or not run for months. */
export function recurrencesJob(deps: Pick<Deps, 'bus' | 'clock'>): Job {
  async function makeOf(db: Db, tenantId: string, accountId: string, ruleId: string, today: string): Promise<void> {
    const by: By = { tenantId, actor: systemContext(tenantId, MODULE).actor, at: new Date(deps.clock.now()) };
    await db.tx({ module: MODULE, tenants: [tenantId] }, async (tx) => {
      const rule = await lockRule(tx, tenantId, accountId, ruleId);
      if (!rule) return;
      const made = await makeOccurrences(tx, deps.bus, by, rule, today);
      await updateRule(tx, tenantId, made.rule, false);
    });
  }

  return {
    name: 'titles.recurrences',
    everyMs: 60_000,
    async run({ db, each }) {
      const today = todayOf(deps);
      const due = await db.tx({ module: MODULE, system: true }, (tx) => listDueRules(tx, today, MOST_RULES_A_RUN));
      const byId = new Map(due.map((rule) => [`${rule.tenantId} ${rule.id}`, rule]));
      const outcome = await each([...byId.keys()], async (name) => {
        const { tenantId, accountId, id } = byId.get(name)!;
        await makeOf(db, tenantId, accountId, id, today);
      });
      // Some may have more than a page to make, or there are more rules.
      return { goOn: outcome.goOn === true || due.length > 0 };
    },
  };
}
