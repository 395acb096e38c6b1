import { type TSchema, Type } from 'typebox';
import { Approval } from '#platform/approvals/contract.ts';
import { deskChange, deskRoute } from '#platform/desk.ts';
import type { App } from '#platform/http/app.ts';
import { Uuid } from '#platform/schemas.ts';
import type { SessionGuard } from '#platform/screens.ts';
import type { Identity } from '../index.ts';
import { AskClient, AskedClient, AskedKey, AskKey, AskWhy, ClientId, MachineClients, MachineKey, MachineKeys } from './contract.ts';

const AT = '/bff/v1/desk/identity/clients';
const tags = ['desk'];
const OfClient = Type.Object({ id: ClientId });
const OneKey = Type.Object({ id: ClientId, keyId: Uuid });
const WAITS_ONCE = 'exempt: one request about it waits at a time';

/** Machines at the desk: what there is, what is asked for and waits for another operator, and what one alone takes away. */
export function machineDeskRoutes(app: App, identity: Identity, guard: SessionGuard): void {
  const see = (summary: string, response: TSchema, params?: TSchema) => ({
    ...deskRoute(guard, 'clients:read'),
    schema: { tags, summary, ...(params ? { params } : {}), response: { 200: response } },
  });
  const ctxOf = (request: Parameters<SessionGuard['visitOf']>[0]) => guard.visitOf(request).ctx;

  app.get(AT, see('Sistemas que têm credenciais', MachineClients), (request) => identity.listClients(ctxOf(request), {}));
  app.get(`${AT}/:id/keys`, see('Chaves e segredos de um sistema', MachineKeys, OfClient), (request) =>
    identity.listKeys(ctxOf(request), { clientId: (request.params as { id: string }).id }),
  );
  app.post(
    AT,
    {
      ...deskChange(guard, 'exempt: a name is given once', 'clients:write'),
      schema: { tags, summary: 'Acrescenta um sistema, que espera aprovação', body: AskClient, response: { 201: AskedClient } },
    },
    async (request, reply) => reply.status(201).send(await identity.askClient(ctxOf(request), request.body)),
  );
  app.post(
    `${AT}/:id/disable`,
    {
      ...deskChange(guard, 'exempt: what is disabled stays so', 'clients:write'),
      schema: {
        tags,
        summary: 'Desativa um sistema, com os seus tokens e chaves, na hora',
        params: OfClient,
        response: { 200: Type.Object({}) },
      },
    },
    (request) => identity.disableClient(ctxOf(request), { clientId: request.params.id }),
  );
  app.post(
    `${AT}/:id/enable`,
    {
      ...deskChange(guard, WAITS_ONCE, 'clients:write'),
      schema: { tags, summary: 'Pede que um sistema volte a valer', params: OfClient, body: AskWhy, response: { 202: Approval } },
    },
    async (request, reply) =>
      reply.status(202).send(await identity.askClientBack(ctxOf(request), { clientId: request.params.id, ...request.body })),
  );
  app.post(
    `${AT}/:id/secret`,
    {
      ...deskChange(guard, WAITS_ONCE, 'clients:write'),
      schema: { tags, summary: 'Pede outro segredo para um sistema', params: OfClient, body: AskWhy, response: { 201: AskedKey } },
    },
    async (request, reply) =>
      reply.status(201).send(await identity.askSecret(ctxOf(request), { clientId: request.params.id, ...request.body })),
  );
  keyRoutes(app, identity, guard);
}

function keyRoutes(app: App, identity: Identity, guard: SessionGuard): void {
  const ctxOf = (request: Parameters<SessionGuard['visitOf']>[0]) => guard.visitOf(request).ctx;
  app.post(
    `${AT}/:id/keys`,
    {
      ...deskChange(guard, 'exempt: a key that nobody approves counts for nothing', 'clients:write'),
      schema: { tags, summary: 'Cria uma chave, que espera aprovação', params: OfClient, body: AskKey, response: { 201: AskedKey } },
    },
    async (request, reply) =>
      reply.status(201).send(await identity.askKey(ctxOf(request), { clientId: request.params.id, ...request.body })),
  );
  app.post(
    `${AT}/:id/keys/:keyId/rotate`,
    {
      ...deskChange(guard, WAITS_ONCE, 'clients:write'),
      schema: { tags, summary: 'Pede a chave que fica no lugar desta', params: OneKey, body: AskWhy, response: { 201: AskedKey } },
    },
    async (request, reply) => {
      const { id: clientId, keyId } = request.params;
      return reply.status(201).send(await identity.askKeyRotation(ctxOf(request), { clientId, keyId, ...request.body }));
    },
  );
  app.post(
    `${AT}/:id/keys/:keyId/revoke`,
    {
      ...deskChange(guard, 'exempt: what is revoked stays so', 'clients:write'),
      schema: { tags, summary: 'Revoga uma chave, na hora', params: OneKey, response: { 200: MachineKey } },
    },
    (request) => identity.revokeKey(ctxOf(request), { clientId: request.params.id, keyId: request.params.keyId }),
  );
}
