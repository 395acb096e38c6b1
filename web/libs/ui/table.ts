import { booleanAttribute, Component, input } from '@angular/core';

export type Column<R> = { name: string; heading: string; text: (row: R) => string; isNumber?: boolean };

/**
 * Rows under headings; the first column names its row. Wider than its place, it scrolls sideways, also by keyboard; with `asCards` each row is a card of its own
 * on a phone, every figure beside its heading.
 */
@Component({
  selector: 'la-table',
  host: { '[attr.data-cards]': "asCards() ? '' : null" },
  template: `<div class="scroll" tabindex="0" role="region" [attr.aria-label]="caption()"><table><caption class="sr-only">{{ caption() }}</caption>
    <thead><tr>@for (c of columns(); track c.name) {<th scope="col" [class.n]="c.isNumber">{{ c.heading }}</th>}</tr></thead>
    <tbody>@for (row of rows(); track $index) {<tr>@for (c of columns(); track c.name; let first = $first) {
      @if (first) {<th scope="row">{{ c.text(row) }}</th>} @else {<td [class.n]="c.isNumber" [attr.data-heading]="c.heading">{{ c.text(row) }}</td>}}</tr>}</tbody></table></div>`,
  styles: `:host{display:block;min-width:0}.scroll{overflow-x:auto;border-radius:8px}table{width:100%;border-collapse:collapse}
    th,td{padding:10px 12px;text-align:left;border-bottom:1px solid var(--la-line);font-weight:450}thead th{font-size:.8125rem;color:var(--la-muted);font-weight:550}
    .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}tbody tr:last-child>*{border-bottom:0}
    @media(max-width:760px){:host([data-cards]) thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}:host([data-cards]) tr{display:grid;padding:10px 0;border-bottom:1px solid var(--la-line)}:host([data-cards]) tbody tr:last-child{border-bottom:0}
      :host([data-cards]) :is(th,td){display:flex;justify-content:space-between;gap:16px;padding:3px 0;border:0;text-align:right;white-space:normal}:host([data-cards]) th{font-weight:600}:host([data-cards]) td::before{content:attr(data-heading);color:var(--la-muted);text-align:left}}`,
})
export class Table<R> {
  readonly asCards = input(false, { transform: booleanAttribute });
  readonly caption = input.required<string>();
  readonly columns = input.required<readonly Column<R>[]>();
  readonly rows = input.required<readonly R[]>();
}
