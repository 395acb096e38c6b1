import type { CallContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import { refusePlatform } from '#platform/errors.ts';
import { derivedId } from '#platform/id.ts';
import { bodyText, once } from '#platform/idempotency.ts';
import type { BooksDeps } from './deps.ts';
import { refuseBooks } from './errors.ts';
import { isThere, type Thing } from './store/shops.ts';

export type Mode = 'new' | 'known' | undefined;
type Asked<A> = { thing: Thing; accountId: string; asked: A; mode: Mode };

/** Saves one of the things that a shop's books consist of: under the id it has, or, a new one, once for the idempotency key of the request. */
export function createSaving({ db, vault }: Pick<BooksDeps, 'db' | 'vault'>) {
  return async <A extends { id: string }, S>(
    { tenantId, actor, idempotencyKey: key }: CallContext,
    { thing, accountId, asked, mode }: Asked<A>,
    write: (tx: Tx, id: string) => Promise<S>,
  ): Promise<S> => {
    const scope = { module: 'books', tenants: [tenantId] };
    if (mode !== 'new')
      return db.tx(scope, async (tx) => {
        if (mode === 'known' && !(await isThere(tx, tenantId, { thing, accountId, id: asked.id }))) throw refuseBooks('BOOKS_NOT_FOUND');
        return write(tx, asked.id);
      });
    if (key === undefined) throw refusePlatform('PLATFORM_IDEMPOTENCY_KEY_REQUIRED');
    const route = `POST /v1/books/of/{accountId}/${thing}`;
    const id = derivedId('books.made', tenantId, actor.id, thing, key);
    // Names may be people's: of what was asked only a keyed hash is kept.
    const body = vault.lookupHash(tenantId, route, bodyText({ accountId, ...asked, id })).toString('hex');
    const answer = await db.tx(scope, (tx) =>
      once(tx, { tenantId, principal: actor.id, route, key, body }, async () => ({ status: 201, body: await write(tx, id) })),
    );
    return answer.body as S;
  };
}
