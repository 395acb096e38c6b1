import { Type } from 'typebox';
import type { CallContext } from '#platform/context.ts';
import { type App, callerOf, contextOf } from '#platform/http/app.ts';
import { maySee } from '#platform/http/own-or-service.ts';
import { parsePublicId } from '#platform/id.ts';
import { BusinessDate } from '#platform/schemas.ts';
import { Days } from './contract.ts';
import { refuseCashflow } from './errors.ts';
import type { Account } from './store.ts';
import type { DaysReader } from './views/days.ts';

type Deps = {
  days: DaysReader;
  findAccount: (tenantId: string, accountId: string) => Promise<Account | undefined>;
  /** Where there are memberships: asks whether whoever calls may see an account. */
  asks: ((ctx: CallContext) => (accountId: string) => Promise<unknown>) | undefined;
};

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
          { from: BusinessDate, to: BusinessDate },
          { description: 'Os dois dias estão no período; no máximo 400.' },
        ),
        response: { 200: Days, 304: Type.Null({ description: 'Nada mudou desde o ETag enviado' }) },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const { from, to } = request.query;
      const accountId = parsePublicId('acc', request.params.accountId);
      const account = await deps.findAccount(caller.tenantId, accountId);
      if (!account || !(await maySee(caller, account.subjectId, deps.asks?.(contextOf(request)))))
        throw refuseCashflow('CASHFLOW_ACCOUNT_NOT_FOUND');
      const days = await deps.days.read({ tenantId: caller.tenantId, accountId, from, to });
      const etag = `W/"${days.position}${days.pending ? `-${days.lagMs}` : ''}"`;
      reply
        .header('etag', etag)
        .header('cache-control', `private, max-age=${days.pending ? 0 : FRESH_SECONDS}`)
        .header('vary', 'authorization');
      if (request.headers['if-none-match'] === etag) return reply.status(304).send(null);
      return days;
    },
  );
}
