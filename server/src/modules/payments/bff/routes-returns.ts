import type { App } from '#platform/http/app.ts';
import type { SessionGuard } from '#platform/screens.ts';
import { Devolucao, DevolucaoBody, PaymentParams, ReceivedPix } from './contract.ts';
import { onSession } from './routes-money.ts';
import type { PaymentsPort } from './screens.ts';

const session = { auth: 'session' } as const;
const tags = ['bff'];
/** An id and an amount. */
const BODY_LIMIT = 1024;

/** What a person received, and gives back. */
export function returnRoutes(app: App, { guard, payments }: { guard: SessionGuard; payments: PaymentsPort }): void {
  const reads = guard.require('payments:read');

  app.get(
    '/bff/v1/pix/received/:id',
    {
      config: { ...session, account: 'see' },
      onRequest: reads,
      schema: { tags, summary: 'Um Pix recebido e o que dele se pode devolver', params: PaymentParams, response: { 200: ReceivedPix } },
    },
    async (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      return payments.getReceived(ctx, { receiptId: request.params.id, accountId });
    },
  );
  app.post(
    '/bff/v1/pix/returns',
    {
      config: { ...session, account: 'pay', idempotency: 'required' },
      bodyLimit: BODY_LIMIT,
      onRequest: guard.require('payments:write'),
      schema: { tags, summary: 'Devolve um Pix recebido, inteiro ou em parte', body: DevolucaoBody, response: { 201: Devolucao } },
    },
    async (request, reply) => {
      const visit = guard.visitOf(request);
      const { replayed, devolucao } = await payments.createDevolucao(visit.ctx, { ...request.body, ...onSession(visit) });
      if (replayed) reply.header('idempotent-replayed', 'true');
      return reply.status(201).send(devolucao);
    },
  );
  app.get(
    '/bff/v1/pix/returns/:id',
    {
      config: { ...session, account: 'see' },
      onRequest: reads,
      schema: { tags, summary: 'Uma devolução', params: PaymentParams, response: { 200: Devolucao } },
    },
    async (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      return payments.getDevolucao(ctx, { devolucaoId: request.params.id, accountId });
    },
  );
}
