import { addDays } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import { isUuid } from '#platform/id.ts';
import type { Expected, Kind, Title, TitleDetail } from './contract.ts';
import { type Deps, refuseField, scopeOf, todayOf } from './deps.ts';
import { occurrenceId, occurrencesThrough, segmentOf } from './domain/recurrence.ts';
import { lateBefore, openMinor, type Status, statusOn } from './domain/status.ts';
import { refuseTitles } from './errors.ts';
import { showBooking, showSettlement, showTitle } from './present.ts';
import { MOST_RULES } from './rules.ts';
import { findBookings } from './store/bookings.ts';
import { listRules, type RuleRecord } from './store/rules.ts';
import { findSettlements } from './store/settlements.ts';
import { findTitle, listTitles as listStored, readTotals as readStored, type TitleRecord, type Wanted } from './store/titles.ts';
import { checkDates } from './titles.ts';

const FIRST_DAY = '1900-01-01';
const LAST_DAY = '2199-12-31';
/** More open titles than a shop ever has; a forecast that left some out would be wrong without saying so. */
const MOST_EXPECTED = 20_000;
const MOST_OCCURRENCES = 400;

type Asked = {
  accountId: string;
  kind?: Kind | undefined;
  status?: Status | 'unsettled' | undefined;
  dueFrom?: string | undefined;
  dueTo?: string | undefined;
  counterpartyId?: string | undefined;
  ruleId?: string | undefined;
  planId?: string | undefined;
  cursor?: string | undefined;
  limit: number;
};

/** What is shown of titles. */
export function createReading(deps: Pick<Deps, 'db' | 'clock' | 'accounts'>) {
  const { db, accounts } = deps;

  async function listTitles(ctx: CallContext, asked: Asked): Promise<{ titles: Title[]; nextCursor: string | null }> {
    const { accountId, limit, dueFrom, dueTo } = asked;
    checkDates({ dueFrom, dueTo });
    await accounts.authorize(ctx, { accountId, action: 'see' });
    const today = todayOf(deps);
    const wanted: Wanted = {
      kind: asked.kind ?? null,
      counterpartyId: asked.counterpartyId ?? null,
      ruleId: asked.ruleId ?? null,
      planId: asked.planId ?? null,
      after: asked.cursor === undefined ? null : readCursor(asked.cursor),
      limit: limit + 1,
      ...byStatus(asked.status, today, dueFrom ?? FIRST_DAY, dueTo ?? LAST_DAY),
    };
    const found = await db.tx({ ...scopeOf(ctx), single: true, read: true }, (tx) => listStored(tx, ctx.tenantId, accountId, wanted));
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return {
      titles: page.map((title) => showTitle(title, today)),
      nextCursor: found.length > limit && last ? `${last.dueOn}_${last.id}` : null,
    };
  }

  async function getTitle(ctx: CallContext, { accountId, titleId }: { accountId: string; titleId: string }): Promise<TitleDetail> {
    await accounts.authorize(ctx, { accountId, action: 'see' });
    const { tenantId } = ctx;
    const [title, settlements, bookings] = await db.tx({ ...scopeOf(ctx), read: true }, (tx) =>
      Promise.all([
        findTitle(tx, tenantId, accountId, titleId),
        findSettlements(tx, tenantId, titleId),
        findBookings(tx, tenantId, titleId),
      ]),
    );
    if (!title) throw refuseTitles('TITLES_NOT_FOUND');
    return { ...showTitle(title, todayOf(deps)), settlements: settlements.map(showSettlement), bookings: bookings.map(showBooking) };
  }

  async function readTotals(ctx: CallContext, { accountId }: { accountId: string }) {
    await accounts.authorize(ctx, { accountId, action: 'see' });
    const today = todayOf(deps);
    const totals = await db.tx({ ...scopeOf(ctx), single: true, read: true }, (tx) =>
      readStored(tx, ctx.tenantId, accountId, today, lateBefore(today)),
    );
    const of = (kind: Kind) => {
      const { openMinor = 0n, overdueMinor = 0n, dueTodayMinor = 0n, count = 0 } = totals.find((one) => one.kind === kind) ?? {};
      return { openMinor: `${openMinor}`, overdueMinor: `${overdueMinor}`, dueTodayMinor: `${dueTodayMinor}`, count };
    };
    return { payable: of('payable'), receivable: of('receivable') };
  }

  async function listExpected(ctx: CallContext, { accountId, through }: { accountId: string; through: string }): Promise<Expected> {
    checkDates({ through });
    await accounts.authorize(ctx, { accountId, action: 'see' });
    const { tenantId } = ctx;
    const all = { kind: null, counterpartyId: null, ruleId: null, planId: null, after: null, limit: MOST_EXPECTED };
    const wanted: Wanted = { ...all, state: 'unsettled', dueFrom: FIRST_DAY, dueTo: through };
    const [titles, rules] = await db.tx({ ...scopeOf(ctx), read: true }, (tx) =>
      Promise.all([listStored(tx, tenantId, accountId, wanted), listRules(tx, tenantId, accountId, MOST_RULES)]),
    );
    const open = rules.filter(({ ended }) => !ended);
    return {
      items: [
        ...titles.map((title) => expectedOfTitle(title, todayOf(deps))),
        ...open.flatMap((rule) => expectedOfRule(tenantId, rule, through)),
      ],
    };
  }

  return { listTitles, getTitle, readTotals, listExpected };
}

type Edges = Pick<Wanted, 'state' | 'dueFrom' | 'dueTo'>;

/** The status that a title has on a day, in what is kept of it. */
function byStatus(status: Asked['status'], today: string, dueFrom: string, dueTo: string): Edges {
  const late = lateBefore(today);
  if (status === undefined) return { state: null, dueFrom, dueTo };
  if (status === 'settled' || status === 'cancelled' || status === 'unsettled') return { state: status, dueFrom, dueTo };
  const lastLate = addDays(late, -1);
  if (status === 'overdue') return { state: 'unsettled', dueFrom, dueTo: dueTo < lastLate ? dueTo : lastLate };
  return { state: status === 'partly' ? 'partly' : 'untouched', dueFrom: dueFrom > late ? dueFrom : late, dueTo };
}

function readCursor(text: string): { dueOn: string; id: string } {
  const [dueOn = '', id = ''] = text.split('_');
  checkDates({ cursor: dueOn || 'x' });
  if (!isUuid(id)) refuseField('/cursor', { pt: 'não é um cursor desta lista', en: 'is no cursor of this list' });
  return { dueOn, id };
}

const directionOf = (kind: Kind): 'in' | 'out' => (kind === 'payable' ? 'out' : 'in');

const expectedOfTitle = (title: TitleRecord, today: string): Expected['items'][number] => ({
  kind: 'title',
  ref: title.id,
  ruleId: title.ruleId,
  label: title.description,
  direction: directionOf(title.kind),
  amountMinor: openMinor(title).toString(),
  dueOn: title.dueOn,
  overdue: statusOn(today, title) === 'overdue',
});

function expectedOfRule(tenantId: string, rule: RuleRecord, through: string): Expected['items'] {
  const coming = occurrencesThrough(rule.segments, rule, rule.nextN, through, MOST_OCCURRENCES);
  return coming
    .filter(({ dueOn }) => dueOn <= through)
    .map(({ n, dueOn }) => {
      const { description, amountMinor } = segmentOf(rule.segments, n).template;
      const ref = occurrenceId(tenantId, rule.id, n);
      return {
        kind: 'recurrence' as const,
        ref,
        ruleId: rule.id,
        label: description,
        direction: directionOf(rule.kind),
        amountMinor,
        dueOn,
        overdue: false,
      };
    });
}
