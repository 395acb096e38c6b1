import { axisOf, labelled } from '#ui/chart/chart-axis';
import { plotBalance, plotFlow } from '#ui/chart/chart-plot';
import { cutAbove, sinceOpening } from '#ui/chart/chart-scale';
import type { Day } from '../../money/contract';
import { kpisOf, permilleOf } from './trend';

const day = (date: string, closing: number, into = 0, out = 0, opening = 0): Day => ({
  date,
  openingMinor: String(opening),
  inMinor: String(into),
  outMinor: String(out),
  netMinor: String(into - out),
  closingMinor: String(closing),
});
const frame = { width: 600, height: 280, date: (d: string) => d, money: (v: number) => `R$ ${v}` };

describe('the scale of the chart', () => {
  it('begins on the first day of the account, not in the weeks before it', () => {
    const days = [day('2026-11-27', 0), day('2026-11-28', 0), day('2026-11-29', 500, 500)];
    expect(sinceOpening(days).map((d) => d.date)).toEqual(['2026-11-29']);
    expect(sinceOpening([day('2026-11-27', 0), day('2026-11-28', 0)])).toEqual([]);
    expect(sinceOpening([day('2026-11-28', 0, 100, 100), day('2026-11-29', 0)])).toHaveLength(2);
  });
  it('cuts one or two bars that tower over the rest, and no others', () => {
    expect(cutAbove([13_800, 900, 700, 800, 300, 200])).toBe(900 * 1.3);
    expect(cutAbove([13_800, 12_000, 900, 800, 700, 300])).toBe(900 * 1.3);
    expect(cutAbove([900, 700, 800, 300, 200])).toBe(Number.POSITIVE_INFINITY);
    expect(cutAbove([500, 0, 0])).toBe(Number.POSITIVE_INFINITY);
  });
  it('lets ordinary days be read beside the opening deposit, and tells the deposit', () => {
    const days = [13_800, 900, 700, 800, 300].map((v, i) => day(`2026-11-0${i + 1}`, 0, v * 100, 20_000));
    const plot = plotFlow(days, frame);
    const heights = plot.bars.filter((b) => b.kind === 'in').map((b) => Number(/Q[^ ]*? ?[\d.]*?,([\d.]+) /.exec(b.d)?.[1] ?? 0));
    expect(plot.cuts.map((c) => c.text)).toEqual(['R$ 13800']);
    const zero = plot.ticks.find((t) => t.zero)!.y;
    expect((zero - heights[1]!) / (plot.bottom - plot.top)).toBeGreaterThan(0.25);
  });
  it('draws an account that is one day old as a point within the frame', () => {
    const plot = plotBalance([day('2026-11-29', 50_000, 50_000)], frame);
    expect(plot.dot!.x).toBeGreaterThan(plot.left);
    expect(plot.dot!.x).toBeLessThan(plot.right);
    expect(plot.line).not.toContain('NaN');
  });
  it('has zero in it, round steps, and room between the dates', () => {
    const { ticks, low, high } = axisOf([120, 80, -30], 200);
    expect(ticks).toContain(0);
    expect([low <= -30, high >= 120]).toEqual([true, true]);
    expect(labelled(30, 600, 62).at(-1)).toBe(29);
    expect(labelled(30, 600, 62).length).toBeLessThanOrEqual(9);
    expect(labelled(1, 600, 62)).toEqual([0]);
  });
});

describe('week and month compared', () => {
  it('rounds to the tenth of a percent and has nothing to say without an earlier period', () => {
    expect(permilleOf(1124n, 1000n)).toBe(124);
    expect(permilleOf(969n, 1000n)).toBe(-31);
    expect(permilleOf(0n, 1000n)).toBe(-1000);
    expect(permilleOf(5n, 0n)).toBeNull();
  });
  it('takes the last seven days beside the seven before', () => {
    const days = Array.from({ length: 30 }, (_, i) => day(`d${i}`, 0, i >= 23 ? 200 : i >= 16 ? 100 : 1, 0));
    const kpis = kpisOf(days, { inMinor: '1058', outMinor: '0' });
    expect(kpis.map((k) => [k.id, k.amount, k.permille])).toEqual([
      ['in7', 1400n, 1000],
      ['out7', 0n, null],
      ['in30', 2116n, 1000],
      ['out30', 0n, null],
    ]);
  });
});
