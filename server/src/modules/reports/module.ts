import { defineModule, mayUse, need } from '#platform/manifest.ts';
import { reportsContract } from './contract.ts';
import type { BooksPort, DaysPort, TitlesPort } from './deps.ts';
import { refuseReports } from './errors.ts';

export default defineModule({
  name: 'reports',
  floor: 7,
  about: 'DRE, cash flow by payment, forecast: what a shop’s books say, and what is to come',
  folder: import.meta.dirname,
  needs: { books: need<BooksPort>(), cashflow: need<DaysPort>(), titles: mayUse<TitlesPort>() },
  contract: reportsContract,
  personalData: { none: 'It keeps amounts a day of a shop’s account, made from events of books and titles that carry no word of anybody.' },
  errors: refuseReports.specs,
  publicPaths: ['/v1/reports'],
  scopes: { 'reports:read': 'person' },
  async screens({ face, guard }) {
    return (await import('./bff.ts')).reportsScreens({ face, guard });
  },
  async create({ faces, ...deps }) {
    const { createReports } = await import('./index.ts');
    return createReports({ ...deps, ...faces, cards: undefined });
  },
});
