import { Type } from 'typebox';
import type { App } from '#platform/http/app.ts';
import { Uuid } from '#platform/schemas.ts';
import type { Parts } from './bff.ts';
import { Closing, COUNT_EXAMPLE, CreditedDeposit, DecidedSale, Opening, Review, SentDeposit, Voided } from './bodies.ts';
import { Deposit, DrawerSettings, drawersContract, LateSale, Movement, NewCount, NewMovement, Session, StoreHours } from './contract.ts';

const tags = ['bff'];
const closed = { additionalProperties: false } as const;
const BODY_LIMIT = 16 * 1024;
const BATCH_LIMIT = 512 * 1024;
const OnPlace = Type.Object({ placeId: Uuid });
const OnSession = Type.Object({ sessionId: Uuid });
const SAME = 'exempt: it says what is to be so, and repeated finds it so';
const { recordOffline } = drawersContract.operations;
const BOOKS = { auth: 'session', account: 'books', idempotency: 'required' } as const;
const MANAGE = { auth: 'session', account: 'account:manage' } as const;

/** What is done at the counter, and by an owner afterwards. */
export function drawerActionRoutes(app: App, parts: Parts): void {
  counterRoutes(app, parts);
  closingRoutes(app, parts);
  offlineRoutes(app, parts);
  ownerRoutes(app, parts);
  depositRoutes(app, parts);
}

function counterRoutes(app: App, { face, guard }: Parts): void {
  const onRequest = guard.require('drawers:write');
  app.post(
    '/bff/v1/drawers/places/:placeId/sessions',
    {
      config: BOOKS,
      bodyLimit: BODY_LIMIT,
      onRequest,
      schema: { tags, summary: 'Abre um caixa com o fundo contado', params: OnPlace, body: Opening, response: { 201: Session } },
    },
    async (request, reply) => {
      const { ctx, accountId } = guard.visitOf(request);
      return reply.status(201).send(await face.openSession(ctx, { accountId, ...request.params, ...request.body }));
    },
  );
  app.post(
    '/bff/v1/drawers/sessions/:sessionId/movements',
    {
      config: BOOKS,
      bodyLimit: BODY_LIMIT,
      onRequest,
      schema: {
        tags,
        summary: 'Venda, suprimento, sangria, devolução, despesa do caixa, Pix Troco ou Saque',
        params: OnSession,
        body: Type.Object(NewMovement.properties, { ...closed, examples: [{ kind: 'withdrawal', amountMinor: '50000', place: 'safe' }] }),
        response: { 201: Movement },
      },
    },
    async (request, reply) => {
      const { ctx, accountId } = guard.visitOf(request);
      return reply.status(201).send(await face.recordMovement(ctx, { accountId, ...request.params, movement: request.body }));
    },
  );
  app.post(
    '/bff/v1/drawers/sessions/:sessionId/movements/:movementId/void',
    {
      config: BOOKS,
      bodyLimit: BODY_LIMIT,
      onRequest,
      schema: {
        tags,
        summary: 'Estorna um movimento da sessão aberta',
        params: Type.Object({ sessionId: Uuid, movementId: Uuid }),
        body: Voided,
        response: { 201: Movement },
      },
    },
    async (request, reply) => {
      const { ctx, accountId } = guard.visitOf(request);
      return reply.status(201).send(await face.voidMovement(ctx, { accountId, ...request.params, ...request.body }));
    },
  );
}

function closingRoutes(app: App, { face, guard }: Parts): void {
  const onRequest = guard.require('drawers:write');
  app.post(
    '/bff/v1/drawers/sessions/:sessionId/counts',
    {
      config: BOOKS,
      bodyLimit: BODY_LIMIT,
      onRequest,
      schema: {
        tags,
        summary: 'Registra uma contagem às cegas; a resposta traz o esperado',
        params: OnSession,
        body: Type.Object(NewCount.properties, { ...closed, examples: [COUNT_EXAMPLE] }),
        response: { 201: Session },
      },
    },
    async (request, reply) => {
      const { ctx, accountId } = guard.visitOf(request);
      return reply.status(201).send(await face.countSession(ctx, { accountId, ...request.params, count: request.body }));
    },
  );
  app.post(
    '/bff/v1/drawers/sessions/:sessionId/close',
    {
      config: BOOKS,
      bodyLimit: BODY_LIMIT,
      onRequest,
      schema: { tags, summary: 'Fecha com o que foi contado', params: OnSession, body: Closing, response: { 200: Session } },
    },
    (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      return face.closeSession(ctx, { accountId, ...request.params, ...request.body });
    },
  );
}

function offlineRoutes(app: App, { face, guard }: Parts): void {
  app.post(
    '/bff/v1/drawers/places/:placeId/offline-sales',
    {
      config: { auth: 'session', account: 'books', idempotency: 'exempt: each sale has an id of its own and is recorded once' },
      bodyLimit: BATCH_LIMIT,
      onRequest: guard.require('drawers:write'),
      schema: {
        tags,
        summary: 'Vendas que o aparelho guardou sem conexão',
        params: OnPlace,
        body: Type.Object(
          { sales: recordOffline.input.properties.sales },
          {
            ...closed,
            examples: [
              { sales: [{ id: '0192f000-0000-7000-8000-000000000022', at: '2026-03-02T12:31:00Z', amountMinor: '990', method: 'cash' }] },
            ],
          },
        ),
        response: { 200: recordOffline.output },
      },
    },
    (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      return face.recordOffline(ctx, { accountId, ...request.params, ...request.body });
    },
  );
}

function ownerRoutes(app: App, { face, guard }: Parts): void {
  const onRequest = guard.require('drawers:write');
  app.post(
    '/bff/v1/drawers/sessions/:sessionId/review',
    {
      config: { ...MANAGE, idempotency: 'exempt: what was reviewed stays so' },
      bodyLimit: BODY_LIMIT,
      onRequest,
      schema: { tags, summary: 'Confere uma sessão fechada', params: OnSession, body: Review, response: { 200: Session } },
    },
    (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      return face.reviewSession(ctx, { accountId, ...request.params, ...request.body });
    },
  );
  app.post(
    '/bff/v1/drawers/late-sales/:saleId/decide',
    {
      config: { ...MANAGE, idempotency: 'exempt: a sale is decided once; the same decision again changes nothing' },
      bodyLimit: BODY_LIMIT,
      onRequest,
      schema: {
        tags,
        summary: 'Decide o que é de uma venda atrasada',
        params: Type.Object({ saleId: Uuid }),
        body: DecidedSale,
        response: { 200: LateSale },
      },
    },
    (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      return face.decideLateSale(ctx, { accountId, ...request.params, ...request.body });
    },
  );
  app.put(
    '/bff/v1/drawers/places/:placeId',
    {
      config: { ...MANAGE, idempotency: SAME },
      bodyLimit: BODY_LIMIT,
      onRequest,
      schema: {
        tags,
        summary: 'Limite de um caixa e onde cai o seu Pix',
        params: OnPlace,
        body: Type.Object(DrawerSettings.properties, {
          ...closed,
          examples: [{ limitMinor: '100000', pixPlace: 'wallet', pixByItself: true }],
        }),
        response: { 200: DrawerSettings },
      },
    },
    (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      return face.setDrawer(ctx, { accountId, ...request.params, settings: request.body });
    },
  );
  const { storeId: _named, ...hours } = StoreHours.properties;
  app.put(
    '/bff/v1/drawers/stores/:storeId/hours',
    {
      config: { ...MANAGE, idempotency: SAME },
      bodyLimit: BODY_LIMIT,
      onRequest,
      schema: {
        tags,
        summary: 'A hora em que começa o dia de uma filial',
        params: Type.Object({ storeId: Uuid }),
        body: Type.Object(hours, { ...closed, examples: [{ cutOffHour: 4, timeZone: 'America/Sao_Paulo' }] }),
        response: { 200: StoreHours },
      },
    },
    (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      return face.setStoreHours(ctx, { accountId, ...request.params, ...request.body });
    },
  );
}

function depositRoutes(app: App, { face, guard }: Parts): void {
  const onRequest = guard.require('drawers:write');
  app.post(
    '/bff/v1/drawers/deposits',
    {
      config: BOOKS,
      bodyLimit: BODY_LIMIT,
      onRequest,
      schema: { tags, summary: 'Manda dinheiro do cofre ao banco', body: SentDeposit, response: { 201: Deposit } },
    },
    async (request, reply) => {
      const { ctx, accountId } = guard.visitOf(request);
      return reply.status(201).send(await face.sendDeposit(ctx, { accountId, ...request.body }));
    },
  );
  app.put(
    '/bff/v1/drawers/deposits/:depositId/credit',
    {
      config: { auth: 'session', account: 'books', idempotency: 'exempt: a deposit arrives once; the same again changes nothing' },
      bodyLimit: BODY_LIMIT,
      onRequest,
      schema: {
        tags,
        summary: 'O banco creditou um depósito',
        params: Type.Object({ depositId: Uuid }),
        body: CreditedDeposit,
        response: { 200: Deposit },
      },
    },
    (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      return face.creditDeposit(ctx, { accountId, ...request.params, ...request.body });
    },
  );
}
