import { Component, inject, input, model } from '@angular/core';
import { I18n, type Key } from '#core/i18n/i18n';

export interface Segment {
  value: string;
  key?: Key;
  text?: string;
}
let serial = 0;

/** One choice out of few: native radio buttons in the shape of a bar, so arrow keys and screen readers work without code. */
@Component({
  selector: 'la-segmented',
  template: `<fieldset><legend class="sr-only">{{ i18n.t(label()) }}</legend>
    @for (o of options(); track o.value) {
      <label><input type="radio" [name]="name" [value]="o.value" [checked]="o.value === value()" (change)="value.set(o.value)" [attr.data-testid]="testid() ? testid() + '-' + o.value : null"><span>{{ o.key ? i18n.t(o.key) : o.text }}</span></label>
    }</fieldset>`,
  styles: `:host{display:block;min-width:0}
    fieldset{display:flex;gap:2px;padding:3px;border:0;border-radius:12px;background:var(--la-soft);min-width:0}
    label{flex:1 1 auto;position:relative;display:block;cursor:pointer}
    input{position:absolute;inset:0;opacity:0;margin:0;cursor:pointer}
    span{display:block;padding:7px 14px;border-radius:9px;text-align:center;font-size:.8125rem;font-weight:550;color:var(--la-muted);white-space:nowrap}
    label:hover span{color:var(--mat-sys-on-surface)}
    input:checked+span{background:light-dark(#fff,#31454b);color:var(--mat-sys-on-surface);box-shadow:0 1px 3px rgb(0 0 0/14%)}
    input:focus-visible+span{outline:2px solid var(--mat-sys-primary);outline-offset:1px}
    @media(max-width:480px){span{padding:9px 8px}}`,
})
export class Segmented {
  protected readonly i18n = inject(I18n);
  protected readonly name = `seg-${++serial}`;
  readonly label = input.required<Key>();
  readonly options = input.required<readonly Segment[]>();
  readonly value = model.required<string>();
  readonly testid = input<string>();
}
