import { Type } from 'typebox';
import type { Clock } from '#platform/clock.ts';
import { refusePlatform } from '#platform/errors.ts';
import { type App, idempotencyKeyOf } from '#platform/http/app.ts';
import {
  DecodeBody,
  Home,
  Payment,
  PaymentBody,
  PaymentKeyParams,
  PaymentParams,
  Quote,
  ReceiveBody,
  Statement,
  StatementQuery,
} from './contract.ts';
import { type Guard, provedOf } from './guard.ts';
import type { HomeReader } from './home.ts';
import type { PaymentsPort } from './ports.ts';
import { documentRoutes } from './routes-documents.ts';
import type { StatementReader } from './statement.ts';

export type MoneyRouteParts = {
  guard: Guard;
  home: HomeReader;
  statement: StatementReader;
  payments: PaymentsPort;
  clock: Clock;
  sandbox: boolean;
};

const DEFAULT_LINES = 30;
const session = { auth: 'session' } as const;
/** A key, an amount and a few words. */
const BODY_LIMIT = 4 * 1024;
/** Reading somebody else's name by their key, again and again, is how directories are scanned. */
const DECODES_PER_PERSON = 40;
const tags = ['bff'];

/** The screens' data. Every handler is one call to the module that owns it, on behalf of the person of the session. */
export function moneyRoutes(app: App, { guard, home, statement, payments, clock, sandbox }: MoneyRouteParts): void {
  const reads = guard.require('payments:read');
  const pays = guard.require('payments:write');
  // What shows money must not stay in a browser's cache after the log-out.
  app.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
  documentRoutes(app, { guard, payments, clock });

  app.get(
    '/bff/v1/home',
    {
      config: session,
      onRequest: guard.require('payments:read', 'cashflow:read'),
      schema: { tags, summary: 'A tela inicial', response: { 200: Home } },
    },
    async (request) => {
      const { ctx, session } = provedOf(request);
      return home.read(ctx, session.subjectId);
    },
  );
  app.get(
    '/bff/v1/statement',
    {
      config: session,
      onRequest: reads,
      schema: { tags, summary: 'O extrato', querystring: StatementQuery, response: { 200: Statement } },
    },
    async (request) => {
      const { ctx, session } = provedOf(request);
      const { limit, ...query } = request.query;
      return statement(ctx, { subjectId: session.subjectId, ...query, limit: Number(limit ?? DEFAULT_LINES) });
    },
  );
  app.post(
    '/bff/v1/pix/decode',
    {
      config: { ...session, idempotency: 'exempt: reading a code moves nothing', ratePerMinute: 120, ratePerPerson: DECODES_PER_PERSON },
      bodyLimit: 2 * BODY_LIMIT,
      onRequest: pays,
      schema: { tags, summary: 'Lê um BR Code ou uma chave Pix', body: DecodeBody, response: { 200: Quote } },
    },
    async (request) => {
      const { ctx, session } = provedOf(request);
      return payments.decode(ctx, { subjectId: session.subjectId, code: request.body.code });
    },
  );
  app.post(
    '/bff/v1/payments',
    {
      config: { ...session, idempotency: 'required' },
      bodyLimit: BODY_LIMIT,
      onRequest: pays,
      schema: { tags, summary: 'Paga', body: PaymentBody, response: { 201: Payment } },
    },
    async (request, reply) => {
      const { ctx, session } = provedOf(request);
      const { replayed, payment } = await payments.createPayment(ctx, { subjectId: session.subjectId, ...request.body });
      if (replayed) reply.header('idempotent-replayed', 'true');
      return reply.status(201).send(payment);
    },
  );
  app.get(
    '/bff/v1/payments/:id',
    { config: session, onRequest: reads, schema: { tags, summary: 'Um pagamento', params: PaymentParams, response: { 200: Payment } } },
    async (request) => {
      const { ctx, session } = provedOf(request);
      return payments.getPayment(ctx, { paymentId: request.params.id, subjectId: session.subjectId });
    },
  );
  // What became of a request whose answer was lost: asks by its key, and never pays. 404: nothing was made under it so far.
  app.get(
    '/bff/v1/payments/by-key/:key',
    {
      config: session,
      onRequest: reads,
      schema: { tags, summary: 'O pagamento feito com uma chave de idempotência', params: PaymentKeyParams, response: { 200: Payment } },
    },
    async (request) => {
      const { ctx, session } = provedOf(request);
      return payments.getPaymentByKey(ctx, { subjectId: session.subjectId, idempotencyKey: request.params.key });
    },
  );
  app.post(
    '/bff/v1/sandbox/receive',
    {
      config: { ...session, idempotency: 'required', ratePerMinute: 60 },
      bodyLimit: BODY_LIMIT,
      onRequest: pays,
      schema: {
        tags,
        summary: 'Pede ao provedor de testes um Pix para a própria chave',
        body: ReceiveBody,
        response: { 202: Type.Object({}) },
      },
    },
    async (request, reply) => {
      if (!sandbox) throw refusePlatform('PLATFORM_NOT_FOUND');
      const { ctx, session } = provedOf(request);
      idempotencyKeyOf(request);
      await payments.requestTestReceipt(ctx, { subjectId: session.subjectId, amountMinor: request.body.amountMinor });
      return reply.status(202).send({});
    },
  );
}
