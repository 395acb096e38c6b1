import cookie from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type Provider from 'oidc-provider';
import { Type } from 'typebox';
import { refusePlatform } from '#platform/errors.ts';
import { type App, callerOf, contextOf, idempotencyKeyOf } from '#platform/http/app.ts';
import { networkOf } from '#platform/http/limits.ts';
import { NewPerson, Person } from './contract.ts';
import { DEVICE_DAYS, type Devices } from './device.ts';
import { finishInteraction, type Interaction, interactionOf, requireOwnPage } from './interaction.ts';
import { mountIssuer } from './issuer/mount.ts';
import type { Login } from './login.ts';
import type { People } from './people.ts';
import type { SignUp } from './sign-up.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The log-in under way, on the two routes of its page. */
    logIn?: { interaction: Interaction; tenantId: string };
  }
}

export type IdentityRoutes = {
  provider: Provider;
  people: People;
  login: Login;
  signUp: SignUp;
  devices: Devices;
  publicUrl: string;
  formOrigins: readonly string[];
};

/** A name, a CPF, an e-mail and a password, with room. */
const BODY_LIMIT = 4 * 1024;
const Uid = Type.Object({ uid: Type.String({ minLength: 10, maxLength: 100, pattern: '^[A-Za-z0-9_-]+$' }) });
const GoOn = Type.Object({ redirectTo: Type.String() });
const Credentials = Type.Object(
  { login: Type.String({ minLength: 1, maxLength: 254 }), password: Type.String({ minLength: 1, maxLength: 256 }) },
  { additionalProperties: false, examples: [{ login: '529.982.247-25', password: 'nove cavalos azuis' }] },
);

/** Routes of identity: the issuer, the two ends of its log-in page, and people over the API. */
export async function identityRoutes(app: App, parts: IdentityRoutes): Promise<void> {
  await mountIssuer(app, parts);
  await app.register(cookie);
  logInRoutes(app, parts);
  peopleRoutes(app, parts);
}

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

function logInRoutes(app: App, { provider, login, signUp, devices, publicUrl }: IdentityRoutes): void {
  const publicOrigin = new URL(publicUrl).origin;
  const known = deviceCookie(publicUrl);
  app.decorateRequest('logIn');
  /** Before the body is read: our own page, in the browser whose log-in this is. */
  const proveBrowser = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    requireOwnPage(request, publicOrigin);
    request.logIn = await interactionOf(provider, request, reply, (request.params as { uid: string }).uid);
  };
  app.post(
    '/entrar/:uid/login',
    {
      config: { auth: 'public', idempotency: 'exempt: proving a password again changes nothing but the record of it', ratePerMinute: 120 },
      bodyLimit: BODY_LIMIT,
      onRequest: proveBrowser,
      schema: { tags: ['identity'], summary: 'Entra com CPF ou e-mail e senha', params: Uid, body: Credentials, response: { 200: GoOn } },
    },
    async (request, reply) => {
      const { interaction, tenantId } = request.logIn!;
      const device = devices.open(known.read(request));
      const attempt = { tenantId, address: networkOf(request.ip), device, ...request.body };
      const { subjectId, deviceCookie: cookie } = await login.authenticate(attempt);
      known.set(reply, cookie);
      return { redirectTo: await finishInteraction(provider, interaction, subjectId) };
    },
  );
  app.post(
    '/entrar/:uid/sign-up',
    {
      config: { auth: 'public', idempotency: 'required', ratePerMinute: 120 },
      bodyLimit: BODY_LIMIT,
      onRequest: proveBrowser,
      schema: { tags: ['identity'], summary: 'Abre a conta e entra', params: Uid, body: NewPerson, response: { 201: GoOn } },
    },
    async (request, reply) => {
      const { interaction, tenantId } = request.logIn!;
      const { subjectId, isNew } = await signUp.signUp({
        tenantId,
        clientId: String(interaction.params.client_id),
        uid: interaction.uid,
        idempotencyKey: idempotencyKeyOf(request),
        address: networkOf(request.ip),
        person: request.body,
      });
      if (!isNew) return reply.status(201).send({ redirectTo: interaction.returnTo });
      known.set(reply, devices.remember(devices.open(known.read(request)), tenantId, subjectId));
      return reply.status(201).send({ redirectTo: await finishInteraction(provider, interaction, subjectId) });
    },
  );
}

function peopleRoutes(app: App, { people }: IdentityRoutes): void {
  app.post(
    '/v1/people',
    {
      config: { auth: { scopes: ['people:write'] }, idempotency: 'required' },
      bodyLimit: BODY_LIMIT,
      schema: {
        tags: ['identity'],
        summary: 'Cadastra uma pessoa',
        body: NewPerson,
        response: { 201: Type.Object({ subjectId: Type.String() }) },
      },
    },
    async (request, reply) => reply.status(201).send(await people.registerPerson(contextOf(request), request.body)),
  );
  app.get(
    '/v1/people/me',
    {
      config: { auth: { scopes: ['people:read'] } },
      schema: { tags: ['identity'], summary: 'A pessoa a quem o token pertence', response: { 200: Person } },
    },
    async (request) => {
      const { subjectId } = callerOf(request);
      if (!subjectId)
        throw refusePlatform('PLATFORM_FORBIDDEN', {
          detail: { pt: 'Este token não é de uma pessoa.', en: "This token is not a person's." },
        });
      return people.getPerson(contextOf(request), { subjectId });
    },
  );
}
