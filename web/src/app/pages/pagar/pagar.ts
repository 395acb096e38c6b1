import { Component, computed, inject, linkedSignal, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Router } from '@angular/router';
import { Bff } from '../../core/bff';
import type { NewPayment, Quote } from '../../core/contract';
import { HomeStore } from '../../core/home';
import { BrlPipe, TPipe } from '../../core/i18n/pipes';
import { IntentKey, type PendingIntent, PendingPayment } from '../../core/intent';
import { isAmbiguous, type Problem, toProblem } from '../../core/problem';
import { Session } from '../../core/session';
import { FORM_DEFAULTS } from '../../shared/form-defaults';
import { Notice } from '../../shared/notice';
import { ProblemBox } from '../../shared/problem-box';
import { CodeStep } from './code-step';
import { ReviewStep } from './review-step';

/** From a code to a confirmed payment. What follows the confirmation lives at its own address (/pagar/:id), so a reload loses nothing. */
@Component({
  selector: 'la-pagar',
  imports: [MatButton, Notice, ProblemBox, CodeStep, ReviewStep, BrlPipe, TPipe],
  providers: [FORM_DEFAULTS],
  templateUrl: './pagar.html',
  styleUrl: './pagar.scss',
})
export class Pagar {
  private readonly bff = inject(Bff);
  private readonly router = inject(Router);
  private readonly pending = inject(PendingPayment);
  private readonly session = inject(Session);
  private readonly owner = computed(() => this.session.person()?.id ?? '');
  private readonly intent = new IntentKey();
  protected readonly home = inject(HomeStore);
  protected readonly code = signal('');
  protected readonly quote = signal<Quote | null>(null);
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  /** A payment whose answer never came: of this page, or of before a reload. */
  protected readonly lost = linkedSignal<PendingIntent<NewPayment> | null>(() =>
    this.owner() ? this.pending.read<NewPayment>(this.owner()) : null,
  );

  constructor() {
    void this.home.load();
  }
  protected decoded(q: Quote): void {
    this.problem.set(null);
    this.quote.set(q);
  }
  protected back(): void {
    this.quote.set(null);
    this.problem.set(null);
  }
  protected async pay(body: NewPayment): Promise<void> {
    await this.send({ key: this.intent.keyFor(body), body, owner: this.owner(), since: new Date().toISOString() });
  }
  /** The same wish once more, under its own key: at most one payment comes of it. */
  protected async checkLost(): Promise<void> {
    const lost = this.lost();
    if (!lost) return;
    this.intent.adopt(lost.body, lost.key);
    await this.send(lost);
  }
  private async send(wish: PendingIntent<NewPayment>): Promise<void> {
    if (this.busy()) return;
    this.busy.set(true);
    this.problem.set(null);
    this.pending.save(wish);
    try {
      const payment = await this.bff.pay(wish.body, wish.key);
      this.pending.clear();
      this.intent.renew();
      await this.router.navigate(['/pagar', payment.id], { replaceUrl: true });
    } catch (err) {
      const problem = toProblem(err);
      if (isAmbiguous(problem)) this.lost.set(wish);
      else {
        // A clear refusal, or a log-in that ended before anything began: nothing is left open, save for a 401 which the same key may repeat.
        if (problem.status !== 401 && problem.status !== 429) this.pending.clear();
        this.lost.set(null);
        this.problem.set(problem);
      }
    } finally {
      this.busy.set(false);
    }
  }
}
