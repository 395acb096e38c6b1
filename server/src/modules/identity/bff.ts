import { Type } from 'typebox';
import { refusePlatform } from '#platform/errors.ts';
import type { App } from '#platform/http/app.ts';
import { languageOf } from '#platform/http/language.ts';
import { NO_CONTENT } from '#platform/http/problem.ts';
import { nullable as Nullable } from '#platform/schemas.ts';
import type { Screens, SessionGuard } from '#platform/screens.ts';
import { deviceRoutes, paymentProofRoutes } from './bff-devices.ts';
import { PasskeyAnswer, PasskeyOptions, Proof, Security } from './contract.ts';
import {
  ACCOUNT_LOCKED,
  DEVICE_ADDED,
  DEVICE_FORGOTTEN,
  DEVICE_KNOWN,
  EMAIL_VERIFIED,
  FACTOR_ADDED,
  FACTOR_REMOVED,
  RECOVERY_USED,
  SECRET_CHANGED,
  UNLOCK_ASKED,
} from './events.ts';
import type { Identity } from './index.ts';

const tags = ['bff'];
const BODY_LIMIT = 4 * 1024;
/** A proof may be what an authenticator signed. */
const PROOF_LIMIT = 24 * 1024;
/** Changes of a log-in, a minute and person: each is a slow hash or a count. */
const CHANGES_PER_PERSON = 20;
const closed = { additionalProperties: false } as const;
const Secret = Type.String({ minLength: 1, maxLength: 256 });

const NewSecret = Type.Object(
  { present: Secret, next: Secret },
  { ...closed, examples: [{ present: 'nove cavalos azuis', next: 'dez barcos no cais' }] },
);
const Ended = Type.Object({ endedLogIns: Type.Integer() });

const Proved = Type.Object({ proof: Proof }, { ...closed, examples: [{ proof: { password: 'nove cavalos azuis' } }] });
/** Said on purpose: nothing that is sent by mistake locks an account. */
const Sure = Type.Object({ sure: Type.Literal(true) }, { ...closed, examples: [{ sure: true }] });
const Code = Type.Object({ code: Type.String({ minLength: 1, maxLength: 40 }) }, { ...closed, examples: [{ code: '123456' }] });
const NewTotp = Type.Object({ secret: Type.String(), uri: Type.String() });
const NewPasskey = Type.Object({ response: PasskeyAnswer }, closed);
const GonePasskey = Type.Object(
  { id: Type.String({ minLength: 1, maxLength: 60 }), proof: Proof },
  { ...closed, examples: [{ id: 'pky_01j9zk3m8se0qtw4fs0r1et0ba', proof: { code: '123456' } }] },
);
const ShownOnce = Type.Object({ recoveryCodes: Nullable(Type.Array(Type.String())) });

/** What a person sees and changes of their own log-in, within a session. Locks, devices and proofs of payments are for customers: what a log-in of operators may is another's matter. */
export function securityScreens(identity: Identity, guard: SessionGuard, { customer }: { customer: boolean }): Screens {
  return {
    routes: (app) => {
      securityRoutes(app, identity, guard);
      emailRoutes(app, identity, guard);
      if (customer) {
        lockRoutes(app, identity, guard);
        deviceRoutes(app, identity, guard);
        paymentProofRoutes(app, identity, guard);
      }
      totpRoutes(app, identity, guard);
      passkeyRoutes(app, identity, guard);
    },
    live: {
      about: 'person',
      types: [
        ...[ACCOUNT_LOCKED, UNLOCK_ASKED, EMAIL_VERIFIED, SECRET_CHANGED, FACTOR_ADDED, FACTOR_REMOVED, RECOVERY_USED],
        ...[DEVICE_ADDED, DEVICE_KNOWN, DEVICE_FORGOTTEN],
      ],
      show: ({ type }) => ({ event: 'security', data: { kind: type.replace(/^identity\.|\.v1$/g, '') } }),
    },
  };
}

function securityRoutes(app: App, identity: Identity, guard: SessionGuard): void {
  const onRequest = guard.require();
  app.get(
    '/bff/v1/identity/security',
    {
      config: { auth: 'session' },
      onRequest,
      schema: { tags, summary: 'Como a pessoa entra, e o que mudou nisso', response: { 200: Security } },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { ctx, subjectId, proof } = guard.visitOf(request);
      return identity.getSecurity(ctx, { subjectId, acr: proof.acr });
    },
  );
  app.post(
    '/bff/v1/identity/password',
    {
      config: {
        auth: 'session',
        idempotency: 'exempt: repeated, the password given as the present one is not',
        ratePerPerson: CHANGES_PER_PERSON,
      },
      bodyLimit: BODY_LIMIT,
      onRequest,
      schema: { tags, summary: 'Troca a senha e encerra as outras sessões', body: NewSecret, response: { 200: Ended } },
    },
    async (request) => {
      const { ctx, subjectId, proof } = guard.visitOf(request);
      // Whoever came by a recovery code gives a factor first: one lost proof must not lead to the change of another.
      if (proof.acr === 'aal0') throw refusePlatform('PLATFORM_FORBIDDEN');
      const changed = await identity.changePassword(ctx, { subjectId, grantId: proof.grantId, ...request.body });
      // Their grants are over already; so are they, when the person looks at the list.
      await guard.endOthers(request);
      return changed;
    },
  );
}

type Request = Parameters<SessionGuard['visitOf']>[0];
/** Whose session asks, as identity takes it. */
function selfOf(guard: SessionGuard, request: Request) {
  const { ctx, subjectId, proof } = guard.visitOf(request);
  return { ctx, self: { subjectId, grantId: proof.grantId, acr: proof.acr } };
}
const config = (why: `exempt: ${string}`) => ({ auth: 'session', idempotency: why, ratePerPerson: CHANGES_PER_PERSON }) as const;

function emailRoutes(app: App, identity: Identity, guard: SessionGuard): void {
  const common = { bodyLimit: BODY_LIMIT, onRequest: guard.require() };
  app.post(
    '/bff/v1/identity/email/code',
    {
      ...common,
      config: config('exempt: the newest code counts'),
      schema: { tags, summary: 'Envia um código para confirmar o e-mail', response: NO_CONTENT },
    },
    async (request, reply) => {
      const { ctx, subjectId } = guard.visitOf(request);
      await identity.askEmailCode(ctx, { subjectId, language: languageOf(request.headers['accept-language']) });
      return reply.status(204).send(null);
    },
  );
  app.post(
    '/bff/v1/identity/email/confirm',
    {
      ...common,
      config: config('exempt: a code counts once'),
      schema: { tags, summary: 'Confirma o e-mail pelo código', body: Code, response: NO_CONTENT },
    },
    async (request, reply) => {
      const { ctx, subjectId } = guard.visitOf(request);
      await identity.confirmEmail(ctx, { subjectId, ...request.body });
      return reply.status(204).send(null);
    },
  );
}

function lockRoutes(app: App, identity: Identity, guard: SessionGuard): void {
  const common = { bodyLimit: PROOF_LIMIT, onRequest: guard.require() };
  app.post(
    '/bff/v1/identity/lock',
    {
      ...common,
      config: config('exempt: what is locked is locked'),
      schema: { tags, summary: 'Trava a conta e encerra todas as sessões', body: Sure, response: NO_CONTENT },
    },
    async (request, reply) => {
      const { ctx, subjectId } = guard.visitOf(request);
      await identity.lockAccount(ctx, { subjectId });
      return reply.status(204).send(null);
    },
  );
  app.post(
    '/bff/v1/identity/unlock',
    {
      ...common,
      config: config('exempt: asked again, the first day counts'),
      schema: { tags, summary: 'Pede para destravar a conta', body: Proved, response: { 200: Type.Object({ releaseAt: Type.String() }) } },
    },
    async (request) => {
      const { ctx, self } = selfOf(guard, request);
      return identity.askUnlock(ctx, { ...self, ...request.body });
    },
  );
}

/** Factors of the person's own. They ask for no scope: whoever has lost a factor may give themself another, and do nothing else. */
function totpRoutes(app: App, identity: Identity, guard: SessionGuard): void {
  const common = { bodyLimit: PROOF_LIMIT, onRequest: guard.require() };
  app.post(
    '/bff/v1/identity/totp',
    {
      ...common,
      config: config('exempt: a secret that nobody confirmed counts for nothing'),
      schema: { tags, summary: 'Começa a cadastrar o aplicativo de códigos', body: Proved, response: { 200: NewTotp } },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { ctx, self } = selfOf(guard, request);
      return identity.beginTotp(ctx, { ...self, ...request.body });
    },
  );
  app.post(
    '/bff/v1/identity/totp/confirm',
    {
      ...common,
      config: config('exempt: a code counts once'),
      schema: { tags, summary: 'Confirma o aplicativo de códigos', body: Code, response: { 200: ShownOnce } },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { ctx, self } = selfOf(guard, request);
      return identity.confirmTotp(ctx, { ...self, ...request.body });
    },
  );
  app.post(
    '/bff/v1/identity/totp/remove',
    {
      ...common,
      config: config('exempt: what is removed is gone'),
      schema: { tags, summary: 'Remove o aplicativo de códigos', body: Proved, response: NO_CONTENT },
    },
    async (request, reply) => {
      const { ctx, self } = selfOf(guard, request);
      await identity.removeTotp(ctx, { ...self, ...request.body });
      return reply.status(204).send(null);
    },
  );
  app.post(
    '/bff/v1/identity/recovery-codes',
    {
      ...common,
      config: config('exempt: new codes take the place of those before'),
      schema: { tags, summary: 'Faz novos códigos de recuperação', body: Proved, response: { 200: ShownOnce } },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { ctx, self } = selfOf(guard, request);
      return identity.makeRecoveryCodes(ctx, { ...self, ...request.body });
    },
  );
}

function passkeyRoutes(app: App, identity: Identity, guard: SessionGuard): void {
  const common = { bodyLimit: PROOF_LIMIT, onRequest: guard.require() };
  app.post(
    '/bff/v1/identity/passkeys/options',
    {
      ...common,
      config: config('exempt: the newest challenge counts'),
      schema: { tags, summary: 'Começa a cadastrar uma chave de acesso', body: Proved, response: { 200: PasskeyOptions } },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { ctx, self } = selfOf(guard, request);
      return identity.beginPasskey(ctx, { ...self, ...request.body });
    },
  );
  app.post(
    '/bff/v1/identity/passkeys',
    {
      ...common,
      config: config('exempt: a challenge counts once'),
      schema: { tags, summary: 'Cadastra uma chave de acesso', body: NewPasskey, response: { 200: ShownOnce } },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { ctx, self } = selfOf(guard, request);
      return identity.addPasskey(ctx, { ...self, ...request.body });
    },
  );
  app.post(
    '/bff/v1/identity/passkeys/remove',
    {
      ...common,
      config: config('exempt: what is removed is gone'),
      schema: { tags, summary: 'Remove uma chave de acesso', body: GonePasskey, response: NO_CONTENT },
    },
    async (request, reply) => {
      const { ctx, self } = selfOf(guard, request);
      await identity.removePasskey(ctx, { ...self, ...request.body });
      return reply.status(204).send(null);
    },
  );
  app.post(
    '/bff/v1/identity/proof/options',
    {
      ...common,
      config: config('exempt: the newest challenge counts'),
      schema: { tags, summary: 'O que a chave de acesso assina para confirmar que é a pessoa', response: { 200: PasskeyOptions } },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { ctx, self } = selfOf(guard, request);
      return identity.askProof(ctx, self);
    },
  );
}
