import type { Day } from '../../core/contract';
import type { I18n } from '../../core/i18n/i18n';
import { HIDDEN_AMOUNT, toChart, toMinor } from '../../core/money';

export interface Look {
  dark: boolean;
  hidden: boolean;
  flow: boolean;
}

const palette = (dark: boolean) =>
  dark
    ? { ink: '#a8b9b5', line: '#63d3b6', out: '#d9a441', split: '#223034', tip: '#24343a' }
    : { ink: '#4b5a56', line: '#0a5f50', out: '#b27a12', split: '#e5eae7', tip: '#12201d' };

/** The ECharts option. The tooltip is `richText`: no HTML, so it lives with a strict CSP and Trusted Types. */
export function chartOption(days: readonly Day[], look: Look, i18n: I18n) {
  const c = palette(look.dark);
  const money = (v: string) => (look.hidden ? HIDDEN_AMOUNT : i18n.money(v));
  const tip = (at: number): string => {
    const d = days[at]!;
    const head = i18n.date(d.date, { weekday: 'short', day: '2-digit', month: 'short' });
    if (!look.flow) return `${head}\n${money(d.closingMinor)}`;
    return `${head}\n${i18n.t('home.in')}: ${money(d.inMinor)}\n${i18n.t('home.out')}: ${money(d.outMinor)}`;
  };
  const balance = {
    name: i18n.t('home.modeBalance'),
    type: 'line',
    data: days.map((d) => toChart(d.closingMinor)),
    symbol: 'circle',
    symbolSize: 7,
    showSymbol: false,
    step: false,
    smooth: 0.12,
    itemStyle: { color: c.line },
    lineStyle: { width: 2.5, color: c.line },
    areaStyle: { color: c.line, opacity: look.dark ? 0.12 : 0.08 },
  };
  const bar = (name: string, color: string, data: number[]) => ({
    name,
    type: 'bar',
    stack: 'flow',
    data,
    itemStyle: { color, borderRadius: 3 },
    barMaxWidth: 14,
  });
  return {
    animation: !globalThis.matchMedia?.('(prefers-reduced-motion: reduce)').matches,
    animationDuration: 350,
    textStyle: { fontFamily: 'Inter, system-ui, sans-serif' },
    grid: { left: 4, right: 12, top: 14, bottom: 4, containLabel: true },
    tooltip: {
      trigger: 'axis',
      renderMode: 'richText',
      backgroundColor: c.tip,
      borderWidth: 0,
      padding: [8, 12],
      textStyle: { color: '#fff', fontSize: 13, lineHeight: 19 },
      axisPointer: { type: 'line', lineStyle: { color: c.ink, opacity: 0.5 } },
      formatter: (a: { dataIndex: number }[]) => (a[0] ? tip(a[0].dataIndex) : ''),
    },
    xAxis: {
      type: 'category',
      boundaryGap: look.flow,
      data: days.map((d) => i18n.date(d.date)),
      axisLine: { lineStyle: { color: c.split } },
      axisTick: { show: false },
      axisLabel: { color: c.ink, fontSize: 12, hideOverlap: true, margin: 12 },
    },
    yAxis: {
      type: 'value',
      splitNumber: 4,
      splitLine: { lineStyle: { color: c.split } },
      axisLabel: {
        color: c.ink,
        fontSize: 12,
        formatter: (v: number) => (look.hidden ? '••' : i18n.money(BigInt(Math.round(v * 100)), true)),
      },
    },
    series: look.flow
      ? [
          bar(
            i18n.t('home.in'),
            c.line,
            days.map((d) => toChart(d.inMinor)),
          ),
          bar(
            i18n.t('home.out'),
            c.out,
            days.map((d) => -toChart(d.outMinor)),
          ),
        ]
      : [balance],
  };
}

/** The chart in one sentence, for whoever does not see it. */
export function chartWords(days: readonly Day[], look: Look, i18n: I18n): string {
  const first = days[0];
  const last = days.at(-1);
  if (look.hidden || !first || !last) return i18n.t('home.chartHidden');
  const day = (d: Day) => i18n.date(d.date, { dateStyle: 'long' });
  const sum = (k: 'inMinor' | 'outMinor') => i18n.money(days.reduce((a, d) => a + toMinor(d[k]), 0n));
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
