import { Type } from 'typebox';
import type { Face } from '#platform/face/contract.ts';
import type { App } from '#platform/http/app.ts';
import { type Door, paramsOf, tokenDoor } from '#platform/http/two-doors.ts';
import { BusinessDate, pageLimit, Uuid } from '#platform/schemas.ts';
import {
  Above,
  Charges,
  NewSettlement,
  NewTitles,
  SettlementMade,
  Title,
  TitleChange,
  TitleDetail,
  TitleFilter,
  TitlePage,
  type TitlesContract,
} from './contract.ts';
import { ruleRoutes } from './http-rules.ts';

const closed = { additionalProperties: false } as const;
const BODY_LIMIT = 8 * 1024;
const DEFAULT_LINES = 50;
const NEW_TITLE = { kind: 'payable', description: 'Farinha de trigo', amountMinor: '48000', category: 'goods', dueOn: '2026-12-10' };

/** Routes for people and services with a token. They validate and pass on: what they do is the face's. */
export function titlesRoutes(app: App, face: Face<TitlesContract>): void {
  routesAt(app, face, tokenDoor('titles'));
}

/** The same routes at any door. */
export function routesAt(app: App, face: Face<TitlesContract>, door: Door): void {
  titleRoutes(app, face, door);
  oneTitleRoutes(app, face, door);
  settlementRoutes(app, face, door);
  ruleRoutes(app, face, door);
}

function titleRoutes(app: App, face: Face<TitlesContract>, door: Door): void {
  const { base, tags } = door;
  app.get(
    `${base}/titles`,
    {
      config: { ...door.asks('titles:read'), account: 'see' },
      ...door.onRequest('titles:read'),
      schema: {
        tags,
        summary: 'Contas a pagar e a receber, pelo vencimento',
        params: paramsOf(door, {}),
        querystring: Type.Object({ ...TitleFilter, limit: Type.Optional(pageLimit(200, 'De 1 a 200; 50 se ausente')) }, closed),
        response: { 200: TitlePage },
      },
    },
    (request) => {
      const { ctx, accountId } = door.whose(request);
      const { limit, ...filter } = request.query;
      return face.listTitles(ctx, { accountId, ...filter, limit: Number(limit ?? DEFAULT_LINES) });
    },
  );
  app.post(
    `${base}/titles`,
    {
      config: { ...door.asks('titles:write'), account: 'books', idempotency: 'required' },
      bodyLimit: BODY_LIMIT,
      ...door.onRequest('titles:write'),
      schema: {
        tags,
        summary: 'Lança uma conta a pagar ou a receber, ou as parcelas de uma compra',
        params: paramsOf(door, {}),
        body: { ...NewTitles, examples: [NEW_TITLE, { ...NEW_TITLE, instalments: { count: 3 } }] },
        response: { 201: Type.Object({ titles: Type.Array(Title) }) },
      },
    },
    async (request, reply) => {
      const { ctx, accountId } = door.whose(request);
      return reply.status(201).send(await face.createTitles(ctx, { accountId, titles: request.body }));
    },
  );
}

function oneTitleRoutes(app: App, face: Face<TitlesContract>, door: Door): void {
  const { base, tags } = door;
  const params = paramsOf(door, { titleId: Uuid });
  app.get(
    `${base}/titles/:titleId`,
    {
      config: { ...door.asks('titles:read'), account: 'see' },
      ...door.onRequest('titles:read'),
      schema: { tags, summary: 'Uma conta, com as suas baixas e o que os livros têm dela', params, response: { 200: TitleDetail } },
    },
    (request) => {
      const { ctx, accountId } = door.whose(request);
      return face.getTitle(ctx, { accountId, titleId: request.params.titleId });
    },
  );
  app.put(
    `${base}/titles/:titleId`,
    {
      config: {
        ...door.asks('titles:write'),
        account: 'books',
        idempotency: 'exempt: it names the version that it changes, so that it changes it once',
      },
      bodyLimit: BODY_LIMIT,
      ...door.onRequest('titles:write'),
      schema: {
        tags,
        summary: 'Muda uma conta em aberto; de uma recorrência, só esta',
        params,
        body: Type.Object(
          { version: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }), change: TitleChange },
          { ...closed, examples: [{ version: 1, change: { dueOn: '2026-12-15' } }] },
        ),
        response: { 200: Title },
      },
    },
    (request) => {
      const { ctx, accountId } = door.whose(request);
      return face.changeTitle(ctx, { accountId, titleId: request.params.titleId, ...request.body });
    },
  );
  app.delete(
    `${base}/titles/:titleId`,
    {
      config: { ...door.asks('titles:write'), account: 'books', idempotency: 'exempt: what was cancelled stays so' },
      ...door.onRequest('titles:write'),
      schema: { tags, summary: 'Cancela uma conta de que nada foi pago', params, response: { 200: Title } },
    },
    (request) => {
      const { ctx, accountId } = door.whose(request);
      return face.cancelTitle(ctx, { accountId, titleId: request.params.titleId });
    },
  );
}

function settlementRoutes(app: App, face: Face<TitlesContract>, door: Door): void {
  const { base, tags } = door;
  const params = paramsOf(door, { titleId: Uuid });
  app.get(
    `${base}/titles/:titleId/charges`,
    {
      config: { ...door.asks('titles:read'), account: 'see' },
      ...door.onRequest('titles:read'),
      schema: {
        tags,
        summary: 'Multa, juros e desconto de um pagamento num dia, hoje se ausente',
        params,
        querystring: Type.Object({ paidOn: Type.Optional(BusinessDate), principalMinor: Type.Optional(Above) }, closed),
        response: { 200: Charges },
      },
    },
    (request) => {
      const { ctx, accountId } = door.whose(request);
      return face.quoteSettlement(ctx, { accountId, titleId: request.params.titleId, ...request.query });
    },
  );
  app.post(
    `${base}/titles/:titleId/settlements`,
    {
      config: { ...door.asks('titles:write'), account: 'books', idempotency: 'required' },
      bodyLimit: BODY_LIMIT,
      ...door.onRequest('titles:write'),
      schema: {
        tags,
        summary: 'Dá baixa numa conta, em parte ou toda',
        params,
        body: { ...NewSettlement, examples: [{ paidOn: '2026-12-10', place: 'drawer', principalMinor: '20000', method: 'cash' }] },
        response: { 201: SettlementMade },
      },
    },
    async (request, reply) => {
      const { ctx, accountId } = door.whose(request);
      const asked = { accountId, titleId: request.params.titleId, settlement: request.body };
      return reply.status(201).send(await face.settle(ctx, asked));
    },
  );
  app.delete(
    `${base}/titles/:titleId/settlements/:settlementId`,
    {
      config: { ...door.asks('titles:write'), account: 'books', idempotency: 'exempt: what was taken back stays so' },
      ...door.onRequest('titles:write'),
      schema: {
        tags,
        summary: 'Estorna uma baixa',
        params: paramsOf(door, { titleId: Uuid, settlementId: Uuid }),
        response: { 200: Title },
      },
    },
    (request) => {
      const { ctx, accountId } = door.whose(request);
      const { titleId, settlementId } = request.params;
      return face.undoSettlement(ctx, { accountId, titleId, settlementId });
    },
  );
}
