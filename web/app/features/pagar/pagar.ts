import { Component, computed, DestroyRef, inject, linkedSignal, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Router, RouterLink } from '@angular/router';
import { I18n } from '#core/i18n/i18n';
import { BrlPipe, TPipe } from '#core/i18n/pipes';
import { IntentKey, type PendingIntent, PendingPayment } from '#core/intent';
import { isAmbiguous, ourProblem, type Problem, type StepUp, toProblem } from '#core/problem';
import { Session } from '#core/session';
import { FORM_DEFAULTS } from '#ui/form-defaults';
import { ProblemBox } from '#ui/problem-box';
import { Bff } from '../../money/bff';
import type { NewPayment, Quote } from '../../money/contract';
import { HomeStore } from '../../money/home';
import { PayDrafts } from '../../money/pay-draft';
import { ProofStep } from '../../money/proof-step';
import { CodeStep } from './code-step';
import { LostPayment } from './lost-payment';
import { ReviewStep } from './review-step';
import './texts';
import '../../money/texts';

/** What the page of security helps with. */
const SECURITY = new Set(['PAYMENTS_FACTOR_NEEDED', 'PAYMENTS_NEW_DEVICE_PAYMENT_LIMIT', 'PAYMENTS_NEW_DEVICE_DAY_LIMIT']);

/** From a code to a confirmed payment. What follows the confirmation lives at its own address (/pagar/:id), so a reload loses nothing. */
@Component({
  selector: 'la-pagar',
  imports: [MatButton, RouterLink, ProblemBox, CodeStep, LostPayment, ProofStep, ReviewStep, BrlPipe, TPipe],
  providers: [FORM_DEFAULTS],
  templateUrl: './pagar.html',
  styleUrl: './pagar.scss',
})
export class Pagar {
  private readonly bff = inject(Bff);
  private readonly i18n = inject(I18n);
  private readonly router = inject(Router);
  private readonly pending = inject(PendingPayment);
  private readonly drafts = inject(PayDrafts);
  private readonly session = inject(Session);
  private readonly owner = computed(() => this.session.person()?.id ?? '');
  private readonly intent = new IntentKey();
  protected readonly home = inject(HomeStore);
  /** What was being prepared before a reload or a log-in that had ended; read again once it is known who is here. */
  protected readonly draft = computed(() => this.drafts.read());
  protected readonly code = linkedSignal(() => this.draft().code);
  protected readonly quote = linkedSignal<Quote | null>(() => this.draft().quote);
  protected readonly kept = computed(() => (this.quote() && this.quote() === this.draft().quote ? this.draft() : { amount: '', note: '' }));
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  /** A payment that waits for its proof: the same request, under the same key, goes out again once it was given. */
  protected readonly asking = signal<{ wish: PendingIntent<NewPayment>; stepUp: StepUp } | null>(null);
  protected readonly needsSecurity = computed(() => SECURITY.has(this.problem()?.code ?? ''));
  /** A payment whose answer never came: of this page, or of before a reload. */
  protected readonly lost = linkedSignal<PendingIntent<NewPayment> | null>(() =>
    this.owner() ? this.pending.read<NewPayment>(this.owner()) : null,
  );

  constructor() {
    this.drafts.resume();
    // Whoever goes on to another page of the app leaves the draft behind; a reload or a log-in in between does not come by here.
    inject(DestroyRef).onDestroy(() => this.drafts.clear());
    void this.home.load();
  }
  protected typed(code: string): void {
    this.code.set(code);
    this.drafts.save({ code, quote: null });
  }
  protected decoded(quote: Quote): void {
    this.problem.set(null);
    this.quote.set(quote);
    this.drafts.save({ code: this.code(), quote, quotedAt: Date.now(), amount: '', note: '' });
  }
  protected edited(change: { amount: string; note: string }): void {
    this.drafts.save(change);
  }
  protected back(): void {
    this.asking.set(null);
    this.quote.set(null);
    this.problem.set(null);
    this.drafts.save({ quote: null, amount: '', note: '' });
  }
  /** The lost payment was asked for and was made, or the person takes it as settled: either way nothing is open any more. */
  protected settled(): void {
    this.pending.clear();
    this.lost.set(null);
  }
  protected async pay(body: NewPayment): Promise<void> {
    if (this.busy() || this.lost()) return;
    // Nothing was sent, so nothing can be lost: said as it is, instead of as a payment without an answer.
    if (navigator.onLine === false) return this.problem.set(ourProblem('WEB_OFFLINE_UNSENT'));
    const payee = this.quote()?.payee.name ?? '';
    await this.send({ key: this.intent.keyFor(body), body, payee, owner: this.owner(), since: new Date().toISOString() });
  }
  protected sentence({ body, payee }: PendingIntent<NewPayment>): string {
    return this.i18n.t('proof.pay', { v: this.i18n.money(body.amountMinor), n: payee });
  }
  protected async proved(): Promise<void> {
    const wish = this.asking()?.wish;
    if (wish && !this.busy()) await this.send(wish);
  }
  private async send(wish: PendingIntent<NewPayment>): Promise<void> {
    this.busy.set(true);
    this.problem.set(null);
    this.pending.save(wish);
    try {
      const payment = await this.bff.pay(wish.body, wish.key);
      this.pending.clear();
      this.drafts.clear();
      this.intent.renew();
      await this.router.navigate(['/pagar', payment.id], { replaceUrl: true });
    } catch (err) {
      const problem = toProblem(err);
      this.asking.set(problem.stepUp ? { wish, stepUp: problem.stepUp } : null);
      if (isAmbiguous(problem)) this.lost.set(wish);
      else {
        // An answer, also when it says that the session is over or that these were too many: this request made nothing.
        this.pending.clear();
        this.problem.set(problem.stepUp ? null : problem);
      }
    } finally {
      this.busy.set(false);
    }
  }
}
