import { Component, DestroyRef, inject, input, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { MatButton } from '@angular/material/button';
import { I18n } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { IntentKey } from '#core/intent';
import { Live } from '#core/live/live';
import { toMinor } from '#core/money';
import { type Problem, toProblem } from '#core/problem';
import { Icon } from '#ui/icon';
import { ProblemBox } from '#ui/problem-box';
import { Segmented } from '#ui/segmented';
import { Bff } from '../../money/bff';
import { HomeStore } from '../../money/home';

const SLOW_MS = 12_000;

/** Money for a newcomer by one click: asks the sandbox for an incoming Pix and waits until the balance tells that it came. */
@Component({
  selector: 'la-sandbox-card',
  imports: [MatButton, Icon, ProblemBox, Segmented, TPipe],
  template: `<section class="card" aria-labelledby="h-sandbox"><span class="ic"><la-icon name="flask" /></span>
    <div class="tx"><h2 id="h-sandbox">{{ 'home.sandbox' | t }}</h2><p class="muted" role="status" data-testid="receive-status">{{ (state() === 'idle' ? 'home.sandboxSub' : state() === 'waiting' ? 'home.receiving' : state() === 'slow' ? 'home.receiveSlow' : 'home.received') | t }}</p></div>
    <la-segmented label="home.receiveAmount" [options]="amounts()" [(value)]="amount" testid="receive-amount" />
    <button matButton="tonal" type="button" data-testid="receive" [disabled]="!enabled() || state() === 'waiting'" disabledInteractive (click)="ask()">{{ 'home.receive' | t }}</button>
    @if (problem(); as p) {<la-problem [problem]="p" class="pb" canRetry (retry)="ask()" />}</section>`,
  styles: `section{display:grid;grid-template-columns:auto minmax(0,1fr) auto auto;align-items:center;gap:12px 16px;padding:14px 18px;border-color:color-mix(in srgb,var(--la-warn) 26%,transparent);background:color-mix(in srgb,var(--la-warn) 6%,var(--la-card))}
    .ic{display:grid;place-items:center;width:38px;height:38px;border-radius:12px;color:var(--la-warn);background:color-mix(in srgb,var(--la-warn) 14%,transparent)}h2{font-size:.9375rem}.tx p{font-size:.8438rem}.pb{grid-column:1/-1}
    @media(max-width:1080px){section{grid-template-columns:auto minmax(0,1fr)}la-segmented,section>button,.pb{grid-column:1/-1}}
    @media(min-width:761px) and (max-width:1080px){la-segmented{grid-column:1/3}}`,
})
export class SandboxCard {
  private readonly bff = inject(Bff);
  private readonly i18n = inject(I18n);
  private readonly intent = new IntentKey();
  private readonly home = inject(HomeStore);
  private before = 0n;
  private timer: ReturnType<typeof setTimeout> | undefined;
  readonly enabled = input(true);
  protected readonly amount = signal('50000');
  protected readonly amounts = () =>
    ['5000', '50000', '500000'].map((value) => ({ value, text: this.i18n.money(value).replace(/[.,]00$/, '') }));
  protected readonly state = signal<'idle' | 'waiting' | 'slow' | 'came'>('idle');
  protected readonly problem = signal<Problem | null>(null);

  constructor() {
    inject(DestroyRef).onDestroy(() => clearTimeout(this.timer));
    inject(Live)
      .events.pipe(takeUntilDestroyed())
      .subscribe((e) => {
        if (e.type !== 'balance' || (this.state() !== 'waiting' && this.state() !== 'slow')) return;
        if (toMinor(e.data.postedMinor) > this.before) this.step('came', 5000, 'idle');
      });
  }
  protected async ask(): Promise<void> {
    if (!this.enabled() || this.state() === 'waiting') return;
    this.problem.set(null);
    this.before = toMinor(this.home.data()?.balance.postedMinor ?? '0');
    this.step('waiting', SLOW_MS, 'slow');
    try {
      await this.bff.receive(this.amount(), this.intent.keyFor({ amount: this.amount() }));
      this.intent.renew();
    } catch (err) {
      clearTimeout(this.timer);
      this.state.set('idle');
      this.problem.set(toProblem(err));
    }
  }
  private step(now: 'waiting' | 'came', ms: number, later: 'slow' | 'idle'): void {
    clearTimeout(this.timer);
    this.state.set(now);
    this.timer = setTimeout(() => this.state.set(later), ms);
  }
}
