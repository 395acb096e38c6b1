import type { Face } from '#platform/face/contract.ts';
import type { ModuleInstance, PlatformDeps } from '#platform/module.ts';
import { createBookingDriver } from './bookings.ts';
import { type TitlesContract, titlesContract } from './contract.ts';
import { createCounterparties } from './counterparties.ts';
import { type AccessPort, type BooksPort, MODULE } from './deps.ts';
import { titlesRoutes } from './http.ts';
import { recurrencesJob } from './occurrences.ts';
import { createPersonalData } from './personal-data.ts';
import { createReading } from './reading.ts';
import { createRules } from './rules.ts';
import { createSettling } from './settling.ts';
import { createTitleBook } from './titles.ts';

export type { Expected, Titles, TitlesContract } from './contract.ts';

/** What a shop has to pay and to receive. See README.md. */
export function createTitles(deps: PlatformDeps & { accounts: AccessPort; books: BooksPort }): ModuleInstance<TitlesContract> {
  const driver = createBookingDriver(deps);
  const book = createTitleBook(deps, driver);
  const impl: Face<TitlesContract> = {
    createTitles: book.createTitles,
    changeTitle: book.changeTitle,
    cancelTitle: book.cancelTitle,
    ...createReading(deps),
    ...createSettling(deps, driver),
    ...rulesFace(deps, book, driver),
    ...createCounterparties(deps),
    ...createPersonalData(deps),
  };
  return {
    name: MODULE,
    face: { contract: titlesContract, impl },
    routes: (app) => titlesRoutes(app, impl),
    jobs: [driver.job, recurrencesJob(deps)],
  };
}

function rulesFace(...parts: Parameters<typeof createRules>) {
  const { createRule, changeRule, endRule, listRules, previewRule } = createRules(...parts);
  return { createRule, changeRule, endRule, listRules, previewRule };
}
