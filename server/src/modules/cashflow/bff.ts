import { Type } from 'typebox';
import type { PaymentsContract } from '#payments';
import { addDays, businessDate, type Clock, countDays } from '#platform/clock.ts';
import type { Face } from '#platform/face/contract.ts';
import type { App } from '#platform/http/app.ts';
import { BusinessDate, nullable } from '#platform/schemas.ts';
import type { Addition, LiveSource, OnBehalf, Screens, SessionGuard } from '#platform/screens.ts';
import type { DayMessage } from './announce.ts';
import { type CashflowFace, Days, MAX_DAYS } from './contract.ts';
import { HOME_DAYS, NO_PROJECTION, type Projection, splitDays, todayOf } from './domain/home.ts';
import { askedDays, ShopDaysQuery } from './http.ts';

/** Whose account it is, payments knows. */
export type AccountsPort = Pick<Face<PaymentsContract>, 'getAccount'>;
type Parts = { face: Pick<CashflowFace, 'getDays' | 'getShopDays'>; accounts: AccountsPort | undefined; clock: Clock; guard: SessionGuard };

const Text = Type.String();
const Amount = Type.String({ description: 'Centavos, só dígitos' });
const Day = Type.Object({ date: Text, openingMinor: Amount, inMinor: Amount, outMinor: Amount, netMinor: Amount, closingMinor: Amount });
const Today = Type.Object({ ...Day.properties, updatedAt: nullable(Text), pending: Type.Boolean(), lagMs: Type.Integer() });

/** What people see of their days: beside the balance, beside the lines of the statement, and live. */
export function cashflowScreens({ face, accounts, clock, guard }: Parts): Screens {
  const routes: Screens['routes'] = (app) => shopDaysRoute(app, { face, guard, clock });
  if (!accounts) return { routes, live: { about: 'account', news: NEWS } };

  async function project({ ctx, accountId: account }: OnBehalf, to: string, dayCount: number): Promise<Projection> {
    const { ledgerAccountId: accountId } = await accounts!.getAccount(ctx, { accountId: account });
    return accountId ? face.getDays(ctx, { accountId, from: addDays(to, 1 - dayCount), to }) : NO_PROJECTION;
  }
  const today = (): string => businessDate(clock.now());
  const homeOf = (projection: Projection, date: string) => ({
    today: todayOf(projection, date),
    ...splitDays(projection.days, addDays(date, 1 - HOME_DAYS)),
  });
  const home: Addition = {
    screen: 'home',
    properties: {
      today: Today,
      days: Type.Array(Day),
      before: Type.Object({ inMinor: Amount, outMinor: Amount }, { description: 'Sums of as many days before `days`, for comparing' }),
    },
    scopes: ['cashflow:read'],
    read: async (visit) => homeOf(await project(visit, today(), 2 * HOME_DAYS), today()),
    // The daily balance is a projection: when it is away the screen says so, and the money still shows.
    whenAway: () => homeOf(NO_PROJECTION, today()),
  };
  return {
    routes,
    adds: [home, daysOfStatement(face, accounts)],
    live: liveDay(async (visit) => todayOf(await project(visit, today(), 1), today())),
  };
}

/** What each day of the lines opened and closed with. None when the projection is away or still catching up. */
function daysOfStatement(face: Pick<CashflowFace, 'getDays'>, accounts: AccountsPort): Addition {
  return {
    screen: 'statement',
    properties: { days: Type.Array(Day) },
    whenAway: () => ({ days: [] }),
    async read({ ctx, accountId: account }, base) {
      const { lines } = base as { lines: readonly { at: string; balanceAfterMinor: string | null }[] };
      const dates = new Set(lines.filter(({ balanceAfterMinor }) => balanceAfterMinor !== null).map(({ at }) => businessDate(at)));
      const sorted = [...dates].sort();
      const to = sorted.at(-1);
      const accountId = to && (await accounts.getAccount(ctx, { accountId: account })).ledgerAccountId;
      if (to === undefined || !accountId) return { days: [] };
      // A page that spans more goes without figures for its older days.
      const from = sorted.find((date) => countDays(date, to) <= MAX_DAYS)!;
      const { days, pending } = await face.getDays(ctx, { accountId, from, to });
      // Figures that lag behind the lines beside them would contradict them.
      return { days: pending ? [] : days.filter(({ date }) => dates.has(date)) };
    },
  };
}

/** An account's own day, and that of all places of a shop, are told by names of their own. */
const NEWS: NonNullable<LiveSource['news']> = {
  'cashflow.day': (message) => {
    const { tenantId, subjectId, of, day, updatedAt, traceparent } = message as DayMessage;
    return { tenantId, subjectId, event: of === 'shop' ? 'shop-day' : 'day', data: { ...day, updatedAt }, traceparent };
  },
};

/** Today, where nothing else is asked. */
const ScreenDays = Type.Object({ ...ShopDaysQuery.properties, from: Type.Optional(BusinessDate), to: Type.Optional(BusinessDate) });

function shopDaysRoute(app: App, { face, guard, clock }: Pick<Parts, 'face' | 'guard' | 'clock'>): void {
  app.get(
    '/bff/v1/cashflow/days',
    {
      config: { auth: 'session', account: 'see' },
      onRequest: guard.require('cashflow:read'),
      schema: {
        tags: ['bff'],
        summary: 'Saldo diário consolidado da loja, de uma filial ou de um lugar do dinheiro',
        querystring: ScreenDays,
        response: { 200: Days },
      },
    },
    (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      const today = businessDate(clock.now());
      return face.getShopDays(ctx, { accountId, ...askedDays({ from: today, to: today, ...request.query }) });
    },
  );
}

function liveDay(readToday: (visit: OnBehalf) => Promise<ReturnType<typeof todayOf>>): LiveSource {
  return {
    about: 'account',
    news: NEWS,
    states: [
      {
        event: 'day',
        after: [],
        async read(visit) {
          const { pending: _pending, lagMs: _lag, ...today } = await readToday(visit);
          return today.updatedAt ? today : null;
        },
      },
    ],
  };
}
