import { type Static, Type } from 'typebox';
import type { App } from '#platform/http/app.ts';
import { BusinessDate, pageLimit, Uuid } from '#platform/schemas.ts';
import {
  type Books,
  Entry,
  EntryEdit,
  type EntryFilter,
  EntryHistory,
  EntryPage,
  entryFilter,
  Line,
  Paging,
  Reason,
  Sorted,
  SortMany,
} from './contract.ts';
import { type Door, readsAt, SAME, writesAt } from './door.ts';

const closed = { additionalProperties: false } as const;
const BODY_LIMIT = 4 * 1024;
const MANY_LIMIT = 32 * 1024;

/** The filter as it stands in an address, where all values are texts. */
export const EntryQuery = Type.Object(
  {
    ...entryFilter,
    from: Type.Optional(BusinessDate),
    to: Type.Optional(BusinessDate),
    unsorted: Type.Optional(Type.Literal('true', { description: 'Só o que está em "a classificar"' })),
    cursor: Paging.cursor,
    limit: Type.Optional(pageLimit(200, 'Quantos por página; 50 quando falta')),
  },
  { description: 'Datas inclusive. As somas são de tudo o que se achou, na primeira página.' },
);

export function filterOf({
  unsorted,
  limit,
  cursor,
  ...query
}: Static<typeof EntryQuery>): EntryFilter & { cursor?: string; limit?: number } {
  return {
    ...query,
    ...(unsorted ? { unsorted: true } : {}),
    ...(cursor === undefined ? {} : { cursor }),
    ...(limit === undefined ? {} : { limit: Number(limit) }),
  };
}

/** Entries that are there, over the API: found, looked at, taken back, sorted, worded anew. */
export function entryRoutes(app: App, face: Books, door: Door): void {
  const { prefix, tag, params, on } = door;
  const tags = [tag];
  const OneEntry = Type.Object({ ...params, entryId: Uuid });
  const PATH = `${prefix}/entries/:entryId`;
  app.get(
    `${prefix}/entries`,
    {
      ...readsAt(door),
      schema: {
        tags,
        summary: 'Lançamentos, o dia mais novo primeiro, com as somas do que se pediu',
        params: Type.Object(params),
        querystring: EntryQuery,
        response: { 200: EntryPage },
      },
    },
    (request) => {
      const { ctx, accountId } = on(request);
      return face.listEntries(ctx, { accountId, ...filterOf(request.query) });
    },
  );
  app.get(
    PATH,
    {
      ...readsAt(door),
      schema: { tags, summary: 'Um lançamento, com o que lhe aconteceu', params: OneEntry, response: { 200: EntryHistory } },
    },
    (request) => {
      const { ctx, accountId } = on(request);
      return face.getEntry(ctx, { accountId, entryId: request.params.entryId });
    },
  );
  app.post(
    `${PATH}/reversal`,
    {
      ...writesAt(door, 'books', { idempotency: 'exempt: an entry is reversed once, and repeated it finds it so' }),
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
    (request) => {
      const { ctx, accountId } = on(request);
      return face.reverse(ctx, { accountId, entryId: request.params.entryId, ...request.body });
    },
  );
  editRoute(app, face, door);
  sortingRoutes(app, face, door);
}

/** Words of an entry, behind either door. */
export function editRoute(app: App, face: Books, door: Door): void {
  const { prefix, tag, params, on } = door;
  const tags = [tag];
  const OneEntry = Type.Object({ ...params, entryId: Uuid });
  const PATH = `${prefix}/entries/:entryId`;
  app.patch(
    PATH,
    {
      ...writesAt(door, 'books', { idempotency: 'exempt: it names the version that it changes, so that it changes it once' }),
      bodyLimit: BODY_LIMIT,
      schema: { tags, summary: 'Muda as palavras de um lançamento', params: OneEntry, body: EntryEdit, response: { 200: Entry } },
    },
    (request) => {
      const { ctx, accountId } = on(request);
      return face.edit(ctx, { accountId, entryId: request.params.entryId, ...request.body });
    },
  );
}

function sortingRoutes(app: App, face: Books, door: Door): void {
  const { prefix, tag, params, on } = door;
  const tags = [tag];
  app.put(
    `${prefix}/entries/:entryId/lines`,
    {
      ...writesAt(door, 'books', SAME),
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Dá outras categorias a um lançamento, da mesma soma',
        params: Type.Object({ ...params, entryId: Uuid }),
        body: Type.Object(
          {
            lines: Type.Array(Line, { minItems: 1, maxItems: 20 }),
            teach: Type.Optional(Type.Boolean({ description: 'Ensina: o que vier como este fica na mesma categoria' })),
          },
          { ...closed, examples: [{ lines: [{ category: 'goods', amountMinor: '4500' }], teach: true }] },
        ),
        response: { 200: Entry },
      },
    },
    (request) => {
      const { ctx, accountId } = on(request);
      return face.recategorise(ctx, { accountId, entryId: request.params.entryId, ...request.body });
    },
  );
  app.post(
    `${prefix}/entry-sortings`,
    {
      ...writesAt(door, 'books', SAME),
      bodyLimit: MANY_LIMIT,
      schema: {
        tags,
        summary: 'Uma categoria para muitos lançamentos',
        params: Type.Object(params),
        body: SortMany,
        response: { 200: Sorted },
      },
    },
    (request) => {
      const { ctx, accountId } = on(request);
      return face.sortEntries(ctx, { accountId, ...request.body });
    },
  );
}
