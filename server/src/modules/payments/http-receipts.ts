import { Type } from 'typebox';
import { Approval } from '#platform/approvals/contract.ts';
import type { Face } from '#platform/face/contract.ts';
import { type App, contextOf } from '#platform/http/app.ts';
import { pageLimit, Uuid } from '#platform/schemas.ts';
import { DecisionReason, PaymentId, type PaymentsContract } from './contract.ts';
import { ArrivalDecision, ArrivalDetail, ArrivalStatus, Arrivals, BookDifferences } from './contract-receipts.ts';

const auth = { scopes: ['payments:review'] } as const;
const tags = ['payments'];
const closed = { additionalProperties: false } as const;
const ById = Type.Object({ id: PaymentId });
const DEFAULT_LIMIT = 50;

/** Money that came in and stands still, for those who decide about it. */
export function receiptRoutes(app: App, face: Face<PaymentsContract>): void {
  app.get(
    '/v1/payments/receipts',
    {
      config: { auth },
      schema: {
        tags,
        summary: 'Recebimentos que ainda não terminaram, os mais antigos primeiro',
        querystring: Type.Object(
          {
            status: Type.Optional(ArrivalStatus),
            cursor: Type.Optional(Type.String({ maxLength: 400 })),
            limit: Type.Optional(pageLimit(100, 'De 1 a 100; 50 se ausente')),
          },
          closed,
        ),
        response: { 200: Arrivals },
      },
    },
    (request) => {
      const { limit = DEFAULT_LIMIT, ...query } = request.query;
      return face.listReceipts(contextOf(request), { limit: Number(limit), ...query });
    },
  );

  app.get(
    '/v1/payments/differences',
    {
      config: { auth },
      schema: {
        tags,
        summary: 'Diferenças abertas entre os livros e o extrato do provedor, as mais antigas primeiro',
        querystring: Type.Object(
          { cursor: Type.Optional(Type.String({ maxLength: 400 })), limit: Type.Optional(pageLimit(100, 'De 1 a 100; 50 se ausente')) },
          closed,
        ),
        response: { 200: BookDifferences },
      },
    },
    (request) => {
      const { limit = DEFAULT_LIMIT, ...query } = request.query;
      return face.listDifferences(contextOf(request), { limit: Number(limit), ...query });
    },
  );

  app.get(
    '/v1/payments/receipts/:id',
    { config: { auth }, schema: { tags, summary: 'Um recebimento e cada passo dele', params: ById, response: { 200: ArrivalDetail } } },
    (request) => face.getReceipt(contextOf(request), { receiptId: request.params.id }),
  );

  app.post(
    '/v1/payments/receipts/:id/decision',
    {
      config: { auth, idempotency: 'required' },
      schema: {
        tags,
        summary:
          'Pede a um operador que aprove o fim de um recebimento parado: creditar ou devolver a quem pagou; e, se a devolução foi recusada, tentar de novo ou guardar',
        params: ById,
        body: Type.Object(
          { decision: ArrivalDecision, accountId: Type.Optional(Uuid), reason: DecisionReason },
          { ...closed, examples: [{ decision: 'give-back', reason: 'Chave de outro banco' }] },
        ),
        response: { 202: Approval },
      },
    },
    async (request, reply) => {
      const { reason, ...decided } = request.body;
      const asked = { kind: 'payments.receipt' as const, receiptId: request.params.id, ...decided };
      return reply.status(202).send(await face.askApproval(contextOf(request), { asked, reason }));
    },
  );
}
