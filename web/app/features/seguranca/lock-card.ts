import { Component, inject, input, output, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { I18n } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { type Problem, toProblem } from '#core/problem';
import { Session } from '#core/session';
import { Notice } from '#ui/notice';
import { ProblemBox } from '#ui/problem-box';
import type { Proof } from '../../own-proof/own-proof';
import { ProveAgain } from '../../own-proof/prove-again';
import { SecurityApi, type SecurityState } from './security-api';

/** The way out for whoever fears for their account: locked at once, open again by a proof and a day of waiting. */
@Component({
  selector: 'la-lock-card',
  imports: [MatButton, Notice, ProblemBox, ProveAgain, TPipe],
  template: `<h2>{{ 'security.lock' | t }}</h2>
    @if (problem(); as p) {<la-problem [problem]="p" />}
    @if (state().lock; as lock) {
      <la-notice tone="warn" icon="lock" role="status" data-testid="locked" [heading]="'security.locked' | t"><span>{{ lock.releaseAt ? ('security.lockEnds' | t: { t: i18n.moment(lock.releaseAt) }) : ('security.lockedText' | t: { t: i18n.moment(lock.since) }) }}</span></la-notice>
      @if (asking()) {<la-prove-again [state]="state()" [change]="unlock" (cancelled)="asking.set(false)" />}
      @else if (lock.releaseAt) {<button matButton="outlined" class="do" type="button" [disabled]="busy()" disabledInteractive data-testid="lock-again" (click)="lockNow()">{{ 'security.lockAgain' | t }}</button>}
      @else {<button matButton="outlined" class="do" type="button" data-testid="ask-unlock" (click)="asking.set(true)">{{ 'security.unlock' | t }}</button>}
    } @else {
      <p class="muted">{{ 'security.lockWhat' | t }}</p>
      @if (sure()) {
        <p>{{ 'security.lockSure' | t }}</p>
        <div class="row"><button matButton="filled" type="button" [disabled]="busy()" disabledInteractive data-testid="lock-sure" (click)="lockNow()">{{ 'security.lockDo' | t }}</button>
          <button matButton type="button" (click)="sure.set(false)">{{ 'security.cancel' | t }}</button></div>
      } @else {<button matButton="outlined" class="do" type="button" data-testid="lock-account" (click)="sure.set(true)">{{ 'security.lockDo' | t }}</button>}
    }`,
  styles: ':host{display:grid;gap:12px}.row{display:flex;flex-wrap:wrap;gap:8px}.do{justify-self:start}',
})
export class LockCard {
  readonly state = input.required<SecurityState>();
  readonly changed = output();
  private readonly api = inject(SecurityApi);
  private readonly session = inject(Session);
  protected readonly i18n = inject(I18n);
  protected readonly sure = signal(false);
  protected readonly asking = signal(false);
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly unlock = async (proof: Proof): Promise<void> => {
    await this.api.unlock(proof);
    this.asking.set(false);
    this.changed.emit();
  };

  /** This session ends with all others: the browser leaves for the log-in. */
  protected async lockNow(): Promise<void> {
    if (this.busy()) return;
    this.problem.set(null);
    this.busy.set(true);
    try {
      await this.api.lock();
      this.session.login('sign-in', '/seguranca');
    } catch (err) {
      this.problem.set(toProblem(err));
      this.busy.set(false);
    }
  }
}
