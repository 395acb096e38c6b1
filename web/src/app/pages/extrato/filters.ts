import type { StatementQuery } from '../../core/contract';

export type Period = '7' | '30' | '90' | 'tudo';
/** What the URL holds (in Portuguese, as the addresses are); absent means the usual: all directions, 30 days. */
export interface UrlFilters {
  direcao?: string | undefined;
  periodo?: string | undefined;
}
export const directionOf = (f: UrlFilters): 'all' | 'in' | 'out' =>
  f.direcao === 'entradas' ? 'in' : f.direcao === 'saidas' ? 'out' : 'all';
export const periodOf = (f: UrlFilters): Period => (f.periodo === '7' || f.periodo === '90' || f.periodo === 'tudo' ? f.periodo : '30');

const dayOf = (ms: number): string => new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Sao_Paulo' }).format(ms);

/** The query for the BFF: `from` is the first day in Brasília, today counted as one of the days. */
export function queryOf(f: UrlFilters, now: number): StatementQuery {
  const direction = directionOf(f);
  const period = periodOf(f);
  return {
    limit: 30,
    ...(direction === 'all' ? {} : { direction }),
    ...(period === 'tudo' ? {} : { from: dayOf(now - (Number(period) - 1) * 86_400_000) }),
  };
}

export interface DayGroup<L> {
  date: string;
  lines: L[];
}
/** Lines come newest first and stay so; each day of Brasília is one group. */
export function byDay<L extends { at: string }>(lines: readonly L[]): DayGroup<L>[] {
  const out: DayGroup<L>[] = [];
  for (const l of lines) {
    const date = dayOf(Date.parse(l.at));
    const last = out.at(-1);
    if (last?.date === date) last.lines.push(l);
    else out.push({ date, lines: [l] });
  }
  return out;
}
