import { Component } from '@angular/core';

/** Lines below each other, with a rule between them; each `<li>` is one. With `ends` a line has what can be done with it at its end. */
@Component({
  selector: 'ul[la-list]',
  template: '<ng-content />',
  styles: `:host{list-style:none;padding:0;display:grid}:host ::ng-deep>li{padding:10px 0;border-bottom:1px solid var(--la-line)}:host ::ng-deep>li:last-child{border-bottom:0}
    :host([ends]) ::ng-deep>li{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:6px 16px}:host([ends]) ::ng-deep>li h3{font-size:1rem;font-weight:600}`,
})
export class List {}
