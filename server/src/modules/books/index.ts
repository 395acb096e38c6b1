import type { ModuleInstance } from '#platform/module.ts';
import { createChanges } from './changes.ts';
import { type Books, booksContract } from './contract.ts';
import type { BooksDeps } from './deps.ts';
import { booksRoutes } from './http.ts';
import { createPersonalData } from './personal-data.ts';
import { createPoster } from './posting.ts';
import { createRecording } from './record.ts';
import { createShopBook } from './shop.ts';
import { createSorting } from './sorting.ts';
import { createEntryViews } from './views/entries.ts';
import { createReading } from './views/search.ts';

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
  const recording = createRecording(deps, { shops, poster });
  const changes = createChanges(deps, { shops, poster, views });
  const sorting = createSorting(deps, { shops, changes });
  const reading = createReading(deps, { shops, views });
  const { getShop, getClosedUntil, saveStore, savePlace, saveCategory } = shops;
  const { getEntry } = views;
  const impl: Books = {
    getShop,
    getClosedUntil,
    saveStore,
    savePlace,
    saveCategory,
    ...recording,
    ...changes,
    ...sorting,
    ...reading,
    getEntry,
    ...createPersonalData(deps),
  };
  return {
    name: 'books',
    face: { contract: booksContract, impl },
    routes: (app) => booksRoutes(app, impl),
    jobs: [poster.job],
    close: () => poster.drain(),
  };
}
