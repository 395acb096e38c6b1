import type { I18n } from '#core/i18n/i18n';
import { toMinor } from '#core/money';
import type { Look } from '#ui/chart/days';
import type { Day } from '../../money/contract';
import './texts';

export const sumOf = (days: readonly Day[], k: 'inMinor' | 'outMinor'): bigint => days.reduce((a, d) => a + toMinor(d[k]), 0n);

/** The chart in one sentence, for whoever does not see it. */
export function chartWords(days: readonly Day[], look: Look, i18n: I18n): string {
  const first = days[0];
  const last = days.at(-1);
  if (look.hidden || !first || !last) return i18n.t('home.chartHidden');
  const day = (d: Day) => i18n.date(d.date, { dateStyle: 'long' });
  const sum = (k: 'inMinor' | 'outMinor') => i18n.money(sumOf(days, k));
  if (look.flow) return i18n.t('home.flowAria', { a: day(first), b: day(last), vin: sum('inMinor'), vout: sum('outMinor') });
  const by = (better: (a: bigint, b: bigint) => boolean) =>
    days.reduce((m, d) => (better(toMinor(d.closingMinor), toMinor(m.closingMinor)) ? d : m), first);
  const min = by((a, b) => a < b);
  const max = by((a, b) => a > b);
  return i18n.t('home.chartAria', {
    a: day(first),
    b: day(last),
    v0: i18n.money(first.closingMinor),
    v1: i18n.money(last.closingMinor),
    min: i18n.money(min.closingMinor),
    dmin: day(min),
    max: i18n.money(max.closingMinor),
    dmax: day(max),
  });
}
