import { dayOf } from '#core/dates';
import type { StatementQuery } from '../../money/contract';

export type Period = '7' | '30' | '90' | 'tudo' | 'datas';
/** What the URL holds (in Portuguese, as the addresses are); absent means the usual: all directions, 30 days. */
export interface UrlFilters {
  direcao?: string | undefined;
  periodo?: string | undefined;
  busca?: string | undefined;
  situacao?: string | undefined;
  de?: string | undefined;
  ate?: string | undefined;
}
export const directionOf = (f: UrlFilters): 'all' | 'in' | 'out' =>
  f.direcao === 'entradas' ? 'in' : f.direcao === 'saidas' ? 'out' : 'all';
export const periodOf = (f: UrlFilters): Period =>
  f.de || f.ate ? 'datas' : f.periodo === '7' || f.periodo === '90' || f.periodo === 'tudo' ? f.periodo : '30';
/** Payments that did not happen are a list of their own: they moved nothing. */
export const isFailedList = (f: UrlFilters): boolean => f.situacao === 'nao-concluidos';
const MAX_SEARCH = 60;
export const searchOf = (f: UrlFilters): string => (f.busca ?? '').trim().slice(0, MAX_SEARCH);
const isDate = (text: string | undefined): text is string => /^\d{4}-\d{2}-\d{2}$/.test(text ?? '');

/** The query for the BFF: `from` is the first day in Brasília, today counted as one of the days. */
export function queryOf(f: UrlFilters, now: number): Omit<StatementQuery, 'cursor' | 'limit'> {
  const direction = directionOf(f);
  const search = searchOf(f);
  return {
    ...(isFailedList(f) ? { status: 'failed' as const } : direction === 'all' ? {} : { direction }),
    ...(search ? { search } : {}),
    ...rangeOf(f, now),
  };
}

function rangeOf(f: UrlFilters, now: number): { from?: string; to?: string } {
  const period = periodOf(f);
  if (period === 'tudo') return {};
  if (period === 'datas') return { ...(isDate(f.de) ? { from: f.de } : {}), ...(isDate(f.ate) ? { to: f.ate } : {}) };
  return { from: dayOf(now - (Number(period) - 1) * 86_400_000) };
}

/** Lines of one answer. A search asks for more, since few of them match. */
export const pageSizeOf = (f: UrlFilters): number => (searchOf(f) ? 100 : 30);

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
