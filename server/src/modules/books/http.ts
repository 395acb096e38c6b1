import { Type } from 'typebox';
import { type App, contextOf } from '#platform/http/app.ts';
import { Uuid } from '#platform/schemas.ts';
import {
  Accepted,
  type Books,
  Category,
  CategoryGroupName,
  Entry,
  EntryHistory,
  Line,
  Name,
  NewEntry,
  Place,
  PlaceKindName,
  Reason,
  RecordResult,
  Shop,
  Store,
} from './contract.ts';

const READ = { scopes: ['books:read'] } as const;
const WRITE = { scopes: ['books:write'] } as const;
const tags = ['books'];
const closed = { additionalProperties: false } as const;
const BODY_LIMIT = 16 * 1024;
const BATCH_LIMIT = 2 * 1024 * 1024;
const OnAccount = Type.Object({ accountId: Uuid });
const OneEntry = Type.Object({ accountId: Uuid, entryId: Uuid });
const OneThing = Type.Object({ accountId: Uuid, id: Uuid });
const SAME = 'exempt: it says what is to be so, and repeated finds it so';
const { id: _id, ...ofEntry } = NewEntry.properties;
export const EntryBody = Type.Object(ofEntry, {
  ...closed,
  examples: [
    { kind: 'in', place: 'drawer', method: 'cash', date: '2026-03-02', lines: [{ category: 'sales', amountMinor: '1850' }], text: 'Pães' },
  ],
});

/** Books over the API, of the account that the path names. */
export function booksRoutes(app: App, face: Books): void {
  shopRoutes(app, face);
  recordRoutes(app, face);
  entryRoutes(app, face);
}

function shopRoutes(app: App, face: Books): void {
  const PATH = '/v1/books/of/:accountId';
  app.get(
    PATH,
    {
      config: { auth: READ, account: 'see' },
      schema: {
        tags,
        summary: 'A loja: filiais, lugares do dinheiro, categorias, último dia fechado',
        params: OnAccount,
        response: { 200: Shop },
      },
    },
    (request) => face.getShop(contextOf(request), request.params),
  );
  app.put(
    `${PATH}/stores/:id`,
    {
      config: { auth: WRITE, account: 'account:manage', idempotency: SAME },
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Cria ou muda uma filial',
        params: OneThing,
        body: Type.Object({ name: Name, archived: Type.Optional(Type.Boolean()) }, { ...closed, examples: [{ name: 'Centro' }] }),
        response: { 200: Store },
      },
    },
    (request) => {
      const { accountId, id } = request.params;
      return face.saveStore(contextOf(request), { accountId, store: { id, ...request.body } });
    },
  );
  app.put(
    `${PATH}/places/:id`,
    {
      config: { auth: WRITE, account: 'account:manage', idempotency: SAME },
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Cria ou muda um lugar do dinheiro: caixa, cofre, banco',
        params: OneThing,
        body: Type.Object(
          { storeId: Type.Optional(Uuid), kind: PlaceKindName, name: Name, archived: Type.Optional(Type.Boolean()) },
          { ...closed, examples: [{ kind: 'bank', name: 'Itaú' }] },
        ),
        response: { 200: Place },
      },
    },
    (request) => {
      const { accountId, id } = request.params;
      return face.savePlace(contextOf(request), { accountId, place: { id, ...request.body } });
    },
  );
  app.put(
    `${PATH}/categories/:id`,
    {
      config: { auth: WRITE, account: 'books', idempotency: SAME },
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Cria ou muda uma categoria',
        params: OneThing,
        body: Type.Object(
          { group: CategoryGroupName, name: Name, archived: Type.Optional(Type.Boolean()) },
          { ...closed, examples: [{ group: 'expense', name: 'Uniformes' }] },
        ),
        response: { 200: Category },
      },
    },
    (request) => {
      const { accountId, id } = request.params;
      return face.saveCategory(contextOf(request), { accountId, category: { id, ...request.body } });
    },
  );
}

function recordRoutes(app: App, face: Books): void {
  app.post(
    '/v1/books/of/:accountId/entries',
    {
      config: { auth: WRITE, account: 'books', idempotency: 'required' },
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Lança: gravado de imediato, consolidado em seguida',
        description: 'O cabeçalho lastro-position diz o lugar no razão, se já está lá: é o que os saldos do dia podem esperar (after).',
        params: OnAccount,
        body: EntryBody,
        response: { 201: Accepted },
      },
    },
    async (request, reply) => {
      const { accountId } = request.params;
      const { entry, replayed, position } = await face.recordOne(contextOf(request), { accountId, entry: request.body });
      if (replayed) reply.header('idempotent-replayed', 'true');
      if (position !== null) reply.header('lastro-position', String(position));
      return reply.status(201).send(entry);
    },
  );
  app.post(
    '/v1/books/of/:accountId/entries/batch',
    {
      config: { auth: WRITE, account: 'books', idempotency: 'required' },
      bodyLimit: BATCH_LIMIT,
      schema: {
        tags,
        summary: 'Até 1.000 lançamentos, cada um com o seu resultado',
        params: OnAccount,
        body: Type.Object(
          { entries: Type.Array(NewEntry, { minItems: 1, maxItems: 1_000 }) },
          { ...closed, examples: [{ entries: [{ kind: 'out', place: 'drawer', amountMinor: '4500', date: '2026-03-02', text: 'Gás' }] }] },
        ),
        response: { 200: Type.Object({ results: Type.Array(RecordResult) }) },
      },
    },
    async (request, reply) => {
      const { accountId } = request.params;
      const { results, replayed } = await face.recordBatch(contextOf(request), { accountId, ...request.body });
      if (replayed) reply.header('idempotent-replayed', 'true');
      return { results };
    },
  );
}

function entryRoutes(app: App, face: Books): void {
  const PATH = '/v1/books/of/:accountId/entries/:entryId';
  app.get(
    PATH,
    {
      config: { auth: READ, account: 'see' },
      schema: { tags, summary: 'Um lançamento, com o que lhe aconteceu', params: OneEntry, response: { 200: EntryHistory } },
    },
    (request) => face.getEntry(contextOf(request), request.params),
  );
  app.post(
    `${PATH}/reversal`,
    {
      config: { auth: WRITE, account: 'books', idempotency: 'exempt: an entry is reversed once, and repeated it finds it so' },
      bodyLimit: BODY_LIMIT,
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
    (request) => face.reverse(contextOf(request), { ...request.params, ...request.body }),
  );
  app.put(
    `${PATH}/lines`,
    {
      config: { auth: WRITE, account: 'books', idempotency: SAME },
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Dá outras categorias a um lançamento, da mesma soma',
        params: OneEntry,
        body: Type.Object(
          { lines: Type.Array(Line, { minItems: 1, maxItems: 20 }) },
          { ...closed, examples: [{ lines: [{ category: 'goods', amountMinor: '4500' }] }] },
        ),
        response: { 200: Entry },
      },
    },
    (request) => face.recategorise(contextOf(request), { ...request.params, ...request.body }),
  );
}
