import type { I18n, Key } from '#core/i18n/i18n';
import { toMinor } from '#core/money';
import type { Day, Home } from '../../money/contract';
import { sumOf } from './chart-words';
import './texts';

export interface Kpi {
  id: 'in7' | 'out7' | 'in30' | 'out30';
  amount: bigint;
  /** Against the same span before; null where there is nothing to compare with. */
  permille: number | null;
  words: Key;
}

/** Change in tenths of a percent, rounded half away from zero; whole numbers throughout, so that no amount is too large. */
export function permilleOf(now: bigint, before: bigint): number | null {
  if (before <= 0n) return null;
  const twice = ((now - before) * 2000n) / before;
  return Number((twice + (twice < 0n ? -1n : 1n)) / 2n);
}

/** The last 7 days beside the 7 before them, and the last 30 beside the 30 before. */
export function kpisOf(days: readonly Day[], before: Home['before']): Kpi[] {
  const week = days.slice(-7);
  const weekBefore = days.slice(-14, -7);
  const kpi = (id: Kpi['id'], amount: bigint, was: bigint, words: Key): Kpi => ({ id, amount, permille: permilleOf(amount, was), words });
  return [
    kpi('in7', sumOf(week, 'inMinor'), sumOf(weekBefore, 'inMinor'), 'home.trend7'),
    kpi('out7', sumOf(week, 'outMinor'), sumOf(weekBefore, 'outMinor'), 'home.trend7'),
    kpi('in30', sumOf(days, 'inMinor'), toMinor(before.inMinor), 'home.trend30'),
    kpi('out30', sumOf(days, 'outMinor'), toMinor(before.outMinor), 'home.trend30'),
  ];
}

/** `+12,4% sobre os 7 dias anteriores`. A leap from next to nothing is not told to the tenth. */
export function trendWords(kpi: Kpi, i18n: I18n): string {
  const { permille } = kpi;
  if (permille === null) return i18n.t('home.trendNone');
  if (permille === 0) return i18n.t('home.trendSame');
  const digits = Math.abs(permille) >= 1000 ? 0 : 1;
  const p = new Intl.NumberFormat(i18n.lang(), { style: 'percent', signDisplay: 'exceptZero', maximumFractionDigits: digits }).format(
    permille / 1000,
  );
  return i18n.t(kpi.words, { p: p.replace('-', '\u2212') });
}
