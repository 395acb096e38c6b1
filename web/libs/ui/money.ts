import { booleanAttribute, Component, inject, input } from '@angular/core';
import { I18n } from '#core/i18n/i18n';
import { BrlPipe } from '#core/i18n/pipes';
import type { Minor } from '#core/money';

/** An amount with its direction, to the eye by sign and colour, to the ear by words. Hidden with all others, unless it is `shown`. */
@Component({
  selector: 'la-money',
  imports: [BrlPipe],
  template: `@if (direction(); as d) {<span class="sr-only">{{ i18n.t(d === 'in' ? 'money.plus' : 'money.minus') }} </span><span aria-hidden="true">{{ d === 'in' ? '+' : '\u2212' }}</span>}{{ minor() | brl: (shown() ? 'shown' : undefined) }}`,
  host: { class: 'num', '[class.in]': "direction() === 'in' && !off()", '[class.off]': 'off()' },
  styles: ':host(.off){text-decoration:line-through;color:var(--la-muted)}',
})
export class Money {
  protected readonly i18n = inject(I18n);
  readonly minor = input.required<Minor | bigint>();
  readonly direction = input<'in' | 'out'>();
  /** It moved nothing. */
  readonly off = input(false, { transform: booleanAttribute });
  readonly shown = input(false, { transform: booleanAttribute });
}
