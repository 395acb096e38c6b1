import type { FastifyRequest } from 'fastify';
import { type TObject, type TProperties, Type } from 'typebox';
import type { CallContext } from '../context.ts';
import { Uuid } from '../schemas.ts';
import type { SessionGuard } from '../screens.ts';
import { contextOf } from './app.ts';

/**
 * How routes about one account are reached: by a token, with the account in the path, or by a browser's session, with the account in a header. A module whose screens
 * ask and do just what its API does writes its routes once and registers them at both doors.
 */
export type Door = {
  base: string;
  tags: string[];
  /** What stands in every path. */
  inPath: TProperties;
  asks(scope: string): { auth: { scopes: readonly string[] } | 'session' };
  onRequest(scope: string): { onRequest?: ReturnType<SessionGuard['require']> };
  whose(request: FastifyRequest): { ctx: CallContext; accountId: string };
};

/** `/v1/titles/of/:accountId/…` */
export const tokenDoor = (name: string): Door => ({
  base: `/v1/${name}/of/:accountId`,
  tags: [name],
  inPath: { accountId: Uuid },
  asks: (scope) => ({ auth: { scopes: [scope] } }),
  onRequest: () => ({}),
  whose: (request) => ({ ctx: contextOf(request), accountId: (request.params as { accountId: string }).accountId }),
});

/** `/bff/v1/titles/…` */
export const sessionDoor = (name: string, guard: SessionGuard): Door => ({
  base: `/bff/v1/${name}`,
  tags: ['bff'],
  inPath: {},
  asks: () => ({ auth: 'session' }),
  onRequest: (scope) => ({ onRequest: guard.require(scope) }),
  whose(request) {
    const { ctx, accountId } = guard.visitOf(request);
    return { ctx, accountId };
  },
});

/** The path parameters of a route, beside those of its door. */
export const paramsOf = <P extends TProperties>(door: Door, params: P) =>
  Type.Object({ ...params, ...door.inPath }) as unknown as TObject<P>;
