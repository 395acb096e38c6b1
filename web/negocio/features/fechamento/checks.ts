import './texts';
import type { Key } from '#core/i18n/i18n';
import type { Closing } from '../../shop/contract';

/** What waits before a day is closed, as a line of the checklist. */
export type Check = { key: Key; count: number; blocks: boolean; to: string | null; query?: Record<string, string> };

type Known = Omit<Check, 'count' | 'blocks'>;
const OWN: Record<string, Known> = {
  'books.unsorted': { key: 'closing.check.books.unsorted', to: '/lancamentos', query: { mostrar: 'sem-categoria', periodo: 'tudo' } },
  'books.waiting': { key: 'closing.check.books.waiting', to: null },
  'books.refused': { key: 'closing.check.books.refused', to: '/lancamentos', query: { estado: 'refused', periodo: 'tudo' } },
};
/** Of other modules: where one looks after whatever they name. */
const OF_MODULE: Record<string, Known> = {
  drawers: { key: 'closing.check.drawers', to: '/caixa' },
  banks: { key: 'closing.check.banks', to: '/conciliacao' },
  cards: { key: 'closing.check.cards', to: '/cartoes' },
  titles: { key: 'closing.check.titles', to: '/titulos' },
};
const ELSEWHERE: Known = { key: 'closing.check.other', to: null };

/** Lines in the order told, those that hold up the closing first; of one module and kind one line. */
export function checksOf(checklist: Closing['checklist'], also: { device: number; openDrawers: number }): Check[] {
  const told = checklist.map(
    ({ kind, count, blocks }): Check => ({ ...(OWN[kind] ?? OF_MODULE[kind.split('.')[0]!] ?? ELSEWHERE), count, blocks }),
  );
  const named = new Set(told.map(({ key }) => key));
  const own: Check[] = [
    { key: 'closing.check.device', count: also.device, blocks: true, to: '/lancar' },
    // Where the module of drawers has told of them itself, they stand in the list already.
    { ...OF_MODULE.drawers!, count: named.has('closing.check.drawers') ? 0 : also.openDrawers, blocks: false },
  ];
  return [...own, ...told].filter(({ count }) => count > 0).toSorted((a, b) => Number(b.blocks) - Number(a.blocks));
}
