import type { FastifyReply, FastifyRequest } from 'fastify';
import type Provider from 'oidc-provider';
import { Type } from 'typebox';
import { refusePlatform } from '#platform/errors.ts';
import { type App, idempotencyKeyOf } from '#platform/http/app.ts';
import { languageOf } from '#platform/http/language.ts';
import { networkOf } from '#platform/http/limits.ts';
import { NO_CONTENT } from '#platform/http/problem.ts';
import { NewPerson, PasskeyAnswer, PasskeyOptions } from './contract.ts';
import { DEVICE_DAYS, type Devices } from './device.ts';
import type { DevicesSeen } from './devices-seen.ts';
import { type FactorPolicy, NO_FACTORS } from './domain/factors.ts';
import { ANEW, advance } from './domain/log-in.ts';
import type { Realm } from './domain/realm.ts';
import { finishInteraction, type Interaction, interactionOf, requireOwnPage } from './interaction.ts';
import type { Login } from './login.ts';
import type { PasswordReset } from './mailed/password-reset.ts';
import type { PasskeyLogIn } from './passkey-log-in.ts';
import type { Done, SecondFactor } from './second-factor.ts';
import type { SignUp } from './sign-up.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The log-in under way, on the routes of its page. */
    logIn?: { interaction: Interaction; tenantId: string; realm: Realm };
  }
}

export type LogInRoutes = {
  /** The issuer of this moment. */
  issuer: () => Promise<Provider>;
  login: Login;
  secondFactor: SecondFactor;
  passkey: PasskeyLogIn;
  signUp: SignUp;
  reset: PasswordReset;
  policy: FactorPolicy;
  devices: Devices;
  devicesSeen: DevicesSeen;
  publicUrl: string;
};

/** A name, a CPF, an e-mail and a password, with room. */
const BODY_LIMIT = 4 * 1024;
const PASSKEY_LIMIT = 24 * 1024;
const tags = ['identity'];
const closed = { additionalProperties: false } as const;
const Uid = Type.Object({ uid: Type.String({ minLength: 10, maxLength: 100, pattern: '^[A-Za-z0-9_-]+$' }) });
const GoOn = Type.Object({ redirectTo: Type.String() });
const Ways = Type.Array(Type.Enum(['passkey', 'totp', 'recovery-code']));
/** Where the browser goes on, or how a second factor can be given: the way that is asked first in front. */
const Next = Type.Object({ redirectTo: Type.Optional(Type.String()), ways: Type.Optional(Ways) });
const Credentials = Type.Object(
  { login: Type.String({ minLength: 1, maxLength: 254 }), password: Type.String({ minLength: 1, maxLength: 256 }) },
  { ...closed, examples: [{ login: '529.982.247-25', password: 'nove cavalos azuis' }] },
);
const SecondStepBody = Type.Object(
  { by: Type.Enum(['totp', 'recovery-code']), code: Type.String({ minLength: 1, maxLength: 40 }) },
  { ...closed, examples: [{ by: 'totp', code: '123456' }] },
);
const ResetBody = Type.Object(
  { login: Type.String({ minLength: 1, maxLength: 254 }) },
  { ...closed, examples: [{ login: '529.982.247-25' }] },
);
const NewPasswordBody = Type.Object(
  { code: Type.String({ minLength: 1, maxLength: 40 }), password: Type.String({ minLength: 1, maxLength: 256 }) },
  { ...closed, examples: [{ code: '7K2M-9XQ4', password: 'dez barcos no cais' }] },
);
const PasskeyBody = Type.Object({ response: PasskeyAnswer }, closed);
const config = (why: `exempt: ${string}`) => ({ auth: 'public', idempotency: why, ratePerMinute: 120 }) as const;

/** The cookie of browsers that somebody has logged in with before. Only the log-in page gets it back. */
function deviceCookie(publicUrl: string) {
  const secure = publicUrl.startsWith('https:');
  const name = secure ? '__Secure-lastro-navegador' : 'lastro-navegador';
  const options = { httpOnly: true, secure, sameSite: 'strict', path: '/entrar', maxAge: DEVICE_DAYS * 86_400 } as const;
  return {
    read: (request: FastifyRequest): string | undefined => request.cookies[name],
    set: (reply: FastifyReply, value: string) => reply.setCookie(name, value, options),
  };
}

/** A log-in that is through, with the cookie by which its browser is known from now on. */
type Through = { done: Done; cookie: string; isSignUp?: boolean };

/** What the routes of one log-in page have in common. */
function pageOf({ issuer, devices, devicesSeen, publicUrl }: LogInRoutes) {
  const publicOrigin = new URL(publicUrl).origin;
  const known = deviceCookie(publicUrl);
  return {
    /** Before the body is read: our own page, in the browser whose log-in this is. */
    async proveBrowser(request: FastifyRequest, reply: FastifyReply): Promise<void> {
      requireOwnPage(request, publicOrigin);
      request.logIn = await interactionOf(await issuer(), request, reply, (request.params as { uid: string }).uid);
    },
    deviceOf: (request: FastifyRequest) => devices.open(known.read(request)),
    /** The browser is known from now on, and goes on to the issuer. */
    async finish(request: FastifyRequest, reply: FastifyReply, through: Through): Promise<{ redirectTo: string }> {
      const { done, cookie, isSignUp = false } = through;
      const { tenantId, realm, interaction } = request.logIn!;
      const [before, device] = [devices.open(known.read(request)), devices.open(cookie)!];
      const userAgent = request.headers['user-agent'];
      const deviceId = await devicesSeen.arrive({ tenantId, realm, done, isSignUp, before, device, userAgent });
      known.set(reply, cookie);
      return { redirectTo: await finishInteraction(await issuer(), interaction, done, deviceId) };
    },
  };
}

type Page = ReturnType<typeof pageOf>;

/** The ends of the log-in page: each step asks for the log-in's own cookie, and its state is here. */
export function logInRoutes(app: App, parts: LogInRoutes): void {
  app.decorateRequest('logIn');
  const page = pageOf(parts);
  passwordRoute(app, parts, page);
  secondFactorRoutes(app, parts, page);
  passkeyRoutes(app, parts, page);
  resetRoutes(app, parts, page);
  signUpRoute(app, parts, page);
}

function passwordRoute(app: App, { login }: LogInRoutes, { proveBrowser, deviceOf, finish }: Page): void {
  app.post(
    '/entrar/:uid/login',
    {
      config: config('exempt: proving a password again changes nothing but the record of it'),
      bodyLimit: BODY_LIMIT,
      onRequest: proveBrowser,
      schema: { tags, summary: 'Entra com CPF ou e-mail e senha', params: Uid, body: Credentials, response: { 200: Next } },
    },
    async (request, reply) => {
      const { interaction, tenantId, realm } = request.logIn!;
      const attempt = { tenantId, realm, uid: interaction.uid, address: networkOf(request.ip), device: deviceOf(request), ...request.body };
      const outcome = await login.authenticate(attempt);
      if (!('deviceCookie' in outcome)) return { ways: outcome.state.ways };
      return finish(request, reply, { done: outcome.state, cookie: outcome.deviceCookie });
    },
  );
}

function secondFactorRoutes(app: App, { secondFactor }: LogInRoutes, { proveBrowser, deviceOf, finish }: Page): void {
  app.post(
    '/entrar/:uid/second-factor',
    {
      config: config('exempt: a code counts once'),
      bodyLimit: BODY_LIMIT,
      onRequest: proveBrowser,
      schema: { tags, summary: 'Segunda etapa de entrar', params: Uid, body: SecondStepBody, response: { 200: GoOn } },
    },
    async (request, reply) => {
      const { interaction, tenantId, realm } = request.logIn!;
      const { by, code: typed } = request.body;
      const step = { tenantId, realm, uid: interaction.uid, address: networkOf(request.ip), device: deviceOf(request), by, typed } as const;
      const { done, deviceCookie: cookie } = await secondFactor.give(step);
      return finish(request, reply, { done, cookie });
    },
  );
  app.post(
    '/entrar/:uid/state',
    {
      config: config('exempt: it is only asked'),
      bodyLimit: BODY_LIMIT,
      onRequest: proveBrowser,
      schema: { tags, summary: 'Em que etapa de entrar se está', params: Uid, response: { 200: Next } },
    },
    async (request) => {
      const { interaction, tenantId } = request.logIn!;
      const owed = await secondFactor.owed(tenantId, interaction.uid);
      return owed ? { ways: owed.ways } : {};
    },
  );
}

function passkeyRoutes(app: App, { passkey }: LogInRoutes, { proveBrowser, deviceOf, finish }: Page): void {
  app.post(
    '/entrar/:uid/passkey/options',
    {
      config: config('exempt: the newest challenge counts'),
      bodyLimit: BODY_LIMIT,
      onRequest: proveBrowser,
      schema: { tags, summary: 'O que a chave de acesso assina', params: Uid, response: { 200: PasskeyOptions } },
    },
    async (request, reply) => {
      const { interaction, tenantId } = request.logIn!;
      reply.header('cache-control', 'no-store');
      return { options: await passkey.ask(tenantId, interaction.uid) };
    },
  );
  app.post(
    '/entrar/:uid/passkey',
    {
      config: config('exempt: a challenge counts once'),
      bodyLimit: PASSKEY_LIMIT,
      onRequest: proveBrowser,
      schema: { tags, summary: 'Entra com chave de acesso', params: Uid, body: PasskeyBody, response: { 200: GoOn } },
    },
    async (request, reply) => {
      const { interaction, tenantId, realm } = request.logIn!;
      const given = { tenantId, realm, uid: interaction.uid, device: deviceOf(request), response: request.body.response };
      const { done, deviceCookie: cookie } = await passkey.give(given);
      return finish(request, reply, { done, cookie });
    },
  );
}

function resetRoutes(app: App, { reset }: LogInRoutes, { proveBrowser }: Page): void {
  app.post(
    '/entrar/:uid/reset',
    {
      config: config('exempt: the newest code counts'),
      bodyLimit: BODY_LIMIT,
      onRequest: proveBrowser,
      schema: { tags, summary: 'Pede um código para uma senha nova', params: Uid, body: ResetBody, response: NO_CONTENT },
    },
    async (request, reply) => {
      const { interaction, tenantId, realm } = request.logIn!;
      // An operator's password is another operator's matter.
      if (realm === 'operator') throw refusePlatform('PLATFORM_FORBIDDEN');
      const [address, language] = [networkOf(request.ip), languageOf(request.headers['accept-language'])];
      await reset.ask({ tenantId, uid: interaction.uid, address, language, ...request.body });
      return reply.status(204).send(null);
    },
  );
  app.post(
    '/entrar/:uid/reset/finish',
    {
      config: config('exempt: a code counts once'),
      bodyLimit: BODY_LIMIT,
      onRequest: proveBrowser,
      schema: { tags, summary: 'Troca a senha pelo código do e-mail', params: Uid, body: NewPasswordBody, response: NO_CONTENT },
    },
    async (request, reply) => {
      const { interaction, tenantId } = request.logIn!;
      const { code, password: next } = request.body;
      await reset.finish({ tenantId, uid: interaction.uid, code, next });
      return reply.status(204).send(null);
    },
  );
}

function signUpRoute(app: App, { signUp, policy, devices }: LogInRoutes, { proveBrowser, deviceOf, finish }: Page): void {
  app.post(
    '/entrar/:uid/sign-up',
    {
      config: { auth: 'public', idempotency: 'required', ratePerMinute: 120 },
      bodyLimit: BODY_LIMIT,
      onRequest: proveBrowser,
      schema: { tags, summary: 'Abre a conta e entra', params: Uid, body: NewPerson, response: { 201: GoOn } },
    },
    async (request, reply) => {
      const { interaction, tenantId, realm } = request.logIn!;
      // Operators are made by operators.
      if (realm === 'operator') throw refusePlatform('PLATFORM_FORBIDDEN');
      const { subjectId, isNew } = await signUp.signUp({
        tenantId,
        clientId: String(interaction.params.client_id),
        uid: interaction.uid,
        idempotencyKey: idempotencyKeyOf(request),
        address: networkOf(request.ip),
        language: languageOf(request.headers['accept-language']),
        person: request.body,
      });
      if (!isNew) return reply.status(201).send({ redirectTo: interaction.returnTo });
      const state = advance(ANEW, { by: 'password', subjectId, factors: NO_FACTORS, policy });
      if (state?.step !== 'done') throw new Error('a new person owes no second factor');
      const cookie = devices.remember(deviceOf(request), tenantId, subjectId);
      return reply.status(201).send(await finish(request, reply, { done: state, cookie, isSignUp: true }));
    },
  );
}
