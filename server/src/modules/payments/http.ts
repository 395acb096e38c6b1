import { Type } from 'typebox';
import { Approval } from '#platform/approvals/contract.ts';
import type { Face } from '#platform/face/contract.ts';
import { namedAccount } from '#platform/http/account.ts';
import { type App, callerOf, contextOf } from '#platform/http/app.ts';
import { pageLimit } from '#platform/schemas.ts';
import {
  Account,
  AmountMinor,
  Balance,
  Code,
  Decided,
  Decision,
  DecisionReason,
  Decoded,
  Description,
  OpenPayments,
  OpenStatus,
  Payment,
  PaymentId,
  type PaymentsContract,
  ReviewDecision,
  Statement,
  StatementQuery,
  Steps,
} from './contract.ts';
import { refusePayments } from './errors.ts';
import type { LogIn } from './payer/guard.ts';

const READ = { scopes: ['payments:read'] } as const;
const RESOLVE = { scopes: ['payments:resolve'] } as const;
const WRITE = { scopes: ['payments:write'] } as const;
const tags = ['payments'];
const DEFAULT_LINES = 50;
const ById = Type.Object({ id: PaymentId });
const closed = { additionalProperties: false } as const;

type Request = Parameters<typeof callerOf>[0] & Parameters<typeof namedAccount>[0];

/** The account a request is about: the one it names, or a person's own first one. */
export function accountOf(request: Request): { accountId: string } {
  const accountId = namedAccount(request) ?? callerOf(request).subjectId;
  if (accountId === undefined) throw refusePayments('PAYMENTS_ACCOUNT_REQUIRED');
  return { accountId };
}

/** The same where a service that names none reads what belongs to any account of its tenant. */
export function accountOrTenant(request: Request): { accountId?: string } {
  const accountId = namedAccount(request) ?? callerOf(request).subjectId;
  return accountId === undefined ? {} : { accountId };
}

/** The log-in behind a person's token, which may have been made for what is asked (RFC 9470); a service has none. */
export function logInOf(request: Request): { logIn?: LogIn } {
  const { proof } = callerOf(request);
  return proof ? { logIn: { grantId: proof.grantId, acr: proof.acr, atMs: proof.atMs } } : {};
}

/** Routes for clients with a token. They validate and pass on: what they do is the face's. */
export function paymentRoutes(app: App, face: Face<PaymentsContract>): void {
  app.post(
    '/v1/pix/decode',
    {
      config: {
        auth: WRITE,
        account: 'pay',
        idempotency: 'exempt: a reading pays nothing; reading again gives another quote',
        ratePerMinute: 600,
      },
      schema: {
        tags,
        summary: 'Lê um código Pix ou uma chave',
        body: Type.Object({ code: Code }, { ...closed, examples: [{ code: 'maria@exemplo.com.br' }] }),
        response: { 200: Decoded },
      },
    },
    (request) => face.decode(contextOf(request), { ...accountOf(request), code: request.body.code }),
  );

  app.post(
    '/v1/payments',
    {
      config: { auth: WRITE, account: 'pay', idempotency: 'required' },
      schema: {
        tags,
        summary: 'Paga o que foi lido',
        body: Type.Object(
          { quoteId: Type.String({ maxLength: 60 }), amountMinor: AmountMinor, description: Type.Optional(Description) },
          { ...closed, examples: [{ quoteId: 'qte_01j9zk3m8se0qtw4fs0r1et0ba', amountMinor: '12345', description: 'Almoço' }] },
        ),
        response: { 201: Payment },
      },
    },
    async (request, reply) => {
      const input = { ...request.body, ...accountOf(request), ...logInOf(request) };
      const { payment, replayed } = await face.createPayment(contextOf(request), input);
      if (replayed) reply.header('idempotent-replayed', 'true');
      return reply.status(201).send(payment);
    },
  );

  app.get(
    '/v1/payments',
    {
      config: { auth: RESOLVE },
      schema: {
        tags,
        summary: 'Pagamentos que não terminaram, os parados há mais tempo primeiro',
        querystring: Type.Object(
          {
            status: OpenStatus,
            limit: Type.Optional(pageLimit(100, 'De 1 a 100; 50 se ausente')),
            cursor: Type.Optional(Type.String({ maxLength: 100 })),
          },
          closed,
        ),
        response: { 200: OpenPayments },
      },
    },
    (request) => {
      const { limit, ...query } = request.query;
      return face.listOpenPayments(contextOf(request), { ...query, limit: Number(limit ?? DEFAULT_LINES) });
    },
  );

  app.get(
    '/v1/payments/:id',
    { config: { auth: READ, account: 'see' }, schema: { tags, summary: 'Um pagamento', params: ById, response: { 200: Payment } } },
    (request) => face.getPayment(contextOf(request), { paymentId: request.params.id, ...accountOrTenant(request) }),
  );

  app.get(
    '/v1/payments/:id/steps',
    {
      config: { auth: READ, account: 'see' },
      schema: { tags, summary: 'Cada passo de um pagamento', params: ById, response: { 200: Steps } },
    },
    (request) => face.getSteps(contextOf(request), { paymentId: request.params.id, ...accountOrTenant(request) }),
  );

  app.post(
    '/v1/payments/:id/review',
    {
      config: { auth: { scopes: ['payments:review'] }, idempotency: 'required' },
      schema: {
        tags,
        summary: 'Decide um pagamento em análise: recusar vale na hora; liberar pede a aprovação de um operador (202)',
        params: ById,
        body: Type.Object(
          {
            decision: ReviewDecision,
            reason: Type.String({ minLength: 3, maxLength: 200 }),
          },
          { ...closed, examples: [{ decision: 'approve', reason: 'Cliente confirmou por telefone' }] },
        ),
        response: { 200: Decided, 202: Approval },
      },
    },
    async (request, reply) => {
      const { status, body } = await face.reviewPayment(contextOf(request), { paymentId: request.params.id, ...request.body });
      return reply.status(status).send(body as never);
    },
  );

  app.post(
    '/v1/payments/:id/resolve',
    {
      config: { auth: RESOLVE, idempotency: 'required' },
      schema: {
        tags,
        summary: 'Pede a um operador que aprove o fim de um pagamento contestado ou parado',
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
      return reply.status(202).send(await face.askApproval(contextOf(request), { asked, reason }));
    },
  );

  app.post(
    '/v1/payments/:id/retry',
    {
      config: { auth: RESOLVE, idempotency: 'exempt: what is due is tried now, however often that is asked for' },
      schema: {
        tags,
        summary: 'Tenta agora o que um pagamento espera',
        params: ById,
        body: Type.Object({ reason: DecisionReason }, { ...closed, examples: [{ reason: 'O provedor voltou' }] }),
        response: { 200: Decided },
      },
    },
    (request) => face.retryPayment(contextOf(request), { paymentId: request.params.id, ...request.body }),
  );

  app.get(
    '/v1/accounts/me',
    {
      config: { auth: READ, account: 'see' },
      schema: { tags, summary: 'A conta', response: { 200: Type.Object({ account: Account, balance: Balance }) } },
    },
    async (request) => {
      const ctx = contextOf(request);
      const on = accountOf(request);
      const [account, balance] = await Promise.all([face.getAccount(ctx, on), face.getBalance(ctx, on)]);
      return { account, balance };
    },
  );

  app.get(
    '/v1/accounts/me/statement',
    {
      config: { auth: READ, account: 'see' },
      schema: {
        tags,
        summary: 'O extrato da conta',
        querystring: Type.Object({ limit: Type.Optional(pageLimit(100, 'De 1 a 100; 50 se ausente')), ...StatementQuery }, closed),
        response: { 200: Statement },
      },
    },
    (request) => {
      const { limit, ...query } = request.query;
      return face.getStatement(contextOf(request), {
        ...accountOf(request),
        limit: Number(limit ?? DEFAULT_LINES),
        ...query,
      });
    },
  );
}
