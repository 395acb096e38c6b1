import { Type } from 'typebox';
import { type App, contextOf } from '#platform/http/app.ts';
import { BusinessDate, pageLimit, Uuid } from '#platform/schemas.ts';
import { Closing, COUNT_EXAMPLE, CreditedDeposit, DecidedSale, Opening, Review, SentDeposit, Voided } from './bodies.ts';
import {
  Deposit,
  DrawerSettings,
  type Drawers,
  drawersContract,
  LateSale,
  Movement,
  NewCount,
  NewMovement,
  Session,
  StoreHours,
} from './contract.ts';

const READ = { scopes: ['drawers:read'] } as const;
const WRITE = { scopes: ['drawers:write'] } as const;
const tags = ['drawers'];
const closed = { additionalProperties: false } as const;
const BODY_LIMIT = 16 * 1024;
const BATCH_LIMIT = 512 * 1024;
const DEFAULT_LINES = 50;
const PATH = '/v1/drawers/of/:accountId';
const OnAccount = Type.Object({ accountId: Uuid });
const OnPlace = Type.Object({ accountId: Uuid, placeId: Uuid });
const OnSession = Type.Object({ accountId: Uuid, sessionId: Uuid });
const SAME = 'exempt: it says what is to be so, and repeated finds it so';
const { operations } = drawersContract;

/** Drawers over the API, of the account that the path names. They validate and pass on: what they do is the face's. */
export function drawersRoutes(app: App, face: Drawers): void {
  drawerRoutes(app, face);
  sessionRoutes(app, face);
  countingRoutes(app, face);
  movementRoutes(app, face);
  offlineRoutes(app, face);
  depositRoutes(app, face);
}

function drawerRoutes(app: App, face: Drawers): void {
  app.get(
    PATH,
    {
      config: { auth: READ, account: 'see' },
      schema: {
        tags,
        summary: 'Os caixas da loja, com a sessão em curso',
        params: OnAccount,
        response: { 200: operations.listDrawers.output },
      },
    },
    (request) => face.listDrawers(contextOf(request), request.params),
  );
  app.put(
    `${PATH}/places/:placeId`,
    {
      config: { auth: WRITE, account: 'account:manage', idempotency: SAME },
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Limite de um caixa e onde cai o seu Pix',
        params: OnPlace,
        body: Type.Object(DrawerSettings.properties, {
          ...closed,
          examples: [{ limitMinor: '100000', pixPlace: 'wallet', pixByItself: false }],
        }),
        response: { 200: DrawerSettings },
      },
    },
    (request) => face.setDrawer(contextOf(request), { ...request.params, settings: request.body }),
  );
  app.get(
    `${PATH}/stores/:storeId/hours`,
    {
      config: { auth: READ, account: 'see' },
      schema: {
        tags,
        summary: 'A hora em que começa o dia de uma filial',
        params: Type.Object({ accountId: Uuid, storeId: Uuid }),
        response: { 200: StoreHours },
      },
    },
    (request) => face.getStoreHours(contextOf(request), request.params),
  );
  const { storeId: _named, ...hours } = StoreHours.properties;
  app.put(
    `${PATH}/stores/:storeId/hours`,
    {
      config: { auth: WRITE, account: 'account:manage', idempotency: SAME },
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Diz a que horas começa o dia de uma filial: um bar que fecha de madrugada usa 4',
        params: Type.Object({ accountId: Uuid, storeId: Uuid }),
        body: Type.Object(hours, { ...closed, examples: [{ cutOffHour: 4, timeZone: 'America/Sao_Paulo' }] }),
        response: { 200: StoreHours },
      },
    },
    (request) => face.setStoreHours(contextOf(request), { ...request.params, ...request.body }),
  );
}

function sessionRoutes(app: App, face: Drawers): void {
  app.post(
    `${PATH}/places/:placeId/sessions`,
    {
      config: { auth: WRITE, account: 'books', idempotency: 'required' },
      bodyLimit: BODY_LIMIT,
      schema: { tags, summary: 'Abre um caixa com o fundo contado', params: OnPlace, body: Opening, response: { 201: Session } },
    },
    async (request, reply) => reply.status(201).send(await face.openSession(contextOf(request), { ...request.params, ...request.body })),
  );
  app.get(
    `${PATH}/sessions`,
    {
      config: { auth: READ, account: 'see' },
      schema: {
        tags,
        summary: 'Sessões por dia da loja, as mais novas primeiro',
        params: OnAccount,
        querystring: Type.Object(
          {
            from: Type.Optional(BusinessDate),
            to: Type.Optional(BusinessDate),
            limit: Type.Optional(pageLimit(200, 'De 1 a 200; 50 se ausente')),
          },
          { ...closed, description: 'Os dois dias estão no período; os últimos 30 quando faltam.' },
        ),
        response: { 200: operations.listSessions.output },
      },
    },
    (request) => {
      const { limit, ...period } = request.query;
      return face.listSessions(contextOf(request), { ...request.params, ...period, limit: Number(limit ?? DEFAULT_LINES) });
    },
  );
  app.get(
    `${PATH}/sessions/:sessionId`,
    {
      config: { auth: READ, account: 'see' },
      schema: {
        tags,
        summary: 'Uma sessão. O esperado só aparece, para quem opera, depois da contagem',
        params: OnSession,
        response: { 200: Session },
      },
    },
    (request) => face.getSession(contextOf(request), request.params),
  );
}

function countingRoutes(app: App, face: Drawers): void {
  app.post(
    `${PATH}/sessions/:sessionId/counts`,
    {
      config: { auth: WRITE, account: 'books', idempotency: 'required' },
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Registra uma contagem às cegas; uma recontagem é um segundo registro',
        params: OnSession,
        body: Type.Object(NewCount.properties, { ...closed, examples: [COUNT_EXAMPLE] }),
        response: { 201: Session },
      },
    },
    async (request, reply) =>
      reply.status(201).send(await face.countSession(contextOf(request), { ...request.params, count: request.body })),
  );
  app.post(
    `${PATH}/sessions/:sessionId/close`,
    {
      config: { auth: WRITE, account: 'books', idempotency: 'required' },
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Fecha com o que foi contado; uma diferença é aceita e fica registrada',
        params: OnSession,
        body: Closing,
        response: { 200: Session },
      },
    },
    (request) => face.closeSession(contextOf(request), { ...request.params, ...request.body }),
  );
  app.post(
    `${PATH}/sessions/:sessionId/review`,
    {
      config: { auth: WRITE, account: 'account:manage', idempotency: 'exempt: what was reviewed stays so' },
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Confere uma sessão fechada e responde pelas diferenças; nunca quem abriu ou fechou',
        params: OnSession,
        body: Review,
        response: { 200: Session },
      },
    },
    (request) => face.reviewSession(contextOf(request), { ...request.params, ...request.body }),
  );
}

function movementRoutes(app: App, face: Drawers): void {
  app.post(
    `${PATH}/sessions/:sessionId/movements`,
    {
      config: { auth: WRITE, account: 'books', idempotency: 'required' },
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Venda, suprimento, sangria, devolução, despesa do caixa, Pix Troco ou Saque',
        params: OnSession,
        body: Type.Object(NewMovement.properties, {
          ...closed,
          examples: [{ kind: 'sale', method: 'cash', amountMinor: '7350', paidMinor: '10000' }],
        }),
        response: { 201: Movement },
      },
    },
    async (request, reply) =>
      reply.status(201).send(await face.recordMovement(contextOf(request), { ...request.params, movement: request.body })),
  );
  app.get(
    `${PATH}/sessions/:sessionId/movements`,
    {
      config: { auth: READ, account: 'see' },
      schema: { tags, summary: 'O que aconteceu numa sessão', params: OnSession, response: { 200: operations.listMovements.output } },
    },
    (request) => face.listMovements(contextOf(request), request.params),
  );
  app.post(
    `${PATH}/sessions/:sessionId/movements/:movementId/void`,
    {
      config: { auth: WRITE, account: 'books', idempotency: 'required' },
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Estorna um movimento da sessão aberta',
        params: Type.Object({ accountId: Uuid, sessionId: Uuid, movementId: Uuid }),
        body: Voided,
        response: { 201: Movement },
      },
    },
    async (request, reply) => reply.status(201).send(await face.voidMovement(contextOf(request), { ...request.params, ...request.body })),
  );
}

function offlineRoutes(app: App, face: Drawers): void {
  app.post(
    `${PATH}/places/:placeId/offline-sales`,
    {
      config: { auth: WRITE, account: 'books', idempotency: 'exempt: each sale has an id of its own and is recorded once' },
      bodyLimit: BATCH_LIMIT,
      schema: {
        tags,
        summary: 'Vendas registradas sem conexão: cada uma uma vez, em qualquer ordem, na sessão da sua hora',
        params: OnPlace,
        body: Type.Object(
          { sales: operations.recordOffline.input.properties.sales },
          {
            ...closed,
            examples: [
              { sales: [{ id: '0192f000-0000-7000-8000-000000000021', at: '2026-03-02T12:30:00Z', amountMinor: '1850', method: 'cash' }] },
            ],
          },
        ),
        response: { 200: operations.recordOffline.output },
      },
    },
    (request) => face.recordOffline(contextOf(request), { ...request.params, ...request.body }),
  );
  app.get(
    `${PATH}/late-sales`,
    {
      config: { auth: READ, account: 'see' },
      schema: {
        tags,
        summary: 'Vendas atrasadas à espera de decisão',
        params: OnAccount,
        response: { 200: operations.listLateSales.output },
      },
    },
    (request) => face.listLateSales(contextOf(request), request.params),
  );
  app.post(
    `${PATH}/late-sales/:saleId/decide`,
    {
      config: {
        auth: WRITE,
        account: 'account:manage',
        idempotency: 'exempt: a sale is decided once; the same decision again changes nothing',
      },
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Decide o que é de uma venda que chegou depois do fechamento',
        params: Type.Object({ accountId: Uuid, saleId: Uuid }),
        body: DecidedSale,
        response: { 200: LateSale },
      },
    },
    (request) => face.decideLateSale(contextOf(request), { ...request.params, ...request.body }),
  );
}

function depositRoutes(app: App, face: Drawers): void {
  app.post(
    `${PATH}/deposits`,
    {
      config: { auth: WRITE, account: 'books', idempotency: 'required' },
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Manda dinheiro do cofre ao banco: numerário em trânsito',
        params: OnAccount,
        body: SentDeposit,
        response: { 201: Deposit },
      },
    },
    async (request, reply) => reply.status(201).send(await face.sendDeposit(contextOf(request), { ...request.params, ...request.body })),
  );
  app.get(
    `${PATH}/deposits`,
    {
      config: { auth: READ, account: 'see' },
      schema: { tags, summary: 'Depósitos, os mais novos primeiro', params: OnAccount, response: { 200: operations.listDeposits.output } },
    },
    (request) => face.listDeposits(contextOf(request), request.params),
  );
  app.put(
    `${PATH}/deposits/:depositId/credit`,
    {
      config: { auth: WRITE, account: 'books', idempotency: 'exempt: a deposit arrives once; the same again changes nothing' },
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'O banco creditou um depósito',
        params: Type.Object({ accountId: Uuid, depositId: Uuid }),
        body: CreditedDeposit,
        response: { 200: Deposit },
      },
    },
    (request) => face.creditDeposit(contextOf(request), { ...request.params, ...request.body }),
  );
}
