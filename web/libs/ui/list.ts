import { Component } from '@angular/core';

/** Lines below each other, with a rule between them; each `<li>` is one. */
@Component({
  selector: 'ul[la-list]',
  template: '<ng-content />',
  styles:
    ':host{list-style:none;padding:0;display:grid}:host ::ng-deep>li{padding:10px 0;border-bottom:1px solid var(--la-line)}:host ::ng-deep>li:last-child{border-bottom:0}',
})
export class List {}
