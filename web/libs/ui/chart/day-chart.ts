import { afterNextRender, Component, computed, DestroyRef, ElementRef, inject, input, signal } from '@angular/core';
import { I18n } from '#core/i18n/i18n';
import { HIDDEN_AMOUNT } from '#core/money';
import { type Frame, plotBalance, plotFlow } from './chart-plot';
import type { ChartDay, Look, Names } from './days';

/** The days as a line of closing balances, or as bars of money in and out. To a screen reader it is one picture, told by `label`. */
@Component({
  selector: 'la-day-chart',
  templateUrl: './day-chart.html',
  styleUrl: './day-chart.scss',
})
export class DayChart {
  private readonly i18n = inject(I18n);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  readonly days = input.required<readonly ChartDay[]>();
  readonly look = input.required<Look>();
  readonly label = input.required<string>();
  readonly names = input.required<Names>();
  protected readonly size = signal({ width: 0, height: 0 });
  /** The day under the pointer. */
  protected readonly at = signal<number | null>(null);
  protected readonly plot = computed(() => {
    const { width, height } = this.size();
    if (width < 80 || !this.days().length) return null;
    const frame: Frame = { width, height, date: (d) => this.i18n.date(d), money: (v) => this.short(v) };
    return this.look().flow ? plotFlow(this.days(), frame) : plotBalance(this.days(), frame);
  });
  protected readonly tip = computed(() => {
    const at = this.at();
    const plot = this.plot();
    const day = at === null ? undefined : this.days()[at];
    if (at === null || !plot || !day) return null;
    const row = (kind: 'in' | 'out', key: keyof Names, v: string) => ({
      kind,
      name: this.names()[key],
      value: this.look().hidden ? HIDDEN_AMOUNT : this.i18n.money(v),
    });
    const x = plot.xs[at]!;
    return {
      x,
      left: x > this.size().width / 2,
      day: this.i18n.date(day.date, { weekday: 'short', day: '2-digit', month: 'short' }),
      rows: this.look().flow ? [row('in', 'in', day.inMinor), row('out', 'out', day.outMinor)] : [row('in', 'balance', day.closingMinor)],
    };
  });

  constructor() {
    const destroy = inject(DestroyRef);
    afterNextRender(() => {
      const watch = new ResizeObserver(([entry]) => {
        const { width, height } = entry!.contentRect;
        this.size.set({ width: Math.floor(width), height: Math.floor(height) });
      });
      watch.observe(this.host);
      destroy.onDestroy(() => watch.disconnect());
    });
  }
  protected point(event: PointerEvent): void {
    const xs = this.plot()?.xs ?? [];
    const x = event.clientX - this.host.getBoundingClientRect().left;
    this.at.set(xs.length ? xs.reduce((best, one, i) => (Math.abs(one - x) < Math.abs(xs[best]! - x) ? i : best), 0) : null);
  }
  private short(amount: number): string {
    return this.look().hidden ? '••' : this.i18n.money(BigInt(Math.round(amount * 100)), true);
  }
}
