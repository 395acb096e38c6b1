import { Component, inject, input } from '@angular/core';
import { I18n } from '#core/i18n/i18n';

/** Stands where something will be, with its height in px. A screen reader hears once that it is being loaded. */
@Component({
  selector: 'la-skeleton',
  template: `<p class="sr-only" role="status">{{ i18n.t('common.loading') }}</p>
    @for (height of heights(); track $index) {<div class="skel" aria-hidden="true" [style.height.px]="height"></div>}`,
  styles: ':host{display:grid;gap:16px}.skel{display:block;border-radius:16px}',
})
export class Skeleton {
  protected readonly i18n = inject(I18n);
  /** One for each block. */
  readonly heights = input<readonly number[]>([160]);
}
