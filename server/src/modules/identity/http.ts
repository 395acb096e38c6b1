import cookie from '@fastify/cookie';
import { Type } from 'typebox';
import { refusePlatform } from '#platform/errors.ts';
import { type App, callerOf, contextOf } from '#platform/http/app.ts';
import { NewPerson, Person } from './contract.ts';
import { type LogInRoutes, logInRoutes } from './http-log-in.ts';
import { mountIssuer } from './issuer/mount.ts';
import { type MachineRoutes, machineRoutes } from './machines/http.ts';
import type { People } from './people.ts';

export type IdentityRoutes = LogInRoutes & MachineRoutes & { people: People; formOrigins: readonly string[] };

/** A name, a CPF, an e-mail and a password, with room. */
const BODY_LIMIT = 4 * 1024;

/** Routes of identity: the issuer, the two ends of its log-in page, and people over the API. */
export async function identityRoutes(app: App, parts: IdentityRoutes): Promise<void> {
  await mountIssuer(app, parts);
  await app.register(cookie);
  logInRoutes(app, parts);
  peopleRoutes(app, parts);
  machineRoutes(app, parts);
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
