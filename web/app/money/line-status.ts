import { Component, computed, inject, input } from '@angular/core';
import { I18n } from '#core/i18n/i18n';
import { Icon, type IconName } from '#ui/icon';
import type { StatementLine } from './contract';
import './texts';

const SIGN = { done: 'ok', pending: 'clock', failed: 'no' } as const satisfies Record<StatementLine['status'], IconName>;

@Component({
  selector: 'la-line-status',
  imports: [Icon],
  template: '<la-icon [name]="icon()" />{{ label() }}',
  host: { '[attr.data-status]': 'status()' },
  styles: `:host{display:inline-flex;align-items:center;gap:6px;font-size:.8125rem;font-weight:500;color:var(--la-in);white-space:nowrap}
    :host([data-status=pending]){color:var(--la-warn)}:host([data-status=failed]){color:var(--la-out)}`,
})
export class LineStatus {
  private readonly i18n = inject(I18n);
  readonly status = input.required<StatementLine['status']>();
  protected readonly icon = computed(() => SIGN[this.status()]);
  protected readonly label = computed(() => this.i18n.t(`line.status.${this.status()}`));
}
