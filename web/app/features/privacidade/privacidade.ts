import { Component, DestroyRef, inject, signal } from '@angular/core';
import { TPipe } from '#core/i18n/pipes';
import { type Problem, toProblem } from '#core/problem';
import { FORM_DEFAULTS } from '#ui/form-defaults';
import { ProblemBox } from '#ui/problem-box';
import { OwnProof, type Ways } from '../../own-proof/own-proof';
import { ConsentCard } from './consent-card';
import { CopyCard } from './copy-card';
import { ErasureCard } from './erasure-card';
import { type Privacy, PrivacyApi } from './privacy-api';
import './texts';

/** While something is being made it is looked at again, this often. */
const LOOK_MS = 3_000;

/** What there is about the person, what they agree to, and its end. */
@Component({
  selector: 'la-privacidade',
  imports: [ConsentCard, CopyCard, ErasureCard, ProblemBox, TPipe],
  providers: [FORM_DEFAULTS],
  template: `<h1>{{ 'privacy.h1' | t }}</h1>
    @if (problem(); as p) {<la-problem [problem]="p" canRetry (retry)="load()" />}
    @if (state(); as s) {
      <la-copy-card class="card" [state]="s" [ways]="ways()" (changed)="load()" />
      <la-consent-card class="card" [consents]="s.consents" (changed)="load()" />
      <la-erasure-card class="card" [state]="s" [ways]="ways()" (changed)="load()" />
    } @else if (!problem()) {
      <p class="sr-only" role="status">{{ 'common.loading' | t }}</p><div class="sk skel" aria-hidden="true"></div>
    }`,
  styles: `:host{display:grid;gap:18px;max-width:760px;margin:0 auto;grid-template-columns:minmax(0,1fr)}.card{padding:24px}.sk{height:360px;border-radius:16px}@media (max-width:760px){.card{padding:20px 16px}}`,
})
export class Privacidade {
  private readonly api = inject(PrivacyApi);
  private readonly proof = inject(OwnProof);
  protected readonly state = signal<Privacy | null>(null);
  protected readonly ways = signal<Ways | null>(null);
  protected readonly problem = signal<Problem | null>(null);
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    inject(DestroyRef).onDestroy(() => clearTimeout(this.timer));
    void this.load();
  }
  protected async load(): Promise<void> {
    clearTimeout(this.timer);
    this.problem.set(null);
    try {
      const [state, ways] = await Promise.all([this.api.read(), this.proof.ways()]);
      this.state.set(state);
      this.ways.set(ways);
      const isMoving = state.exports.some(({ readyAt }) => readyAt === null) || state.erasure?.state === 'asked';
      if (isMoving) this.timer = setTimeout(() => void this.load(), LOOK_MS);
    } catch (err) {
      this.problem.set(toProblem(err));
    }
  }
}
