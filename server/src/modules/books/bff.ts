import { Type } from 'typebox';
import type { App } from '#platform/http/app.ts';
import { Uuid } from '#platform/schemas.ts';
import type { Compose, LiveSource, Screens, SessionGuard } from '#platform/screens.ts';
import {
  type Books,
  Entry,
  EntryHistory,
  EntryPage,
  Line,
  NewEntry,
  Reason,
  RecordResult,
  Shop,
  Sorted,
  SortMany,
  Today,
} from './contract.ts';
import { sessionDoor } from './door.ts';
import {
  DAY_CLOSED,
  DAY_REOPENED,
  ENTRY_EDITED,
  ENTRY_RECATEGORISED,
  ENTRY_RECORDED,
  ENTRY_REFUSED,
  ENTRY_REVERSED,
  type EntryRecorded,
} from './events.ts';
import { chartRoutes } from './routes-chart.ts';
import { closingRoutes } from './routes-closing.ts';
import { EntryQuery, editRoute, filterOf } from './routes-entries.ts';

type Parts = { face: Books; guard: SessionGuard };
const session = { auth: 'session' } as const;
const tags = ['bff'];
const closed = { additionalProperties: false } as const;
const BODY_LIMIT = 16 * 1024;
const BATCH_LIMIT = 512 * 1024;
const MOST_RECORDED = 500;
const SAME = 'exempt: it says what is to be so, and repeated finds it so';
const OneEntry = Type.Object({ entryId: Uuid });
const OWN_EXAMPLES = [
  {
    id: '0192f000-0000-7000-8000-000000000021',
    kind: 'in',
    place: 'drawer',
    method: 'cash',
    date: '2026-03-02',
    lines: [{ category: 'sales', amountMinor: '1850' }],
  },
];
/** One that was made on a device is named there. */
const OwnEntry = Type.Object({ ...NewEntry.properties, id: Uuid }, { ...closed, examples: OWN_EXAMPLES });
/** Lists on screens are as long as they are. */
const { limit: _limit, ...asked } = EntryQuery.properties;
const ScreenQuery = Type.Object(asked, closed);

/** What people see of a shop's books, and how they keep them. The account is the one that the request names. */
export function booksScreens({ face, guard }: Parts): Screens {
  return {
    routes(app, compose) {
      shopRoutes(app, { face, guard }, compose);
      entryRoutes(app, { face, guard });
      changeRoutes(app, { face, guard });
      const door = sessionDoor(guard);
      editRoute(app, face, door);
      chartRoutes(app, face, door);
      closingRoutes(app, face, door);
    },
    live,
  };
}

const live: LiveSource = {
  about: 'account',
  types: [ENTRY_RECORDED, ENTRY_REFUSED, ENTRY_REVERSED, ENTRY_RECATEGORISED, ENTRY_EDITED, DAY_CLOSED, DAY_REOPENED],
  // Of days that were closed or opened there is no entry to name.
  show: ({ data }) => ({ event: 'books', data: { entryId: (data as Partial<EntryRecorded>).entryId ?? null } }),
};

function shopRoutes(app: App, { face, guard }: Parts, compose: Compose): void {
  app.get(
    '/bff/v1/books/shop',
    {
      config: { ...session, account: 'see' },
      onRequest: guard.require('books:read'),
      schema: { tags, summary: 'A loja: lugares do dinheiro, categorias, último dia fechado', response: { 200: Shop } },
    },
    (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      return face.getShop(ctx, { accountId });
    },
  );
  const today = compose('shop-today', Today);
  app.get(
    '/bff/v1/books/today',
    {
      config: { ...session, account: 'see' },
      onRequest: guard.require('books:read', ...today.scopes),
      schema: { tags, summary: 'O dia da loja: saldo, vendas, o que espera', response: { 200: today.schema } },
    },
    async (request) => {
      const visit = guard.visitOf(request);
      return today.fill(visit, await face.getToday(visit.ctx, { accountId: visit.accountId }));
    },
  );
}

function entryRoutes(app: App, { face, guard }: Parts): void {
  app.get(
    '/bff/v1/books/entries',
    {
      config: { ...session, account: 'see' },
      onRequest: guard.require('books:read'),
      schema: { tags, summary: 'Os lançamentos, com busca e filtros', querystring: ScreenQuery, response: { 200: EntryPage } },
    },
    (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      return face.listEntries(ctx, { accountId, ...filterOf(request.query) });
    },
  );
  app.post(
    '/bff/v1/books/entries',
    {
      config: { ...session, account: 'books', idempotency: 'required' },
      bodyLimit: BODY_LIMIT,
      onRequest: guard.require('books:write'),
      schema: { tags, summary: 'Lança: uma vez, com o id que o aparelho lhe deu', body: OwnEntry, response: { 201: RecordResult } },
    },
    async (request, reply) => {
      const { ctx, accountId } = guard.visitOf(request);
      const { results } = await face.recordBatch(ctx, { accountId, entries: [request.body] });
      return reply.status(201).send(results[0]!);
    },
  );
  app.post(
    '/bff/v1/books/entry-batches',
    {
      config: { ...session, account: 'books', idempotency: 'required' },
      bodyLimit: BATCH_LIMIT,
      onRequest: guard.require('books:write'),
      schema: {
        tags,
        summary: 'Lança muitos de uma vez, cada um com o seu id e o seu resultado',
        body: Type.Object(
          { entries: Type.Array(OwnEntry, { minItems: 1, maxItems: MOST_RECORDED }) },
          { ...closed, examples: [{ entries: OWN_EXAMPLES }] },
        ),
        response: { 200: Type.Object({ results: Type.Array(RecordResult) }) },
      },
    },
    async (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      const { results } = await face.recordBatch(ctx, { accountId, ...request.body });
      return { results };
    },
  );
  app.get(
    '/bff/v1/books/entries/:entryId',
    {
      config: { ...session, account: 'see' },
      onRequest: guard.require('books:read'),
      schema: { tags, summary: 'Um lançamento, com o que lhe aconteceu', params: OneEntry, response: { 200: EntryHistory } },
    },
    (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      return face.getEntry(ctx, { accountId, ...request.params });
    },
  );
}

function changeRoutes(app: App, { face, guard }: Parts): void {
  const writes = { ...session, account: 'books' } as const;
  app.put(
    '/bff/v1/books/sorting',
    {
      config: { ...writes, idempotency: SAME },
      bodyLimit: BODY_LIMIT,
      onRequest: guard.require('books:write'),
      schema: {
        tags,
        summary: 'Dá a muitos lançamentos a mesma categoria',
        body: SortMany,
        response: { 200: Sorted },
      },
    },
    (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      return face.sortEntries(ctx, { accountId, ...request.body });
    },
  );
  app.put(
    '/bff/v1/books/entries/:entryId/lines',
    {
      config: { ...writes, idempotency: SAME },
      bodyLimit: BODY_LIMIT,
      onRequest: guard.require('books:write'),
      schema: {
        tags,
        summary: 'Dá outras categorias a um lançamento, da mesma soma',
        params: OneEntry,
        body: Type.Object(
          { lines: Type.Array(Line, { minItems: 1, maxItems: 20 }), teach: Type.Optional(Type.Boolean()) },
          { ...closed, examples: [{ lines: [{ category: 'goods', amountMinor: '4500' }] }] },
        ),
        response: { 200: Entry },
      },
    },
    (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      return face.recategorise(ctx, { accountId, ...request.params, ...request.body });
    },
  );
  app.post(
    '/bff/v1/books/entries/:entryId/reversal',
    {
      config: { ...writes, idempotency: 'exempt: an entry is reversed once, and repeated it finds it so' },
      bodyLimit: BODY_LIMIT,
      onRequest: guard.require('books:write'),
      schema: {
        tags,
        summary: 'Estorna um lançamento inteiro',
        params: OneEntry,
        body: Type.Object(
          { reason: Reason, late: Type.Optional(Type.Literal('first-open-day')) },
          { ...closed, examples: [{ reason: 'Digitado duas vezes' }] },
        ),
        response: { 200: Entry },
      },
    },
    (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      return face.reverse(ctx, { accountId, ...request.params, ...request.body });
    },
  );
}
