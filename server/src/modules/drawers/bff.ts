import { Type } from 'typebox';
import type { Books } from '#books';
import type { Identity } from '#identity';
import type { CallContext } from '#platform/context.ts';
import type { App } from '#platform/http/app.ts';
import { isUuid } from '#platform/id.ts';
import { BusinessDate, pageLimit, Uuid } from '#platform/schemas.ts';
import type { LiveSource, Screens, SessionGuard } from '#platform/screens.ts';
import { drawerActionRoutes } from './bff-actions.ts';
import { Deposit, type Drawers, drawersContract, LateSale, Movement, Session } from './contract.ts';
import {
  SALE_CAME_LATE,
  type SaleCameLate,
  SESSION_PROGRESSED,
  type SessionProgressed,
  WITHDRAWAL_DUE,
  type WithdrawalDue,
} from './events.ts';

export type Parts = { face: Drawers; books: Pick<Books, 'getShop'>; people: Pick<Identity, 'getPerson'>; guard: SessionGuard };

const tags = ['bff'];
const DEFAULT_LINES = 50;
const Named = Type.Object({ id: Type.String(), name: Type.String({ description: 'Vazio quando os dados da pessoa foram apagados' }) });
const Choice = Type.Object({ id: Uuid, kind: Type.String(), name: Type.String() });
const { operations } = drawersContract;

/** What the screen Caixa needs: everything at once, and one session with what happened in it. */
export function drawerScreens(parts: Parts): Screens {
  return {
    routes(app) {
      readRoutes(app, parts);
      drawerActionRoutes(app, parts);
    },
    live,
  };
}

/** Told without a figure: whoever stands at a drawer may have this screen open. */
const live: LiveSource = {
  about: 'account',
  types: [SESSION_PROGRESSED, WITHDRAWAL_DUE, SALE_CAME_LATE],
  show({ type, data }) {
    if (type === SESSION_PROGRESSED) {
      const { placeId, sessionId, status } = data as SessionProgressed;
      return { event: 'drawer', data: { placeId, sessionId, status } };
    }
    const { placeId } = data as WithdrawalDue | SaleCameLate;
    return { event: type === WITHDRAWAL_DUE ? 'withdrawal-due' : 'late-sale', data: { placeId } };
  },
};

function readRoutes(app: App, { face, books, people, guard }: Parts): void {
  app.get(
    '/bff/v1/drawers',
    {
      config: { auth: 'session', account: 'see' },
      onRequest: guard.require('drawers:read'),
      schema: {
        tags,
        summary: 'O Caixa: gavetas, sessões em curso, o que espera decisão, e para onde o dinheiro pode ir',
        response: {
          200: Type.Object({
            ...operations.listDrawers.output.properties,
            lateSales: Type.Array(LateSale),
            deposits: Type.Array(Deposit, { description: 'A caminho do banco' }),
            places: Type.Array(Choice),
            categories: Type.Array(Type.Object({ id: Uuid, group: Type.String(), name: Type.String() })),
            people: Type.Array(Named),
            /** The person of the session. */
            self: Type.String(),
          }),
        },
      },
    },
    async (request) => {
      const { ctx, accountId, subjectId } = guard.visitOf(request);
      const on = { accountId };
      const listed = await face.listDrawers(ctx, on);
      const [{ places, categories }, { sales }, { deposits }] = await Promise.all([
        books.getShop(ctx, on),
        face.listLateSales(ctx, on),
        face.listDeposits(ctx, on),
      ]);
      const sessions = listed.drawers.flatMap(({ session }) => (session ? [session] : []));
      return {
        ...listed,
        lateSales: sales,
        deposits: deposits.filter(({ state }) => state === 'in-transit'),
        places: places.filter(({ archived }) => !archived).map(({ id, kind, name }) => ({ id, kind, name })),
        categories: categories.filter(({ archived }) => !archived).map(({ id, group, name }) => ({ id, group, name })),
        people: await namesOf(ctx, people, sessions),
        self: subjectId,
      };
    },
  );
  app.get(
    '/bff/v1/drawers/sessions',
    {
      config: { auth: 'session', account: 'see' },
      onRequest: guard.require('drawers:read'),
      schema: {
        tags,
        summary: 'Sessões por dia da loja, as mais novas primeiro',
        querystring: Type.Object(
          {
            from: Type.Optional(BusinessDate),
            to: Type.Optional(BusinessDate),
            limit: Type.Optional(pageLimit(200, 'De 1 a 200; 50 se ausente')),
          },
          { additionalProperties: false, description: 'Os dois dias estão no período; os últimos 30 quando faltam.' },
        ),
        response: { 200: Type.Object({ ...operations.listSessions.output.properties, people: Type.Array(Named) }) },
      },
    },
    async (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      const { limit, ...period } = request.query;
      const { sessions } = await face.listSessions(ctx, { accountId, ...period, limit: Number(limit ?? DEFAULT_LINES) });
      return { sessions, people: await namesOf(ctx, people, sessions) };
    },
  );
  app.get(
    '/bff/v1/drawers/sessions/:sessionId',
    {
      config: { auth: 'session', account: 'see' },
      onRequest: guard.require('drawers:read'),
      schema: {
        tags,
        summary: 'Uma sessão com o que aconteceu nela',
        params: Type.Object({ sessionId: Uuid }),
        response: { 200: Type.Object({ session: Session, movements: Type.Array(Movement), people: Type.Array(Named) }) },
      },
    },
    async (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      const asked = { accountId, ...request.params };
      const [session, { movements }] = await Promise.all([face.getSession(ctx, asked), face.listMovements(ctx, asked)]);
      return { session, movements, people: await namesOf(ctx, people, [session]) };
    },
  );
}

type WithPeople = Pick<Session, 'openedBy'> & Partial<Pick<Session, 'closedBy' | 'reviewedBy' | 'counts'>>;

/** Names of all who had to do with some sessions. A client of the API goes by its own name. */
async function namesOf(
  ctx: CallContext,
  people: Parts['people'],
  sessions: readonly WithPeople[],
): Promise<{ id: string; name: string }[]> {
  const ids = sessions.flatMap(({ openedBy, closedBy, reviewedBy, counts = [] }) => [
    openedBy,
    closedBy,
    reviewedBy,
    ...counts.map(({ by }) => by),
  ]);
  const known = [...new Set(ids.filter((id) => typeof id === 'string'))];
  const nameOf = async (id: string) => (isUuid(id) ? (await people.getPerson(ctx, { subjectId: id })).name : id);
  return Promise.all(known.map(async (id) => ({ id, name: await nameOf(id) })));
}
