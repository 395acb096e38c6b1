import { Component, input, model } from '@angular/core';
import { Icon, type IconName } from './icon';

export type Tile = { value: string; text: string; icon: IconName };
let serial = 0;

/** One choice out of few, each big enough for a thumb: native radio buttons under a picture and a word. */
@Component({
  selector: 'la-tiles',
  imports: [Icon],
  template: `<fieldset><legend class="sr-only">{{ label() }}</legend>
    @for (tile of tiles(); track tile.value) {
      <label><input type="radio" [name]="name" [value]="tile.value" [checked]="tile.value === value()" (change)="value.set(tile.value)" [attr.data-testid]="testid() ? testid() + '-' + tile.value : null"><span><la-icon [name]="tile.icon" />{{ tile.text }}</span></label>
    }</fieldset>`,
  styles: `:host{display:block;min-width:0}fieldset{display:grid;grid-template-columns:repeat(auto-fit,minmax(58px,1fr));gap:8px;padding:0;border:0;min-width:0}label{position:relative;cursor:pointer}input{position:absolute;inset:0;margin:0;opacity:0;cursor:pointer}
    span{display:grid;justify-items:center;gap:4px;padding:10px 2px;border:1px solid var(--la-line);border-radius:14px;font-size:.8125rem;font-weight:550;color:var(--la-muted);background:var(--la-card);text-align:center}
    label:hover span{color:var(--mat-sys-on-surface)}input:checked+span{border-color:var(--mat-sys-primary);box-shadow:inset 0 0 0 1px var(--mat-sys-primary);color:var(--mat-sys-primary);background:color-mix(in srgb,var(--mat-sys-primary) 8%,var(--la-card))}
    input:focus-visible+span{outline:2px solid var(--mat-sys-primary);outline-offset:2px}
    @media(max-width:480px){fieldset{gap:6px}span{font-size:.75rem}}`,
})
export class Tiles {
  protected readonly name = `tiles-${++serial}`;
  readonly label = input.required<string>();
  readonly tiles = input.required<readonly Tile[]>();
  readonly value = model.required<string>();
  readonly testid = input<string>();
}
