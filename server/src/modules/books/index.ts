import type { ModuleInstance } from '#platform/module.ts';
import { createClosing } from './closing.ts';
import { type Books, booksContract } from './contract.ts';
import type { BooksDeps } from './deps.ts';
import { createEditing } from './edit.ts';
import { movementsSubscription } from './handlers.ts';
import { booksRoutes } from './http.ts';
import { createPersonalData } from './personal-data.ts';
import { createPoster } from './posting.ts';
import { createRecording } from './record.ts';
import { createReversing } from './reverse.ts';
import { createRuleBook } from './rules.ts';
import { createShopBook } from './shop.ts';
import { createSorting } from './sort-anew.ts';
import { createEntryViews } from './views/entries.ts';
import { createListView } from './views/list.ts';
import { createTodayView } from './views/today.ts';

export type {
  Books,
  BooksContract,
  Category,
  Entry,
  EntryHistory,
  Line,
  NewCategory,
  NewEntry,
  NewPlace,
  NewStore,
  Place,
  RecordResult,
  Shop,
  Store,
} from './contract.ts';

/** A shop's books. See README.md. */
export function createBooks(deps: BooksDeps): ModuleInstance<typeof booksContract> {
  const shops = createShopBook(deps);
  const poster = createPoster(deps);
  const views = createEntryViews(deps, shops);
  const rules = createRuleBook(deps, shops);
  const parts = { shops, poster, views, rules };
  const { getShop, getClosedUntil, saveStore, savePlace, saveCategory } = shops;
  const impl: Books = {
    getShop,
    getClosedUntil,
    saveStore,
    savePlace,
    saveCategory,
    ...createRecording(deps, parts),
    listEntries: createListView(deps, parts),
    ...createTodayView(deps, parts),
    getEntry: views.getEntry,
    reverse: createReversing(deps, parts),
    ...createSorting(deps, parts),
    edit: createEditing(deps, parts),
    ...createClosing(deps, shops),
    listRules: rules.listRules,
    saveRule: rules.saveRule,
    removeRule: rules.removeRule,
    ...createPersonalData(deps),
  };
  return {
    name: 'books',
    face: { contract: booksContract, impl },
    routes: (app) => booksRoutes(app, impl),
    subscriptions: [movementsSubscription(deps, parts)],
    jobs: [poster.job],
    close: () => poster.drain(),
  };
}
