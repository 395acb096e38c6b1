import { Component, computed, inject, input, output, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { I18n } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { type Problem, toProblem } from '#core/problem';
import { Notice } from '#ui/notice';
import { ProblemBox } from '#ui/problem-box';
import type { Proof, Ways } from '../../own-proof/own-proof';
import { ProveAgain } from '../../own-proof/prove-again';
import { type Privacy, PrivacyApi } from './privacy-api';

/** The end of everything that law lets end: what is in the way, what stays and why, and the wish itself. */
@Component({
  selector: 'la-erasure-card',
  imports: [MatButton, Notice, ProblemBox, ProveAgain, TPipe],
  template: `<h2>{{ 'privacy.erase' | t }}</h2>
    @if (problem(); as p) {<la-problem [problem]="p" />}
    @if (underWay(); as one) {
      <la-notice tone="warn" icon="clock" role="status" data-testid="erasure-under-way" [heading]="(one.state === 'erasing' ? 'privacy.erasing' : 'privacy.waiting') | t">
        @if (one.state === 'waiting' && one.dueAt) {<span>{{ 'privacy.waitingText' | t: { t: i18n.moment(one.dueAt) } }}</span>}</la-notice>
      @if (one.state !== 'erasing') {<button matButton="outlined" class="do" type="button" [disabled]="busy()" disabledInteractive data-testid="withdraw-erasure" (click)="withdraw()">{{ 'privacy.withdraw' | t }}</button>}
    } @else {
      <p class="muted">{{ 'privacy.eraseWhat' | t }}</p>
      @if (state().erasure?.state === 'refused' && !state().obstacles.length) {<la-notice icon="info" [heading]="'privacy.refused' | t"><ul>@for (o of state().erasure!.obstacles; track o.code) {<li>{{ o[language()] }}</li>}</ul></la-notice>}
      @if (state().obstacles.length) {
        <la-notice icon="info" role="status" data-testid="erasure-not-yet" [heading]="'privacy.notYet' | t"><ul>@for (o of state().obstacles; track o.code) {<li>{{ o[language()] }}</li>}</ul></la-notice>
      }
      @if (state().stays.length) {
        <h3>{{ 'privacy.stays' | t }}</h3>
        <ul class="stays" data-testid="erasure-stays">@for (s of state().stays; track s.code) {<li>{{ s[language()] }} <span class="muted">{{ 'privacy.years' | t: { n: s.years, law: s.law } }}</span></li>}</ul>
        <p class="muted">{{ 'privacy.staysText' | t }}</p>
      }
      @if (asking()) {<p>{{ 'privacy.sure' | t }}</p>@if (ways(); as w) {<la-prove-again [state]="w" [change]="erase" (cancelled)="asking.set(false)" />}}
      @else if (!state().obstacles.length) {<button matButton="outlined" class="do" type="button" data-testid="ask-erasure" (click)="asking.set(true)">{{ 'privacy.erase' | t }}</button>}
    }`,
  styles:
    ':host{display:grid;gap:12px}.do{justify-self:start}ul{margin:4px 0 0;padding-inline-start:20px}h3{font-size:1rem;font-weight:600}.stays{display:grid;gap:6px;margin:0}',
})
export class ErasureCard {
  readonly state = input.required<Privacy>();
  readonly ways = input.required<Ways | null>();
  readonly changed = output();
  private readonly api = inject(PrivacyApi);
  protected readonly i18n = inject(I18n);
  protected readonly language = computed(() => (this.i18n.lang() === 'pt-BR' ? 'pt' : 'en'));
  protected readonly asking = signal(false);
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly underWay = computed(() => {
    const { erasure } = this.state();
    return erasure && ['asked', 'waiting', 'erasing'].includes(erasure.state) ? erasure : null;
  });
  protected readonly erase = async (proof: Proof): Promise<void> => {
    await this.api.erase(proof);
    this.asking.set(false);
    this.changed.emit();
  };

  protected async withdraw(): Promise<void> {
    if (this.busy()) return;
    this.busy.set(true);
    this.problem.set(null);
    try {
      await this.api.withdraw();
    } catch (err) {
      this.problem.set(toProblem(err));
    } finally {
      this.busy.set(false);
      this.changed.emit();
    }
  }
}
