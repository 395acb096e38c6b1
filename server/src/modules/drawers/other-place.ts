import type { CallContext } from '#platform/context.ts';
import type { DrawersDeps } from './deps.ts';
import { refuseDrawers } from './errors.ts';

type Asked = { accountId: string; place: string | undefined };

/**
 * Where cash of a drawer comes from or goes to is no drawer: what passes between two goes through the safe, so that each of them is told of its own part.
 * What the shop does not have is left to the books, which refuse it. @throws DRAWERS_PLACE_IS_DRAWER
 */
export async function assertNoDrawer(deps: DrawersDeps, ctx: CallContext, asked: Asked): Promise<void> {
  if ((await placeNamed(deps, ctx, asked))?.kind === 'drawer') throw refuseDrawers('DRAWERS_PLACE_IS_DRAWER');
}

/** As `assertNoDrawer`, and the shop has it: asked where an opening should not be left without its other side. @throws DRAWERS_PLACE_UNKNOWN */
export async function assertSource(deps: DrawersDeps, ctx: CallContext, asked: Asked): Promise<void> {
  if (asked.place === undefined) return;
  const found = await placeNamed(deps, ctx, asked);
  if (!found || found.archived) throw refuseDrawers('DRAWERS_PLACE_UNKNOWN');
  if (found.kind === 'drawer') throw refuseDrawers('DRAWERS_PLACE_IS_DRAWER');
}

/** By its id, or by the key of one that came with the books. */
async function placeNamed({ books }: DrawersDeps, ctx: CallContext, { accountId, place }: Asked) {
  if (place === undefined) return undefined;
  const { places } = await books.getShop(ctx, { accountId });
  return places.find(({ id, key }) => id === place || key === place);
}
