import { Type } from 'typebox';
import { Approval, Approvals } from '#platform/approvals/contract.ts';
import type { Clock } from '#platform/clock.ts';
import { approvalDesk, deskChange, deskRoute, keyedCtx } from '#platform/desk.ts';
import type { Face } from '#platform/face/contract.ts';
import type { App } from '#platform/http/app.ts';
import { nullable as Nullable, Uuid } from '#platform/schemas.ts';
import type { Screens, SessionGuard } from '#platform/screens.ts';
import {
  Decided,
  Decision,
  DecisionReason,
  OpenPayment,
  Payment,
  PaymentId,
  type PaymentsContract,
  ReviewDecision,
  Steps,
} from '../contract.ts';
import { ArrivalDecision, Arrivals, BookDifferences } from '../contract-receipts.ts';

const tags = ['desk'];
const closed = { additionalProperties: false } as const;
const ById = Type.Object({ id: PaymentId });
const SHOWN = 50;
/** Where people have to act; the rest ends by itself. */
const WAITING = ['in-review', 'disputed', 'stuck', 'unknown'] as const;
const SEE = 'payments:read';
const RESOLVE = 'payments:resolve';

const Waiting = Type.Object({
  payments: Type.Array(OpenPayment),
  arrivals: Arrivals.properties.arrivals,
  differences: BookDifferences.properties.differences,
  approvals: Approvals.properties.approvals,
  asOf: Type.String(),
});
/** A payment as operators see it: where it stands and what was done, and nothing of whose it is. */
const Inspected = Type.Object({
  id: Type.String(),
  status: Payment.properties.status,
  amountMinor: Payment.properties.amountMinor,
  createdAt: Type.String(),
  settledAt: Nullable(Type.String()),
  endToEndId: Nullable(Type.String()),
  reasons: Payment.properties.reasons,
  steps: Steps.properties.steps,
  /** What may be decided about it now. */
  decisions: Type.Array(Type.String()),
  approvals: Approvals.properties.approvals,
});
type PaymentsFace = Face<PaymentsContract>;

/** Where operators see what waits and what became of a payment, and ask or decide about it. */
export function paymentsDesk({ face, guard, clock }: { face: PaymentsFace; guard: SessionGuard; clock: Clock }): Screens {
  return {
    routes(app) {
      reading(app, face, guard, clock);
      deciding(app, face, guard);
      approvalDesk(app, { module: 'payments', face, guard, ask: RESOLVE, decide: 'payments:approve' });
    },
  };
}

function reading(app: App, face: PaymentsFace, guard: SessionGuard, clock: Clock): void {
  const visit = (request: Parameters<SessionGuard['visitOf']>[0]) => guard.visitOf(request).ctx;
  app.get(
    '/bff/v1/desk/payments/waiting',
    { ...deskRoute(guard, SEE), schema: { tags, summary: 'O que espera por pessoas, o mais antigo primeiro', response: { 200: Waiting } } },
    async (request) => {
      const ctx = visit(request);
      const [pages, { arrivals }, { differences }, { approvals }] = await Promise.all([
        Promise.all(WAITING.map((status) => face.listOpenPayments(ctx, { status, limit: SHOWN }))),
        face.listReceipts(ctx, { limit: SHOWN }),
        face.listDifferences(ctx, { limit: SHOWN }),
        face.listApprovals(ctx, { onlyPending: true }),
      ]);
      return {
        payments: pages.flatMap(({ payments }) => payments),
        arrivals,
        differences,
        approvals,
        asOf: new Date(clock.now()).toISOString(),
      };
    },
  );
  app.get(
    '/bff/v1/desk/payments/search',
    {
      ...deskRoute(guard, SEE),
      schema: {
        tags,
        summary: 'Pagamentos por identificador ou código ponta a ponta',
        querystring: Type.Object({ q: Type.String({ minLength: 3, maxLength: 60 }) }, closed),
        response: { 200: Type.Object({ ids: Type.Array(Type.String()) }) },
      },
    },
    (request) => face.searchPayments(visit(request), { text: request.query.q }),
  );
  app.get(
    '/bff/v1/desk/payments/:id',
    {
      ...deskRoute(guard, SEE),
      schema: { tags, summary: 'Um pagamento, passo a passo', params: ById, response: { 200: Inspected } },
    },
    async (request) => {
      const ctx = visit(request);
      const paymentId = request.params.id;
      const [payment, { steps }, { approvals }] = await Promise.all([
        face.getPayment(ctx, { paymentId }),
        face.getSteps(ctx, { paymentId }),
        face.listApprovals(ctx, { onlyPending: false }),
      ]);
      const { id, status, amountMinor, createdAt, settledAt, endToEndId, reasons } = payment;
      const isForPeople = status === 'disputed' || status === 'stuck';
      const decisions = isForPeople ? ['executed', 'not-executed'] : status === 'in-review' ? ['approve', 'deny'] : [];
      const about = approvals.filter((one) => one.about === id);
      return { id, status, amountMinor, createdAt, settledAt, endToEndId, reasons, steps, decisions, approvals: about };
    },
  );
}

function deciding(app: App, face: PaymentsFace, guard: SessionGuard): void {
  const ctxOf = (request: Parameters<SessionGuard['visitOf']>[0]) => keyedCtx(guard, request);
  app.post(
    '/bff/v1/desk/payments/:id/retry',
    {
      ...deskChange(guard, 'exempt: what is due is tried now, however often that is asked for', RESOLVE),
      schema: {
        tags,
        summary: 'Tenta agora',
        params: ById,
        body: Type.Object({ reason: DecisionReason }, { ...closed, examples: [{ reason: 'O provedor voltou' }] }),
        response: { 200: Decided },
      },
    },
    (request) => face.retryPayment(guard.visitOf(request).ctx, { paymentId: request.params.id, ...request.body }),
  );
  app.post(
    '/bff/v1/desk/payments/:id/resolve',
    {
      ...deskChange(guard, 'required', RESOLVE),
      schema: {
        tags,
        summary: 'Pede o fim de um pagamento contestado ou parado',
        params: ById,
        body: Type.Object(
          { decision: Decision, reason: DecisionReason },
          { ...closed, examples: [{ decision: 'executed', reason: 'Consta no extrato do provedor' }] },
        ),
        response: { 202: Approval },
      },
    },
    async (request, reply) => {
      const { decision, reason } = request.body;
      const asked = { kind: 'payments.resolve' as const, paymentId: request.params.id, decision };
      return reply.status(202).send(await face.askApproval(ctxOf(request), { asked, reason }));
    },
  );
  app.post(
    '/bff/v1/desk/payments/:id/review',
    {
      ...deskChange(guard, 'required', 'payments:review'),
      schema: {
        tags,
        summary: 'Decide um pagamento em análise, ou pede a decisão',
        params: ById,
        body: Type.Object(
          { decision: ReviewDecision, reason: DecisionReason },
          { ...closed, examples: [{ decision: 'approve', reason: 'Cliente confirmou por telefone' }] },
        ),
        response: { 200: Decided, 202: Approval },
      },
    },
    async (request, reply) => {
      const { status, body } = await face.reviewPayment(ctxOf(request), { paymentId: request.params.id, ...request.body });
      return reply.status(status).send(body as never);
    },
  );
  app.post(
    '/bff/v1/desk/payments/arrivals/:id/decide',
    {
      ...deskChange(guard, 'required', RESOLVE),
      schema: {
        tags,
        summary: 'Pede o fim de um recebimento parado',
        params: ById,
        body: Type.Object(
          { decision: ArrivalDecision, accountId: Type.Optional(Uuid), reason: DecisionReason },
          { ...closed, examples: [{ decision: 'give-back', reason: 'Ninguém reconheceu a chave' }] },
        ),
        response: { 202: Approval },
      },
    },
    async (request, reply) => {
      const { reason, ...decided } = request.body;
      const asked = { kind: 'payments.receipt' as const, receiptId: request.params.id, ...decided };
      return reply.status(202).send(await face.askApproval(ctxOf(request), { asked, reason }));
    },
  );
  app.post(
    '/bff/v1/desk/payments/differences/:id/decide',
    {
      ...deskChange(guard, 'required', RESOLVE),
      schema: {
        tags,
        summary: 'Pede a palavra final sobre uma diferença',
        params: Type.Object({ id: Uuid }),
        body: Type.Object(
          { status: Type.Enum(['explained', 'compensated', 'closed']), reason: DecisionReason },
          { ...closed, examples: [{ status: 'explained', reason: 'Lançado à mão no dia 12' }] },
        ),
        response: { 202: Approval },
      },
    },
    async (request, reply) => {
      const { status, reason } = request.body;
      const asked = { kind: 'payments.difference' as const, differenceId: request.params.id, status };
      return reply.status(202).send(await face.askApproval(ctxOf(request), { asked, reason }));
    },
  );
}
