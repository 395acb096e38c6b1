import { Component, input } from '@angular/core';
import { Icon, type IconName } from './icon';

/** Where there is nothing to show: says so, and what to do. What stands inside follows below. */
@Component({
  selector: 'la-empty',
  imports: [Icon],
  template: '<la-icon [name]="icon()" /><h2>{{ heading() }}</h2><ng-content />',
  host: { class: 'empty' },
  styles: ':host{display:grid}',
})
export class Empty {
  readonly icon = input<IconName>('info');
  readonly heading = input.required<string>();
}
