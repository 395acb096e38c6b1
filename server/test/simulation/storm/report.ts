/** How everything ended, by manner, as a table for people. */
import type { Reckoning } from './reckon.ts';
import type { Sent } from './traffic.ts';

export type Figures = {
  payments: Map<string, Map<string, number>>;
  arrivals: Map<string, Map<string, number>>;
};

/** One of a pair counts for each of the two, apart from what met it alone. */
export function countEnds(sent: Sent, reckoning: Reckoning, endToEndIds: ReadonlyMap<string, string>): Figures {
  const figures: Figures = { payments: new Map(), arrivals: new Map() };
  for (const [id, { manners }] of sent.payments) {
    count(figures.payments, manners, reckoning.payments.get(endToEndIds.get(id) ?? '') ?? 'lost');
  }
  for (const [id, { manners, to }] of sent.arrivals) {
    const where = typeof to === 'number' ? '' : to === 'closed' ? ' (closed account)' : ' (nobody’s key)';
    count(figures.arrivals, manners + where, reckoning.arrivals.get(id) ?? 'unknown here');
  }
  return figures;
}

function count(table: Map<string, Map<string, number>>, manners: string, end: string): void {
  const [one, other] = manners.split(' + ');
  const rows = other === undefined ? [manners] : [`${one} (with another)`, `${other} (with another)`];
  for (const name of rows) {
    const row = table.get(name) ?? new Map<string, number>();
    row.set(end, (row.get(end) ?? 0) + 1);
    table.set(name, row);
  }
}

/** A table in Markdown: a row a manner, a column an end. */
export function renderTable(title: string, table: Figures['payments']): string {
  const ends = [...new Set([...table.values()].flatMap((row) => [...row.keys()]))].sort();
  const lines = [...table].sort(([one], [other]) => one.localeCompare(other));
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [
    row([title, ...ends]),
    row(['---', ...ends.map(() => '---:')]),
    ...lines.map(([name, counts]) => row([name, ...ends.map((end) => counts.get(end) ?? '')])),
  ].join('\n');
}
