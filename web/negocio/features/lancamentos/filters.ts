import { dayOf } from '#core/dates';
import type { EntryQuery } from '../../shop/contract';

/** What the address holds, in Portuguese as addresses are; absent means the usual: all, the last thirty days. */
export type UrlFilters = {
  periodo?: string | undefined;
  de?: string | undefined;
  ate?: string | undefined;
  busca?: string | undefined;
  /** Some of `SHOWN`, with commas. */
  mostrar?: string | undefined;
  lugar?: string | undefined;
  categoria?: string | undefined;
  estado?: string | undefined;
};
export type Period = 'hoje' | '7' | '30' | '90' | 'tudo' | 'datas';
export const SHOWN = ['entradas', 'saidas', 'transferencias', 'sem-categoria'] as const;
const PERIODS: readonly string[] = ['hoje', '7', '90', 'tudo'];
const KINDS: Record<string, 'in' | 'out' | 'transfer'> = { entradas: 'in', saidas: 'out', transferencias: 'transfer' };
const DAY_MS = 86_400_000;
const MAX_SEARCH = 60;
const isDate = (text: string | undefined): text is string => /^\d{4}-\d{2}-\d{2}$/.test(text ?? '');

export const periodOf = (f: UrlFilters): Period =>
  f.de || f.ate ? 'datas' : PERIODS.includes(f.periodo ?? '') ? (f.periodo as Period) : '30';
export const searchOf = (f: UrlFilters): string => (f.busca ?? '').trim().slice(0, MAX_SEARCH);
export const shownOf = (f: UrlFilters): string[] =>
  (f.mostrar ?? '').split(',').filter((one) => (SHOWN as readonly string[]).includes(one));
export const isFiltered = (f: UrlFilters): boolean =>
  periodOf(f) !== '30' || Boolean(searchOf(f) || f.lugar || f.categoria || f.estado) || shownOf(f).length > 0;

/** What the server is asked: the first day is counted in Brasília, with today as one of the days. */
export function queryOf(f: UrlFilters, now: number): EntryQuery {
  const shown = shownOf(f);
  const kinds = shown.flatMap((one) => KINDS[one] ?? []);
  const search = searchOf(f);
  return {
    ...rangeOf(f, now),
    ...(search ? { search } : {}),
    ...(kinds.length === 1 ? { kind: kinds[0] } : {}),
    ...(shown.includes('sem-categoria') ? { unsorted: 'true' as const } : {}),
    ...(f.lugar ? { placeId: f.lugar } : {}),
    ...(f.categoria ? { categoryId: f.categoria } : {}),
    ...(f.estado === 'refused' ? { state: 'refused' as const } : {}),
  };
}

function rangeOf(f: UrlFilters, now: number): { from?: string; to?: string } {
  const period = periodOf(f);
  if (period === 'tudo') return {};
  if (period === 'datas') return { ...(isDate(f.de) ? { from: f.de } : {}), ...(isDate(f.ate) ? { to: f.ate } : {}) };
  return { from: dayOf(now - ((period === 'hoje' ? 1 : Number(period)) - 1) * DAY_MS) };
}

export type DayGroup<E> = { date: string; entries: E[] };
/** They come newest first and stay so. */
export function byDay<E extends { date: string }>(entries: readonly E[]): DayGroup<E>[] {
  const out: DayGroup<E>[] = [];
  for (const entry of entries) {
    const last = out.at(-1);
    if (last?.date === entry.date) last.entries.push(entry);
    else out.push({ date: entry.date, entries: [entry] });
  }
  return out;
}
