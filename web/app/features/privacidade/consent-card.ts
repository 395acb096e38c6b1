import { Component, computed, inject, input, output, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { I18n } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { type Problem, toProblem } from '#core/problem';
import { List } from '#ui/list';
import { ProblemBox } from '#ui/problem-box';
import { type Consent, PrivacyApi } from './privacy-api';

/** What the person agrees to, each in its words; agreeing and taking it back are one click each. */
@Component({
  selector: 'la-consent-card',
  imports: [MatButton, List, ProblemBox, TPipe],
  template: `<h2>{{ 'privacy.consents' | t }}</h2><p class="muted">{{ 'privacy.consentsWhat' | t }}</p>
    @if (problem(); as p) {<la-problem [problem]="p" />}
    <ul la-list ends>
      @for (one of consents(); track one.purpose) {
        <li [attr.data-testid]="'consent-' + one.purpose"><div class="text"><h3>{{ one.title[language()] }}</h3><p>{{ one.text[language()] }}</p>
          @if (one.at; as at) {<p class="muted">{{ (one.given ? 'privacy.given' : 'privacy.taken') | t: { t: i18n.moment(at) } }}</p>}</div>
          <button [matButton]="one.given ? 'text' : 'outlined'" type="button" [disabled]="busy()" disabledInteractive (click)="say(one)">{{ (one.given ? 'privacy.take' : 'privacy.give') | t }}<span class="sr-only"> {{ one.title[language()] }}</span></button></li>
      }
    </ul>`,
  styles: ':host{display:grid;gap:12px}.text{flex:1 1 18rem;display:grid;gap:4px}',
})
export class ConsentCard {
  readonly consents = input.required<readonly Consent[]>();
  readonly changed = output();
  private readonly api = inject(PrivacyApi);
  protected readonly i18n = inject(I18n);
  protected readonly language = computed(() => (this.i18n.lang() === 'pt-BR' ? 'pt' : 'en'));
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);

  protected async say(one: Consent): Promise<void> {
    if (this.busy()) return;
    this.busy.set(true);
    this.problem.set(null);
    try {
      await this.api.say(one, !one.given);
      this.changed.emit();
    } catch (err) {
      this.problem.set(toProblem(err));
    } finally {
      this.busy.set(false);
    }
  }
}
