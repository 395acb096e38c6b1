import { Component, computed, inject, input, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { type Answer, Api } from '#core/api';
import { I18n, type Key } from '#core/i18n/i18n';
import { BrlPipe, TPipe } from '#core/i18n/pipes';
import { IntentKey } from '#core/intent';
import { load } from '#core/load';
import { type Problem, toProblem } from '#core/problem';
import { CopyButton } from '#ui/copy-button';
import { Icon } from '#ui/icon';
import { ProblemBox } from '#ui/problem-box';
import { ApprovalCard } from '../../approvals/approval-card';
import './texts';

type Inspected = Answer<'/bff/v1/desk/payments/{id}'>;
type Step = Inspected['steps'][number];
type Act = 'retry' | 'executed' | 'not-executed' | 'approve' | 'deny';

const POLL_MS = 5_000;
const MOST_POLLS = 240;
const STATUS: Readonly<Record<string, Key>> = {
  processing: 'inspect.status.processing',
  'in-review': 'inspect.status.inReview',
  sent: 'inspect.status.sent',
  unknown: 'inspect.status.unknown',
  disputed: 'inspect.status.disputed',
  stuck: 'inspect.status.stuck',
  settled: 'inspect.status.settled',
  failed: 'inspect.status.failed',
  declined: 'inspect.status.declined',
};
const ACTS: Readonly<Record<Act, Key>> = {
  retry: 'inspect.act.retry',
  executed: 'inspect.act.executed',
  'not-executed': 'inspect.act.notExecuted',
  approve: 'inspect.act.approve',
  deny: 'inspect.act.deny',
};
const OVER = new Set(['settled', 'failed', 'declined']);

/** One payment: where it stands, what was done for it, and what people may do about it. Nothing of whose it is. */
@Component({
  selector: 'la-inspect',
  imports: [MatButton, RouterLink, ApprovalCard, CopyButton, Icon, ProblemBox, BrlPipe, TPipe],
  templateUrl: './pagamento.html',
  styleUrl: './pagamento.scss',
})
export class Pagamento {
  private readonly api = inject(Api);
  protected readonly i18n = inject(I18n);
  private readonly wish = new IntentKey();
  readonly id = input.required<string>();
  protected readonly payment = load({
    of: () => this.id(),
    read: (id) => this.api.get('/bff/v1/desk/payments/{id}', { params: { id } }),
    pollMs: (data, _problem, polls) => (polls < MOST_POLLS && !(data && OVER.has(data.status)) ? POLL_MS : null),
  });
  protected readonly pending = computed(() => this.payment.data()?.approvals.filter(({ state }) => state === 'pending') ?? []);
  protected readonly acts = computed<Act[]>(() => {
    const data = this.payment.data();
    if (!data || OVER.has(data.status)) return [];
    const decisions = this.pending().length > 0 ? [] : (data.decisions as Act[]);
    return data.status === 'in-review' ? decisions : [...decisions, 'retry'];
  });
  protected readonly act = signal<Act | null>(null);
  protected readonly reason = signal('');
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly isReady = computed(() => this.act() !== null && this.reason().trim().length >= 3 && !this.busy());

  protected statusWord = (status: string): string => (STATUS[status] ? this.i18n.t(STATUS[status]) : status);
  protected actWord = (act: Act): string => this.i18n.t(ACTS[act]);
  protected hour = (iso: string): string =>
    this.i18n.date(iso, { day: '2-digit', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit' });
  /** What came of a step, as short as it was told. */
  protected outcome({ outcome }: Step): string {
    const { result, ...rest } = outcome as { result?: unknown };
    const more = Object.entries(rest).map(
      ([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
    );
    return [result, ...more].filter(Boolean).join(' · ');
  }
  protected why({ input: given }: Step): string {
    const { reason } = given as { reason?: unknown };
    return typeof reason === 'string' ? reason : '';
  }
  protected async send(event: Event): Promise<void> {
    event.preventDefault();
    const act = this.act();
    if (!act || !this.isReady()) return;
    const id = this.id();
    const reason = this.reason().trim();
    this.busy.set(true);
    this.problem.set(null);
    try {
      await this.carryOut(act, id, reason);
      this.wish.renew();
      this.act.set(null);
      await this.payment.reload();
    } catch (err) {
      this.problem.set(toProblem(err));
    } finally {
      this.busy.set(false);
    }
  }
  private carryOut(act: Act, id: string, reason: string): Promise<unknown> {
    const sent = { params: { id }, key: this.wish.keyFor({ act, id, reason }) };
    if (act === 'retry') return this.api.post('/bff/v1/desk/payments/{id}/retry', { reason }, sent);
    if (act === 'approve' || act === 'deny') return this.api.post('/bff/v1/desk/payments/{id}/review', { decision: act, reason }, sent);
    return this.api.post('/bff/v1/desk/payments/{id}/resolve', { decision: act, reason }, sent);
  }
}
