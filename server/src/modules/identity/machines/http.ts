import { Type } from 'typebox';
import { refusePlatform } from '#platform/errors.ts';
import { type App, type Caller, callerOf, contextOf, idempotencyKeyOf } from '#platform/http/app.ts';
import { once } from '#platform/idempotency.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { Uuid } from '#platform/schemas.ts';
import { refuse } from '../errors.ts';
import { ClientId, MachineKeys as Keys, MachineKey, MadeKey as Made, NewMachineKey, Rotation, USUAL_DAYS } from './contract.ts';
import { type MachineKeys, type MadeKey, refuseScopes, type ShownKey } from './keys.ts';

const READ = { scopes: ['clients:read'] };
const WRITE = { scopes: ['clients:write'] };
/** A key belongs to a client, whatever accounts the client acts on. */
const account = 'none: a key is its client’s';
const BODY_LIMIT = 8 * 1024;
const tags = ['identity'];
const OfClient = Type.Object({ clientId: ClientId });
const OneKey = Type.Object({ clientId: ClientId, keyId: Uuid });

export type MachineRoutes = { db: PlatformDeps['db']; machineKeys: MachineKeys };

/** Keys of machines over the API: a client sees, makes and revokes its own, makes them with less than it may, and never with a key. */
export function machineRoutes(app: App, { db, machineKeys }: MachineRoutes): void {
  const within = (caller: Caller) => ({ module: 'identity', tenants: [caller.tenantId] });

  /** One key, however often it is asked for under one Idempotency-Key; what is shown once is in no table, and comes out again of the key it was asked with. */
  async function makeOnce(request: Parameters<typeof contextOf>[0] & { caller?: Caller }, route: string, body: unknown, make: Make) {
    const { tenantId, actor } = contextOf(request);
    const key = idempotencyKeyOf(request);
    const answer = await db.tx(within(callerOf(request)), (tx) =>
      once(tx, { tenantId, principal: actor.id, route, key, body }, async () => {
        const { row } = await make(tx, { by: actor, counts: true, seed: key });
        return { status: 201, body: machineKeys.show(row) };
      }),
    );
    const shown = answer.body as ShownKey;
    return { key: shown, secret: machineKeys.textOf({ tenantId, keyId: shown.keyId, kind: shown.kind }, key) };
  }

  app.get(
    '/v1/clients/:clientId/keys',
    {
      config: { auth: READ, account },
      schema: { tags, summary: 'Chaves de um sistema, as que já não valem entre elas', params: OfClient, response: { 200: Keys } },
    },
    async (request) => {
      const { clientId } = request.params;
      const { tenantId } = await ofItself(callerOf(request), clientId);
      return { keys: await machineKeys.list(tenantId, clientId) };
    },
  );
  app.post(
    '/v1/clients/:clientId/keys',
    {
      config: { auth: WRITE, account, idempotency: 'required' },
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Cria uma chave do próprio sistema; ela é mostrada só aqui',
        params: OfClient,
        body: NewMachineKey,
        response: { 201: Made },
      },
    },
    async (request, reply) => {
      const { clientId } = request.params;
      const { networks = [], expiresInDays = USUAL_DAYS, ...given } = request.body;
      const { tenantId, scopes } = await byToken(callerOf(request), clientId);
      const foreign = given.scopes.filter((one) => !scopes.has(one));
      if (foreign.length > 0) throw refuseScopes(foreign);
      const body = { clientId, ...request.body };
      const made = await makeOnce(request, 'POST /v1/clients/:clientId/keys', body, (tx, making) =>
        machineKeys.make(tx, tenantId, clientId, { ...given, networks, expiresInDays }, making),
      );
      return reply.status(201).send(made);
    },
  );
  app.post(
    '/v1/clients/:clientId/keys/:keyId/rotate',
    {
      config: { auth: WRITE, account, idempotency: 'required' },
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Cria a chave que fica no lugar desta, que ainda vale um dia',
        params: OneKey,
        body: Rotation,
        response: { 201: Made },
      },
    },
    async (request, reply) => {
      const { clientId, keyId } = request.params;
      const { tenantId, scopes } = await byToken(callerOf(request), clientId);
      const { expiresInDays } = request.body;
      const body = { clientId, keyId, expiresInDays };
      const made = await makeOnce(request, 'POST /v1/clients/:clientId/keys/:keyId/rotate', body, async (tx, making) => {
        const next = await machineKeys.rotate(tx, tenantId, clientId, keyId, making, expiresInDays);
        const foreign = next.row.scopes.filter((one) => !scopes.has(one));
        if (foreign.length > 0) throw refuseScopes(foreign);
        return next;
      });
      return reply.status(201).send(made);
    },
  );
  app.delete(
    '/v1/clients/:clientId/keys/:keyId',
    {
      config: { auth: WRITE, account, idempotency: 'exempt: what is revoked stays so' },
      schema: { tags, summary: 'Revoga uma chave, na hora e em todo lugar', params: OneKey, response: { 200: MachineKey } },
    },
    async (request) => {
      const { clientId, keyId } = request.params;
      const { tenantId, actor } = await ofItself(callerOf(request), clientId);
      return db.tx(within(callerOf(request)), (tx) => machineKeys.revoke(tx, tenantId, clientId, keyId, actor));
    },
  );

  /** Whose keys they are sees and changes them, and no other client: one could act as another, or shut it out. */
  async function ofItself(caller: Caller, clientId: string): Promise<Caller> {
    if (caller.actor.kind !== 'service') throw refusePlatform('PLATFORM_FORBIDDEN');
    if (caller.clientId !== clientId) {
      // To another tenant it does not exist.
      await machineKeys.list(caller.tenantId, clientId);
      throw refuse('IDENTITY_KEY_OF_ANOTHER');
    }
    return caller;
  }

  /** Who makes a key is the client itself, by a token: a stolen key would otherwise outlive its own end. */
  async function byToken(caller: Caller, clientId: string): Promise<Caller> {
    await ofItself(caller, clientId);
    if (caller.keyId) throw refuse('IDENTITY_KEY_MAKES_NO_KEY');
    return caller;
  }
}

type Make = (tx: Parameters<MachineKeys['make']>[0], making: Parameters<MachineKeys['make']>[4]) => Promise<MadeKey>;
