import { Type } from 'typebox';
import type { Face } from '#platform/face/contract.ts';
import type { App } from '#platform/http/app.ts';
import { sessionDoor } from '#platform/http/two-doors.ts';
import { nullable } from '#platform/schemas.ts';
import type { LiveSource, Screens, SessionGuard } from '#platform/screens.ts';
import { Counterparty, Rule, Title, type TitlesContract, Totals } from './contract.ts';
import { TITLE_SET, type TitleSet } from './events.ts';
import { routesAt } from './http.ts';

type Parts = { face: Face<TitlesContract>; guard: SessionGuard };
const FIRST_LINES = 100;

/** Contas a pagar e a receber: the screen with one call, and what is done on it. */
export function titlesScreens({ face, guard }: Parts): Screens {
  return {
    routes(app) {
      screenRoute(app, { face, guard });
      routesAt(app, face, sessionDoor('titles', guard));
    },
    live,
  };
}

/** Somebody else at the counter has paid, or the rule has made one: open screens read again. */
const live: LiveSource = {
  about: 'account',
  types: [TITLE_SET],
  show({ data }) {
    const { titleId, kind, change, version } = data as TitleSet;
    return { event: 'title', data: { titleId, kind, change, version } };
  },
};

const Screen = Type.Object({
  totals: Totals,
  /** Not settled, the earliest due first. */
  titles: Type.Array(Title),
  nextCursor: nullable(Type.String()),
  counterparties: Type.Array(Counterparty),
  rules: Type.Array(Rule),
});

function screenRoute(app: App, { face, guard }: Parts): void {
  app.get(
    '/bff/v1/titles',
    {
      config: { auth: 'session', account: 'see' },
      onRequest: guard.require('titles:read'),
      schema: { tags: ['bff'], summary: 'A tela de contas a pagar e a receber', response: { 200: Screen } },
    },
    async (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      const [totals, page, { counterparties }, { rules }] = await Promise.all([
        face.readTotals(ctx, { accountId }),
        face.listTitles(ctx, { accountId, status: 'unsettled', limit: FIRST_LINES }),
        face.listCounterparties(ctx, { accountId }),
        face.listRules(ctx, { accountId }),
      ]);
      return { totals, ...page, counterparties, rules };
    },
  );
}
