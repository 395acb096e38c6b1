import { Type } from 'typebox';
import type { Face } from '#platform/face/contract.ts';
import { type App, contextOf } from '#platform/http/app.ts';
import { AmountMinor, PaymentId, type PaymentsContract } from './contract.ts';
import { Devolucao, ReceivedPix } from './contract-returns.ts';
import { accountOf, accountOrTenant, logInOf } from './http.ts';

const READ = { scopes: ['payments:read'] } as const;
const WRITE = { scopes: ['payments:write'] } as const;
const tags = ['payments'];
const ById = Type.Object({ id: PaymentId });

/** What people received, and give back. */
export function returnRoutes(app: App, face: Face<PaymentsContract>): void {
  app.get(
    '/v1/pix/received/:id',
    {
      config: { auth: READ, account: 'see' },
      schema: {
        tags,
        summary: 'Um Pix recebido: o que dele já voltou e o que ainda se pode devolver',
        params: ById,
        response: { 200: ReceivedPix },
      },
    },
    (request) => face.getReceived(contextOf(request), { receiptId: request.params.id, ...accountOf(request) }),
  );

  app.post(
    '/v1/pix/returns',
    {
      config: { auth: WRITE, account: 'pay', idempotency: 'required' },
      schema: {
        tags,
        summary: 'Devolve um Pix recebido, inteiro ou em parte, até 90 dias depois',
        body: Type.Object(
          { receiptId: PaymentId, amountMinor: AmountMinor },
          { additionalProperties: false, examples: [{ receiptId: 'rcv_01j9zk3m8se0qtw4fs0r1et0ba', amountMinor: '1990' }] },
        ),
        response: { 201: Devolucao },
      },
    },
    async (request, reply) => {
      const { devolucao, replayed } = await face.createDevolucao(contextOf(request), {
        ...request.body,
        ...accountOf(request),
        ...logInOf(request),
      });
      if (replayed) reply.header('idempotent-replayed', 'true');
      return reply.status(201).send(devolucao);
    },
  );

  app.get(
    '/v1/pix/returns/:id',
    { config: { auth: READ, account: 'see' }, schema: { tags, summary: 'Uma devolução', params: ById, response: { 200: Devolucao } } },
    (request) => face.getDevolucao(contextOf(request), { devolucaoId: request.params.id, ...accountOrTenant(request) }),
  );
}
