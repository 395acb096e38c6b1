import { booleanAttribute, Component, computed, inject, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { I18n } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import type { Problem } from '#core/problem';
import { Notice } from './notice';

/** The words for a failed call, with a way to try again when one is given. */
@Component({
  selector: 'la-problem',
  imports: [Notice, MatButton, TPipe],
  template: `@let w = words();<la-notice role="alert" tone="error" icon="warn" [heading]="w.title" data-testid="problem"><span data-testid="problem-text">{{ w.text }}</span>
    @if (canRetry()) {<button matButton type="button" class="r" (click)="retry.emit()">{{ 'common.retry' | t }}</button>}<ng-content /></la-notice>`,
  styles: ':host{display:block}.r{justify-self:start;margin:6px 0 0 -12px}',
})
export class ProblemBox {
  private readonly i18n = inject(I18n);
  readonly problem = input.required<Problem>();
  readonly canRetry = input(false, { transform: booleanAttribute });
  readonly retry = output();
  protected readonly words = computed(() => this.i18n.problem(this.problem()));
}
