import { Component, input } from '@angular/core';

let serial = 0;

/** A part of a page under a heading of its own. What has the attribute `actions` stands beside the heading. */
@Component({
  selector: 'la-card',
  template: `<section class="card" [attr.aria-labelledby]="id"><header><h2 [id]="id">{{ heading() }}</h2><ng-content select="[actions]" /></header><ng-content /></section>`,
  styles:
    ':host{display:block;min-width:0}header{display:flex;align-items:center;justify-content:space-between;gap:8px 16px;flex-wrap:wrap;margin-bottom:12px}',
})
export class Card {
  protected readonly id = `card-${++serial}`;
  readonly heading = input.required<string>();
}
