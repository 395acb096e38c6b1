import { afterNextRender, Component, DestroyRef, type ElementRef, effect, inject, input, output, signal, viewChild } from '@angular/core';
import type { EChartsCoreOption, EChartsType } from 'echarts/core';

/** zrender empties its elements by `innerHTML = ''`, which Trusted Types refuses: on these two elements the same is done without HTML. */
function emptyWithoutHtml(box: HTMLElement, chart: EChartsType): void {
  const svg = (chart.getZr().painter as unknown as { getSvgDom?(): Element | null }).getSvgDom?.();
  for (const el of [box, svg])
    if (el) Object.defineProperty(el, 'innerHTML', { configurable: true, get: () => '', set: () => el.replaceChildren() });
}

/** Thin signal wrapper; ECharts itself is a lazy chunk. To a screen reader the chart is one picture, told by `label`. */
@Component({
  selector: 'la-chart',
  template: '<div #box class="box" role="img" [attr.aria-label]="label()"></div>',
  styles: ':host,.box{display:block;width:100%;height:100%}',
})
export class Chart {
  readonly option = input.required<EChartsCoreOption>();
  readonly label = input.required<string>();
  /** The chart library could not be fetched (no line, or a newer build took its place). */
  readonly failed = output();
  private readonly box = viewChild.required<ElementRef<HTMLElement>>('box');
  private readonly chart = signal<EChartsType | null>(null);

  constructor() {
    const destroy = inject(DestroyRef);
    let alive = true;
    destroy.onDestroy(() => {
      alive = false;
      this.chart()?.dispose();
    });
    afterNextRender(async () => {
      const bundle = await import('./echarts.bundle').catch(() => null);
      if (!alive) return;
      if (!bundle) {
        this.failed.emit();
        return;
      }
      const el = this.box().nativeElement;
      const chart = bundle.init(el, null, { renderer: 'svg' });
      emptyWithoutHtml(el, chart);
      const watch = new ResizeObserver(() => requestAnimationFrame(() => chart.isDisposed() || chart.resize()));
      watch.observe(el);
      destroy.onDestroy(() => watch.disconnect());
      this.chart.set(chart);
    });
    effect(() => this.chart()?.setOption(this.option(), { notMerge: true }));
  }
}
