import { type Static, Type } from 'typebox';
import type { CallContext } from '#platform/context.ts';
import { type App, callerOf, contextOf } from '#platform/http/app.ts';
import { maySee } from '#platform/http/own-or-service.ts';
import { parsePublicId } from '#platform/id.ts';
import { BusinessDate, Uuid } from '#platform/schemas.ts';
import { type CashflowFace, Days } from './contract.ts';
import { refuseCashflow } from './errors.ts';
import type { Account } from './store.ts';
import type { DaysReader } from './views/days.ts';

type Deps = {
  days: DaysReader;
  findAccount: (tenantId: string, accountId: string) => Promise<Account | undefined>;
  /** Where there are memberships: asks whether whoever calls may see an account. */
  /** Waits a moment until a place of the ledger is in the figures; whether it is. */
  waitFor: (tenantId: string, seq: number) => Promise<boolean>;
  getShopDays: CashflowFace['getShopDays'];
  asks: ((ctx: CallContext) => (accountId: string) => Promise<unknown>) | undefined;
};

const After = Type.Optional(
  Type.String({
    pattern: '^(0|[1-9]\\d{0,14})$',
    description: 'Espera, até 2 s, que este lugar do razão esteja nos saldos (lastro-position de um lançamento)',
    'x-words': { pt: 'precisa ser um número inteiro', en: 'must be a whole number' },
  }),
);
export const ShopDaysQuery = Type.Object(
  { from: BusinessDate, to: BusinessDate, storeId: Type.Optional(Uuid), placeId: Type.Optional(Uuid), after: After },
  { description: 'Os dois dias estão no período; no máximo 400. Transferências dentro do que se pede não contam.' },
);
export const askedDays = ({ after, ...query }: Static<typeof ShopDaysQuery>) => ({
  ...query,
  ...(after === undefined ? {} : { after: Number(after) }),
});

/** Seconds for which a browser or client may show the answer again without asking. */
const FRESH_SECONDS = 2;

export function cashflowRoutes(app: App, deps: Deps): void {
  app.get(
    '/v1/cashflow/accounts/:accountId/days',
    {
      config: { auth: { scopes: ['cashflow:read'] }, account: 'see' },
      schema: {
        summary: 'Saldo diário consolidado de uma conta',
        tags: ['cashflow'],
        params: Type.Object({ accountId: Type.String({ minLength: 1, maxLength: 64 }) }),
        querystring: Type.Object(
          { from: BusinessDate, to: BusinessDate, after: After },
          { description: 'Os dois dias estão no período; no máximo 400.' },
        ),
        response: { 200: Days, 304: Type.Null({ description: 'Nada mudou desde o ETag enviado' }) },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const { from, to, after } = request.query;
      const accountId = parsePublicId('acc', request.params.accountId);
      const account = await deps.findAccount(caller.tenantId, accountId);
      if (!account || !(await maySee(caller, account.subjectId, deps.asks?.(contextOf(request)))))
        throw refuseCashflow('CASHFLOW_ACCOUNT_NOT_FOUND');
      const reached = after === undefined ? undefined : await deps.waitFor(caller.tenantId, Number(after));
      const found = await deps.days.read({ tenantId: caller.tenantId, accountId, from, to });
      const days = reached === undefined ? found : { ...found, reached, pending: found.pending || !reached };
      const etag = `W/"${days.position}${days.pending ? `-${days.lagMs}` : ''}"`;
      reply
        .header('etag', etag)
        .header('cache-control', `private, max-age=${days.pending ? 0 : FRESH_SECONDS}`)
        .header('vary', 'authorization');
      if (request.headers['if-none-match'] === etag) return reply.status(304).send(null);
      return days;
    },
  );
  app.get(
    '/v1/cashflow/shops/:accountId/days',
    {
      config: { auth: { scopes: ['cashflow:read'] }, account: 'see' },
      schema: {
        summary: 'Saldo diário consolidado de uma loja, de uma filial ou de um lugar do dinheiro',
        tags: ['cashflow'],
        params: Type.Object({ accountId: Uuid }),
        querystring: ShopDaysQuery,
        response: { 200: Days },
      },
    },
    (request) => deps.getShopDays(contextOf(request), { ...request.params, ...askedDays(request.query) }),
  );
}
