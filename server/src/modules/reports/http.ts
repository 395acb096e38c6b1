import { Type } from 'typebox';
import type { Face } from '#platform/face/contract.ts';
import type { App } from '#platform/http/app.ts';
import { type Door, paramsOf } from '#platform/http/two-doors.ts';
import { BusinessDate, Uuid } from '#platform/schemas.ts';
import { About, CashFlow, Compare, Dre, Forecast, Month, MonthView, Paid, type ReportsContract, Supposed } from './contract.ts';

const closed = { additionalProperties: false } as const;
const SCOPE = 'reports:read';
const BODY_LIMIT = 32 * 1024;
const Range = Type.Object(
  { from: Type.Optional(Month), to: Type.Optional(Month), compare: Type.Optional(Compare) },
  { ...closed, description: 'Os dois meses estão no período; os doze últimos se ausentes' },
);

/** Reports, at any door. The account is the one that the door names; the face asks who may see it. */
export function routesAt(app: App, face: Face<ReportsContract>, door: Door): void {
  monthRoutes(app, face, door);
  forecastRoutes(app, face, door);
}

function monthRoutes(app: App, face: Face<ReportsContract>, door: Door): void {
  const { base, tags } = door;
  const guarded = { config: { ...door.asks(SCOPE), account: 'see' }, ...door.onRequest(SCOPE) };
  app.get(
    `${base}/dre`,
    {
      ...guarded,
      schema: {
        tags,
        summary: 'DRE gerencial por competência, em colunas de meses',
        params: paramsOf(door, {}),
        querystring: Range,
        response: { 200: Dre },
      },
    },
    (request) => {
      const { ctx, accountId } = door.whose(request);
      return face.getDre(ctx, { accountId, ...request.query });
    },
  );
  app.get(
    `${base}/cash-flow`,
    {
      ...guarded,
      schema: {
        tags,
        summary: 'Fluxo de caixa por pagamento e categoria, em colunas de meses',
        params: paramsOf(door, {}),
        querystring: Range,
        response: { 200: CashFlow },
      },
    },
    (request) => {
      const { ctx, accountId } = door.whose(request);
      return face.getCashFlow(ctx, { accountId, ...request.query });
    },
  );
  app.get(
    `${base}/month`,
    {
      ...guarded,
      schema: {
        tags,
        summary: 'Um mês, dia a dia, com o anterior ao lado',
        params: paramsOf(door, {}),
        querystring: Type.Object({ month: Type.Optional(Month) }, { ...closed, description: 'Este mês se ausente' }),
        response: { 200: MonthView },
      },
    },
    (request) => {
      const { ctx, accountId } = door.whose(request);
      return face.getMonth(ctx, { accountId, ...request.query });
    },
  );
  app.get(
    `${base}/cash-flow/entries`,
    {
      ...guarded,
      schema: {
        tags,
        summary: 'De que lançamentos é feita uma linha do fluxo de caixa',
        params: paramsOf(door, {}),
        querystring: Type.Object(
          { about: Type.Optional(About), from: Type.Optional(BusinessDate), to: Type.Optional(BusinessDate), cursor: Type.Optional(Uuid) },
          { ...closed, description: 'Os dois dias estão no período; o que falta deixa passar tudo' },
        ),
        response: { 200: Paid },
      },
    },
    (request) => {
      const { ctx, accountId } = door.whose(request);
      const { from = '1900-01-01', to = '2199-12-31', ...rest } = request.query;
      return face.listPaid(ctx, { accountId, from, to, ...rest });
    },
  );
}

function forecastRoutes(app: App, face: Face<ReportsContract>, door: Door): void {
  const { base, tags } = door;
  app.get(
    `${base}/forecast`,
    {
      config: { ...door.asks(SCOPE), account: 'see' },
      ...door.onRequest(SCOPE),
      schema: {
        tags,
        summary: 'Previsão dos próximos dias',
        params: paramsOf(door, {}),
        querystring: Type.Object(
          { days: Type.Optional(Type.Unsafe<'30' | '60' | '90'>(Type.Union(['30', '60', '90'].map((days) => Type.Literal(days))))) },
          closed,
        ),
        response: { 200: Forecast },
      },
    },
    (request) => {
      const { ctx, accountId } = door.whose(request);
      const days = Number(request.query.days ?? 30) as 30 | 60 | 90;
      return face.getForecast(ctx, { accountId, supposed: { days } });
    },
  );
  app.post(
    `${base}/forecast`,
    {
      config: { ...door.asks(SCOPE), account: 'see', idempotency: 'exempt: a supposition changes nothing' },
      bodyLimit: BODY_LIMIT,
      ...door.onRequest(SCOPE),
      schema: {
        tags,
        summary: 'E se: previsão com linhas a mais e títulos adiados',
        params: paramsOf(door, {}),
        body: Supposed,
        response: { 200: Forecast },
      },
    },
    (request) => {
      const { ctx, accountId } = door.whose(request);
      return face.getForecast(ctx, { accountId, supposed: request.body });
    },
  );
}
