import { Type } from 'typebox';
import type { App } from '#platform/http/app.ts';
import { languageOf } from '#platform/http/language.ts';
import { NO_CONTENT } from '#platform/http/problem.ts';
import type { SessionGuard } from '#platform/screens.ts';
import { Binding, OwnDevices, PasskeyOptions, Proof } from './contract.ts';
import type { Identity } from './index.ts';

const tags = ['bff'];
const BODY_LIMIT = 4 * 1024;
/** A proof may be what an authenticator signed. */
const PROOF_LIMIT = 24 * 1024;
/** Proofs a minute and person: each is a slow hash or a count. */
const PROOFS_PER_PERSON = 20;
const closed = { additionalProperties: false } as const;
const EXAMPLE = 'ab5df625bc76dbd4e163bed2dd888df828f90159bb93556525c31821b6541d46';

const Proved = Type.Object({ proof: Proof }, { ...closed, examples: [{ proof: { code: '123456' } }] });
const Code = Type.Object({ code: Type.String({ minLength: 1, maxLength: 40 }) }, { ...closed, examples: [{ code: '123456' }] });
const Gone = Type.Object(
  { id: Type.String({ minLength: 1, maxLength: 60 }) },
  { ...closed, examples: [{ id: 'dvc_01j9zk3m8se0qtw4fs0r1et0ba' }] },
);
const Ended = Type.Object({ endedLogIns: Type.Integer() });
const Bound = Type.Object({ binding: Binding }, { ...closed, examples: [{ binding: EXAMPLE }] });
const PaymentProof = Type.Object(
  { binding: Binding, proof: Proof },
  { ...closed, examples: [{ binding: EXAMPLE, proof: { code: '123456' } }] },
);

type Request = Parameters<SessionGuard['visitOf']>[0];
/** Whose session asks, as identity takes it. */
function selfOf(guard: SessionGuard, request: Request) {
  const { ctx, subjectId, proof } = guard.visitOf(request);
  return { ctx, own: { subjectId, grantId: proof.grantId }, self: { subjectId, grantId: proof.grantId, acr: proof.acr } };
}
const config = (why: `exempt: ${string}`) => ({ auth: 'session', idempotency: why, ratePerPerson: PROOFS_PER_PERSON }) as const;

/** The browsers of a person. They ask for no scope, as all of a person's own log-in. */
export function deviceRoutes(app: App, identity: Identity, guard: SessionGuard): void {
  const onRequest = guard.require();
  app.get(
    '/bff/v1/identity/devices',
    {
      config: { auth: 'session' },
      onRequest,
      schema: { tags, summary: 'Os aparelhos em que a pessoa entrou', response: { 200: OwnDevices } },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { ctx, own } = selfOf(guard, request);
      return identity.listDevices(ctx, own);
    },
  );
  app.post(
    '/bff/v1/identity/devices/forget',
    {
      config: config('exempt: what is forgotten is gone'),
      bodyLimit: BODY_LIMIT,
      onRequest,
      schema: { tags, summary: 'Esquece um aparelho e encerra as sessões dele', body: Gone, response: { 200: Ended } },
    },
    async (request) => {
      const { ctx, own } = selfOf(guard, request);
      return identity.forgetDevice(ctx, { subjectId: own.subjectId, ...request.body });
    },
  );
  app.post(
    '/bff/v1/identity/devices/recognise',
    {
      config: config('exempt: what is known is known'),
      bodyLimit: PROOF_LIMIT,
      onRequest,
      schema: { tags, summary: 'Reconhece este aparelho pela segunda etapa', body: Proved, response: NO_CONTENT },
    },
    async (request, reply) => {
      const { ctx, self } = selfOf(guard, request);
      await identity.recogniseDevice(ctx, { ...self, ...request.body });
      return reply.status(204).send(null);
    },
  );
  app.post(
    '/bff/v1/identity/devices/code',
    {
      config: config('exempt: the newest code counts'),
      bodyLimit: BODY_LIMIT,
      onRequest,
      schema: { tags, summary: 'Envia um código para reconhecer este aparelho', response: NO_CONTENT },
    },
    async (request, reply) => {
      const { ctx, own } = selfOf(guard, request);
      await identity.askDeviceCode(ctx, { ...own, language: languageOf(request.headers['accept-language']) });
      return reply.status(204).send(null);
    },
  );
  app.post(
    '/bff/v1/identity/devices/confirm',
    {
      config: config('exempt: a code counts once'),
      bodyLimit: BODY_LIMIT,
      onRequest,
      schema: { tags, summary: 'Reconhece este aparelho pelo código do e-mail', body: Code, response: NO_CONTENT },
    },
    async (request, reply) => {
      const { ctx, own } = selfOf(guard, request);
      await identity.confirmDevice(ctx, { ...own, ...request.body });
      return reply.status(204).send(null);
    },
  );
}

/** Proofs for one thing that moves money, as a refusal asked for them. */
export function paymentProofRoutes(app: App, identity: Identity, guard: SessionGuard): void {
  const common = { bodyLimit: PROOF_LIMIT, onRequest: guard.require() };
  app.post(
    '/bff/v1/identity/payment-proof/options',
    {
      ...common,
      config: config('exempt: the newest challenge counts'),
      schema: { tags, summary: 'O que a chave de acesso assina para um pagamento', body: Bound, response: { 200: PasskeyOptions } },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { ctx, self } = selfOf(guard, request);
      return identity.askPaymentProof(ctx, { ...self, ...request.body });
    },
  );
  app.post(
    '/bff/v1/identity/payment-proof',
    {
      ...common,
      config: config('exempt: a proof is of one thing, which is done once'),
      schema: { tags, summary: 'Confirma que é a pessoa, para um pagamento e nenhum outro', body: PaymentProof, response: NO_CONTENT },
    },
    async (request, reply) => {
      const { ctx, self } = selfOf(guard, request);
      await identity.provePayment(ctx, { ...self, ...request.body });
      return reply.status(204).send(null);
    },
  );
}
