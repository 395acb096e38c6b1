import { Component, input, model } from '@angular/core';
import { Icon } from './icon';

export type Chip = { value: string; text: string };
let serial = 0;

/** Filters side by side, each on or off, or one at a time with `single`: native boxes in the shape of chips. On a phone the row scrolls. */
@Component({
  selector: 'la-filter-chips',
  imports: [Icon],
  template: `<fieldset><legend class="sr-only">{{ label() }}</legend>
    @for (chip of chips(); track chip.value) {
      <label><input type="checkbox" [name]="name" [checked]="chosen().includes(chip.value)" (change)="toggle(chip.value)" [attr.data-testid]="testid() ? testid() + '-' + chip.value : null"><span>@if (chosen().includes(chip.value)) {<la-icon name="check" />}{{ chip.text }}</span></label>
    }</fieldset>`,
  styles: `:host{display:block;min-width:0}fieldset{display:flex;flex-wrap:wrap;gap:8px;padding:2px;border:0;min-width:0}label{position:relative;flex:none;cursor:pointer}input{position:absolute;inset:0;margin:0;opacity:0;cursor:pointer}
    span{display:inline-flex;align-items:center;gap:6px;min-height:36px;padding:6px 14px;border:1px solid var(--la-line);border-radius:99px;font-size:.8125rem;font-weight:550;color:var(--la-muted);white-space:nowrap;background:var(--la-card)}
    label:hover span{color:var(--mat-sys-on-surface)}input:checked+span{border-color:transparent;background:var(--mat-sys-secondary-container);color:var(--mat-sys-on-secondary-container)}
    input:focus-visible+span{outline:2px solid var(--mat-sys-primary);outline-offset:1px}
    @media(max-width:760px){fieldset{flex-wrap:nowrap;overflow-x:auto;scrollbar-width:none}}`,
})
export class FilterChips {
  protected readonly name = `chips-${++serial}`;
  readonly label = input.required<string>();
  readonly chips = input.required<readonly Chip[]>();
  readonly chosen = model.required<readonly string[]>();
  /** At most one of them is on. */
  readonly single = input(false);
  readonly testid = input<string>();

  protected toggle(value: string): void {
    const before = this.chosen();
    const rest = before.filter((one) => one !== value);
    this.chosen.set(rest.length < before.length ? rest : this.single() ? [value] : [...before, value]);
  }
}
