import { Component, computed, inject, input } from '@angular/core';
import { I18n } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { Icon, type IconName } from '#ui/icon';
import type { PaymentStep } from './contract';
import { stepKey } from './step-names';
import './texts';

const SIGN = { done: 'check', running: 'clock', failed: 'close', waiting: 'dashed', unanswered: 'clock' } as const satisfies Record<
  PaymentStep['status'],
  IconName
>;
const WORD = {
  done: 'pix.stepDone',
  running: 'pix.stepRunning',
  failed: 'pix.stepFailed',
  waiting: 'pix.stepWaiting',
  unanswered: 'pix.stepUnanswered',
} as const;

/** What happened to a payment so far, as a ladder: each step with its state, hour, number of tries and duration. */
@Component({
  selector: 'la-steps',
  imports: [Icon, TPipe],
  template: `<ol>@for (s of rows(); track $index) {<li [attr.data-s]="s.status"><span class="m"><la-icon [name]="s.icon" /></span>
    <span class="n"><b>{{ s.label }}</b><span class="sr-only">: {{ s.word | t }}</span><small class="muted">{{ s.note }}</small></span></li>}</ol>`,
  styles: `ol{list-style:none;padding:0;display:grid}
    li{display:grid;grid-template-columns:28px 1fr;gap:12px;position:relative;padding-bottom:16px}li:last-child{padding-bottom:0}
    li:not(:last-child)::before{content:'';position:absolute;left:13px;top:30px;bottom:2px;width:2px;border-radius:2px;background:var(--la-line)}
    li[data-s=done]:not(:last-child)::before{background:color-mix(in srgb,var(--la-in) 45%,transparent)}
    .m{display:grid;place-items:center;width:28px;height:28px;border-radius:50%;font-size:.8125rem;background:var(--la-soft);color:var(--la-muted)}
    [data-s=done] .m{background:color-mix(in srgb,var(--la-in) 16%,transparent);color:var(--la-in)}
    [data-s=running] .m{background:color-mix(in srgb,var(--la-warn) 16%,transparent);color:var(--la-warn);animation:la-pulse 1s ease-in-out infinite alternate}
    [data-s=unanswered] .m{background:color-mix(in srgb,var(--la-warn) 16%,transparent);color:var(--la-warn)}
    [data-s=failed] .m{background:color-mix(in srgb,var(--la-out) 16%,transparent);color:var(--la-out)}
    .n{display:grid;align-content:center;min-height:28px}b{font-weight:550}small{font-size:.8125rem}[data-s=waiting] b{color:var(--la-muted);font-weight:450}`,
})
export class PaymentSteps {
  private readonly i18n = inject(I18n);
  readonly steps = input.required<readonly PaymentStep[]>();
  protected readonly rows = computed(() =>
    this.steps().map((s) => {
      const key = stepKey(s.name);
      const at = s.at && s.status !== 'waiting' ? this.i18n.date(s.at, { hour: '2-digit', minute: '2-digit', second: '2-digit' }) : null;
      const silent = s.status === 'unanswered' ? this.i18n.t('pix.stepUnanswered') : null;
      const took =
        s.durationMs == null || s.status === 'waiting' || s.status === 'running'
          ? null
          : s.durationMs < 1000
            ? null
            : `${(s.durationMs / 1000).toLocaleString(this.i18n.lang(), { maximumFractionDigits: 1 })} s`;
      const tries = s.attempt > 1 ? this.i18n.t('pix.attempt', { n: s.attempt }) : null;
      return {
        status: s.status,
        icon: SIGN[s.status],
        word: WORD[s.status],
        label: key ? this.i18n.t(key) : s.name.charAt(0).toUpperCase() + s.name.slice(1).replace(/[-_.]/g, ' '),
        note: [at, silent, took, tries].filter(Boolean).join(' · '),
      };
    }),
  );
}
