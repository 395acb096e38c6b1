import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CallContext } from '#platform/context.ts';
import { contextOf, type RouteAuth } from '#platform/http/app.ts';
import { Uuid } from '#platform/schemas.ts';
import type { SessionGuard } from '#platform/screens.ts';

type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/** How somebody comes to a shop's books: with a token and the account in the path, or with a session that names the account. Behind both stands the same. */
export type Door = {
  prefix: string;
  tag: string;
  /** What stands in every path. */
  params: Record<never, never>;
  reads: { auth: RouteAuth; hook: Hook | undefined };
  writes: { auth: RouteAuth; hook: Hook | undefined };
  on(request: FastifyRequest): { ctx: CallContext; accountId: string };
};

export const tokenDoor: Door = {
  prefix: '/v1/books/of/:accountId',
  tag: 'books',
  params: { accountId: Uuid },
  reads: { auth: { scopes: ['books:read'] }, hook: undefined },
  writes: { auth: { scopes: ['books:write'] }, hook: undefined },
  on: (request) => ({ ctx: contextOf(request), accountId: (request.params as { accountId: string }).accountId }),
};

export const sessionDoor = (guard: SessionGuard): Door => ({
  prefix: '/bff/v1/books',
  tag: 'bff',
  params: {},
  reads: { auth: 'session', hook: guard.require('books:read') },
  writes: { auth: 'session', hook: guard.require('books:write') },
  on(request) {
    const { ctx, accountId } = guard.visitOf(request);
    return { ctx, accountId };
  },
});

type Rest = { idempotency?: 'required' | `exempt: ${string}` };
/** Guards of a route behind a door. */
export const readsAt = ({ reads }: Door, account = 'see') => ({
  config: { auth: reads.auth, account },
  ...(reads.hook ? { onRequest: reads.hook } : {}),
});
export const writesAt = ({ writes }: Door, account: string, rest: Rest) => ({
  config: { auth: writes.auth, account, ...rest },
  ...(writes.hook ? { onRequest: writes.hook } : {}),
});
/** Repeated, it finds what it asks for to be so. */
export const SAME = { idempotency: 'exempt: it says what is to be so, and repeated finds it so' } as const;
