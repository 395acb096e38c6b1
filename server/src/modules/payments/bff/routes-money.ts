import { Type } from 'typebox';
import { refusePlatform } from '#platform/errors.ts';
import { type App, idempotencyKeyOf } from '#platform/http/app.ts';
import type { Compose, SessionGuard, Visit } from '#platform/screens.ts';
import {
  DecodeBody,
  Payment,
  PaymentBody,
  PaymentKeyParams,
  PaymentParams,
  Quote,
  ReceiveBody,
  Statement,
  StatementQuery,
} from './contract.ts';
import type { PaymentsPort } from './screens.ts';

type Parts = { guard: SessionGuard; payments: PaymentsPort; compose: Compose; sandbox: boolean };

const DEFAULT_LINES = 30;
const session = { auth: 'session' } as const;
/** A key, an amount and a few words. */
const BODY_LIMIT = 4 * 1024;
/** Reading somebody else's name by their key, again and again, is how directories are scanned. */
const DECODES_PER_PERSON = 40;
const tags = ['bff'];

/** The account, and the log-in in which it is asked: what has to be proved is proved in it, and being logged in is no proof. */
export const onSession = ({ accountId, proof: { grantId, acr } }: Visit) => ({ accountId, logIn: { grantId, acr } });

/** Every handler is one call to payments, on behalf of the person of the session. */
export function moneyRoutes(app: App, { guard, payments, compose, sandbox }: Parts): void {
  const reads = guard.require('payments:read');
  const pays = guard.require('payments:write');
  const statement = compose('statement', Statement);

  app.get(
    '/bff/v1/statement',
    {
      config: { ...session, account: 'see' },
      onRequest: guard.require('payments:read', ...statement.scopes),
      schema: { tags, summary: 'O extrato', querystring: StatementQuery, response: { 200: statement.schema } },
    },
    async (request) => {
      const visit = guard.visitOf(request);
      const { limit, ...query } = request.query;
      const input = { accountId: visit.accountId, ...query, limit: Number(limit ?? DEFAULT_LINES) };
      return statement.fill(visit, await payments.getStatement(visit.ctx, input));
    },
  );
  app.post(
    '/bff/v1/pix/decode',
    {
      config: {
        ...session,
        account: 'pay',
        idempotency: 'exempt: reading a code moves nothing',
        ratePerMinute: 120,
        ratePerPerson: DECODES_PER_PERSON,
      },
      bodyLimit: 2 * BODY_LIMIT,
      onRequest: pays,
      schema: { tags, summary: 'Lê um BR Code ou uma chave Pix', body: DecodeBody, response: { 200: Quote } },
    },
    async (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      return payments.decode(ctx, { accountId, code: request.body.code });
    },
  );
  app.post(
    '/bff/v1/payments',
    {
      config: { ...session, account: 'pay', idempotency: 'required' },
      bodyLimit: BODY_LIMIT,
      onRequest: pays,
      schema: { tags, summary: 'Paga', body: PaymentBody, response: { 201: Payment } },
    },
    async (request, reply) => {
      const visit = guard.visitOf(request);
      const { replayed, payment } = await payments.createPayment(visit.ctx, { ...request.body, ...onSession(visit) });
      if (replayed) reply.header('idempotent-replayed', 'true');
      return reply.status(201).send(payment);
    },
  );
  app.get(
    '/bff/v1/payments/:id',
    {
      config: { ...session, account: 'see' },
      onRequest: reads,
      schema: { tags, summary: 'Um pagamento', params: PaymentParams, response: { 200: Payment } },
    },
    async (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      return payments.getPayment(ctx, { paymentId: request.params.id, accountId });
    },
  );
  // What became of a request whose answer was lost: asks by its key, and never pays. 404: nothing was made under it so far.
  app.get(
    '/bff/v1/payments/by-key/:key',
    {
      config: { ...session, account: 'see' },
      onRequest: reads,
      schema: { tags, summary: 'O pagamento feito com uma chave de idempotência', params: PaymentKeyParams, response: { 200: Payment } },
    },
    async (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      return payments.getPaymentByKey(ctx, { accountId, idempotencyKey: request.params.key });
    },
  );
  app.post(
    '/bff/v1/sandbox/receive',
    {
      config: { ...session, account: 'receive', idempotency: 'required', ratePerMinute: 60 },
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
      const { ctx, accountId } = guard.visitOf(request);
      idempotencyKeyOf(request);
      await payments.requestTestReceipt(ctx, { accountId, amountMinor: request.body.amountMinor });
      return reply.status(202).send({});
    },
  );
}
