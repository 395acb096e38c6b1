import { Component, input } from '@angular/core';
import { Icon, type IconName } from './icon';

export type Tone = 'info' | 'warn' | 'error' | 'ok';

/** A box with a sign, a bold line and what to do. The host says how loud it is to a screen reader (`role`). */
@Component({
  selector: 'la-notice',
  imports: [Icon],
  template: '<la-icon [name]="icon()" /><div class="b"><strong>{{ heading() }}</strong><ng-content /></div>',
  host: { '[attr.data-tone]': 'tone()' },
  styles: `:host{--c:var(--mat-sys-primary);display:flex;gap:12px;padding:14px 16px;border-radius:14px;text-align:left;color:var(--mat-sys-on-surface);background:color-mix(in srgb,var(--c) 9%,var(--la-card));border:1px solid color-mix(in srgb,var(--c) 28%,transparent)}
    :host([data-tone=warn]){--c:var(--la-warn)}:host([data-tone=error]){--c:var(--la-out)}:host([data-tone=ok]){--c:var(--la-in)}
    la-icon{color:var(--c);margin-top:1px}strong{display:block;font-weight:600;color:var(--c)}.b{display:grid;gap:2px;min-width:0;flex:1}`,
})
export class Notice {
  readonly tone = input<Tone>('info');
  readonly icon = input<IconName>('info');
  readonly heading = input.required<string>();
}
