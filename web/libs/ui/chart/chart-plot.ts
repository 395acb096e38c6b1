import { area, curveMonotoneX, line } from 'd3-shape';
import { toChart } from '#core/money';
import { type Axis, axisOf, labelled } from './chart-axis';
import { cutAbove } from './chart-scale';
import type { ChartDay } from './days';

export interface Frame {
  width: number;
  height: number;
  date: (isoDay: string) => string;
  /** A short text for an amount in reais. */
  money: (amount: number) => string;
}
export interface Plot {
  left: number;
  right: number;
  top: number;
  bottom: number;
  /** Where each day stands. */
  xs: number[];
  ys: number[];
  ticks: { y: number; text: string; zero: boolean }[];
  dates: { x: number; text: string }[];
  line: string | null;
  area: string | null;
  dot: { x: number; y: number } | null;
  bars: { kind: 'in' | 'out'; d: string }[];
  /** Bars that go on beyond the edge, with their amounts. */
  cuts: { x: number; tx: number; ty: number; anchor: 'start' | 'end'; d: string; text: string }[];
}

const TOP = 18;
const FOOT = 30;
const CHARACTER_PX = 6.6;
const DATE_PX = 62;
const BAR_MOST_PX = 18;

/** Left edge, axis and dates, the same for both pictures. `inset` keeps half a bar or a dot inside. */
function base(days: readonly ChartDay[], frame: Frame, amounts: readonly number[]): { plot: Plot; axis: Axis; step: number } {
  const height = frame.height - TOP - FOOT;
  const axis = axisOf(amounts, height);
  const texts = axis.ticks.map((v) => frame.money(v));
  const left = Math.ceil(Math.max(...texts.map((t) => t.length)) * CHARACTER_PX) + 10;
  const right = frame.width - 4;
  const step = (right - left) / days.length;
  const xs = days.map((_, i) => left + step * (i + 0.5));
  const plot: Plot = {
    left,
    right,
    top: TOP,
    bottom: TOP + height,
    xs,
    ys: [],
    ticks: axis.ticks.map((v, i) => ({ y: TOP + axis.y(v), text: texts[i]!, zero: v === 0 })),
    dates: labelled(days.length, right - left, DATE_PX).map((i) => ({
      x: Math.min(xs[i]!, right - DATE_PX / 3),
      text: frame.date(days[i]!.date),
    })),
    line: null,
    area: null,
    dot: null,
    bars: [],
    cuts: [],
  };
  return { plot, axis, step };
}

export function plotBalance(days: readonly ChartDay[], frame: Frame): Plot {
  const closing = days.map((d) => toChart(d.closingMinor));
  const { plot, axis } = base(days, frame, closing);
  const ys = closing.map((v) => TOP + axis.y(v));
  const points = plot.xs.map((x, i): [number, number] => [x, ys[i]!]);
  const zero = TOP + axis.y(0);
  return {
    ...plot,
    ys,
    line: line().curve(curveMonotoneX)(points),
    area: area().curve(curveMonotoneX).y0(zero)(points),
    dot: { x: plot.xs.at(-1)!, y: ys.at(-1)! },
  };
}

export function plotFlow(days: readonly ChartDay[], frame: Frame): Plot {
  const pairs = days.map((d) => ({ in: toChart(d.inMinor), out: toChart(d.outMinor) }));
  const most = cutAbove(pairs.flatMap((p) => [p.in, p.out]));
  const drawn = pairs.map((p) => ({ in: Math.min(p.in, most), out: Math.min(p.out, most) }));
  const { plot, axis, step } = base(days, frame, [...drawn.map((p) => p.in), ...drawn.map((p) => -p.out)]);
  const width = Math.max(2, Math.min(BAR_MOST_PX, step * 0.66));
  const zero = TOP + axis.y(0);
  pairs.forEach((p, i) => {
    const x = plot.xs[i]!;
    for (const kind of ['in', 'out'] as const) {
      const amount = p[kind];
      if (amount <= 0) continue;
      const isCut = amount > most;
      const edge = kind === 'in' ? axis.high : axis.low;
      const end = TOP + axis.y(isCut ? edge : kind === 'in' ? amount : -amount);
      plot.bars.push({ kind, d: bar(x - width / 2, zero, end, width, isCut) });
      if (isCut) plot.cuts.push(cut(x, end, width, kind, frame, amount));
    }
  });
  return plot;
}

/** From the zero line to `end`, rounded there unless it goes on. */
function bar(x: number, zero: number, end: number, width: number, isCut: boolean): string {
  const r = isCut ? 0 : Math.min(3, width / 2, Math.abs(end - zero));
  const back = end < zero ? r : -r;
  return `M${x},${zero}V${end + back}Q${x},${end} ${x + r},${end}H${x + width - r}Q${x + width},${end} ${x + width},${end + back}V${zero}Z`;
}

/** Two slashes through the bar near its end, and its amount beside it. */
function cut(x: number, end: number, width: number, kind: 'in' | 'out', frame: Frame, amount: number): Plot['cuts'][number] {
  const dir = kind === 'in' ? 1 : -1;
  const slash = (offset: number) => `M${x - width / 2 - 2},${end + dir * offset + 3}L${x + width / 2 + 2},${end + dir * offset - 3}`;
  const isRight = x > frame.width / 2;
  return {
    x,
    tx: isRight ? x - width / 2 - 6 : x + width / 2 + 6,
    ty: end + (kind === 'in' ? 10 : -2),
    anchor: isRight ? 'end' : 'start',
    d: slash(14) + slash(20),
    text: frame.money(amount),
  };
}
