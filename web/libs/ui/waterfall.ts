import { Component, computed, inject, input } from '@angular/core';
import { I18n } from '#core/i18n/i18n';
import { BrlPipe } from '#core/i18n/pipes';
import { type Minor, toChart, toMinor } from '#core/money';

/** A line of a result: a part adds to what stands above it or takes from it; a sum says what is left there. */
export type Fall = { name: string; minor: Minor; isSum?: boolean; note?: string };

/** How an amount comes about, from the first line to the last: each bar begins where the one above it ended. The lines are a table to the ear. */
@Component({
  selector: 'la-waterfall',
  imports: [BrlPipe],
  template: `<table><caption class="sr-only">{{ caption() }}</caption><tbody>
    @for (b of bars(); track $index) {
      <tr [class.sum]="b.isSum"><th scope="row">{{ b.name }}@if (b.note) {<small class="muted"> {{ b.note }}</small>}</th>
        <td class="plot" aria-hidden="true"><i [class]="b.kind" [style.left.%]="b.left" [style.width.%]="b.width"></i></td>
        <td class="num r">{{ b.minor | brl }}</td></tr>
    }</tbody></table>`,
  styles: `:host{display:block;min-width:0}table{width:100%;border-collapse:collapse}th,td{padding:8px 10px 8px 0;text-align:left;font-weight:450;border-bottom:1px solid var(--la-line)}th{width:34%}.r{width:8.5rem;text-align:right;padding-right:0}
    .plot{position:relative}i{position:absolute;top:50%;height:16px;margin-top:-8px;min-width:2px;border-radius:4px}.sum{font-weight:600}.sum th,.sum .r{font-weight:650}
    .gain{background:var(--mat-sys-primary)}.loss{background:light-dark(#b27a12,#d9a441)}.total{background:light-dark(#48615b,#8fa8a2)}.under{background:var(--la-out)}tr:last-child>*{border-bottom:0}
    @media(max-width:760px){tr{display:grid;grid-template-columns:1fr auto;padding:8px 0;border-bottom:1px solid var(--la-line)}th,td{padding:0;border:0;width:auto}.plot{grid-area:2/1/3/3;height:14px;margin-top:4px}i{height:10px;margin-top:-5px}}`,
})
export class Waterfall {
  protected readonly i18n = inject(I18n);
  readonly caption = input.required<string>();
  readonly falls = input.required<readonly Fall[]>();
  protected readonly bars = computed(() => {
    let at = 0n;
    const spans = this.falls().map((fall) => {
      const amount = toMinor(fall.minor);
      const from = fall.isSum ? 0n : at;
      at = fall.isSum ? amount : at + amount;
      return { ...fall, from, to: at, kind: fall.isSum ? (amount < 0n ? 'under' : 'total') : amount < 0n ? 'loss' : 'gain' };
    });
    const points = [0n, ...spans.flatMap(({ from, to }) => [from, to])].map((one) => toChart(String(one)));
    const [low, high] = [Math.min(...points), Math.max(...points)];
    const share = (v: bigint) => ((toChart(String(v)) - low) / (high - low || 1)) * 100;
    return spans.map(({ from, to, ...rest }) => {
      const [a, b] = [share(from), share(to)];
      return { ...rest, left: Math.min(a, b), width: Math.abs(b - a) };
    });
  });
}
