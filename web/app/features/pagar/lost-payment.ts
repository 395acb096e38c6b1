import { Component, inject, input, linkedSignal, output, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Router } from '@angular/router';
import { BrlPipe, DiaPipe, TPipe } from '#core/i18n/pipes';
import type { PendingIntent } from '#core/intent';
import { type Problem, toProblem } from '#core/problem';
import { Notice } from '#ui/notice';
import { ProblemBox } from '#ui/problem-box';
import { Bff } from '../../money/bff';
import type { NewPayment } from '../../money/contract';

/** As long as a request may still be on its way to the server: until then "not there" does not mean "will not come". */
const MAY_STILL_COME_MS = 90_000;

/**
 * A payment whose answer never came. Checking asks under its key what became of it: it never makes one, however often and however late it
 * is pressed. What was not made is said to be so, and paying again is up to the person.
 */
@Component({
  selector: 'la-lost-payment',
  imports: [MatButton, Notice, ProblemBox, BrlPipe, DiaPipe, TPipe],
  template: `@let l = lost(); @let p = { v: (l.body.amountMinor | brl: 'shown'), n: l.payee || ('pay.lostSomebody' | t) };
    <la-notice [tone]="found() === 'none' ? 'info' : 'warn'" [icon]="found() === 'none' ? 'info' : 'warn'" role="alert" data-testid="payment-lost" [attr.data-found]="found()"
      [heading]="(found() === 'none' ? 'pay.lostNone' : 'pay.lostTitle') | t: p">
      <span>{{ (found() === 'none' ? 'pay.lostNoneText' : found() === 'not-yet' ? 'pay.lostNotYet' : 'pay.lostText') | t: { when: (l.since | dia: when) } }}</span>
      <span class="acts">
        @if (found() !== 'none') {<button matButton="filled" type="button" data-testid="check-lost" [disabled]="busy()" disabledInteractive (click)="check()">{{ (busy() ? 'pay.checking' : 'pay.check') | t }}</button>}
        <button matButton type="button" data-testid="discard-lost" (click)="over.emit()">{{ (found() === 'none' ? 'pay.lostOk' : 'pay.discard') | t }}</button>
      </span>
      @if (problem(); as pr) {<la-problem [problem]="pr" />}
    </la-notice>`,
  styles: '.acts{display:flex;flex-wrap:wrap;gap:8px;margin-top:10px}la-problem{margin-top:12px}',
})
export class LostPayment {
  private readonly bff = inject(Bff);
  private readonly router = inject(Router);
  readonly lost = input.required<PendingIntent<NewPayment>>();
  /** It was found, or the person is done with it. */
  readonly over = output();
  protected readonly when: Intl.DateTimeFormatOptions = { day: '2-digit', month: 'short', hour: '2-digit', minute: '2-digit' };
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly found = linkedSignal<string, 'unasked' | 'not-yet' | 'none'>({
    source: () => this.lost().key,
    computation: () => 'unasked',
  });

  protected async check(): Promise<void> {
    if (this.busy()) return;
    const lost = this.lost();
    this.busy.set(true);
    this.problem.set(null);
    try {
      const payment = await this.bff.paymentByKey(lost.key);
      this.over.emit();
      await this.router.navigate(['/pagar', payment.id], { replaceUrl: true });
    } catch (err) {
      const problem = toProblem(err);
      if (problem.code !== 'PAYMENTS_NOT_FOUND') this.problem.set(problem);
      else this.found.set(Date.now() - Date.parse(lost.since) < MAY_STILL_COME_MS ? 'not-yet' : 'none');
    } finally {
      this.busy.set(false);
    }
  }
}
