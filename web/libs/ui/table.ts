import { Component, input } from '@angular/core';

export type Column<R> = { name: string; heading: string; text: (row: R) => string; isNumber?: boolean };

/** Rows under headings; the first column names its row. Wider than its place, it scrolls sideways, also by keyboard. */
@Component({
  selector: 'la-table',
  template: `<div class="scroll" tabindex="0" role="region" [attr.aria-label]="caption()"><table><caption class="sr-only">{{ caption() }}</caption>
    <thead><tr>@for (c of columns(); track c.name) {<th scope="col" [class.n]="c.isNumber">{{ c.heading }}</th>}</tr></thead>
    <tbody>@for (row of rows(); track $index) {<tr>@for (c of columns(); track c.name; let first = $first) {
      @if (first) {<th scope="row">{{ c.text(row) }}</th>} @else {<td [class.n]="c.isNumber">{{ c.text(row) }}</td>}}</tr>}</tbody></table></div>`,
  styles: `:host{display:block;min-width:0}.scroll{overflow-x:auto;border-radius:8px}table{width:100%;border-collapse:collapse}
    th,td{padding:10px 12px;text-align:left;border-bottom:1px solid var(--la-line);font-weight:450}thead th{font-size:.8125rem;color:var(--la-muted);font-weight:550}
    .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}tbody tr:last-child>*{border-bottom:0}`,
})
export class Table<R> {
  readonly caption = input.required<string>();
  readonly columns = input.required<readonly Column<R>[]>();
  readonly rows = input.required<readonly R[]>();
}
