import { Component, computed, inject, input, output, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { type Answer, Api } from '#core/api';
import { I18n, type Key } from '#core/i18n/i18n';
import { BrlPipe, TPipe } from '#core/i18n/pipes';
import { type Problem, toProblem } from '#core/problem';
import { Session } from '#core/session';
import { ProblemBox } from '#ui/problem-box';
import { Colleagues } from './colleagues';
import './texts';

export type Approval = Answer<'/bff/v1/desk/payments/approvals'>['approvals'][number];

type Asked = {
  decision?: string;
  status?: string;
  roles?: string[];
  isDisabled?: boolean;
  subjectId?: string;
  accountId?: string;
};

const WHAT: Readonly<Record<string, Key>> = {
  executed: 'approval.what.executed',
  'not-executed': 'approval.what.notExecuted',
  approve: 'approval.what.approve',
  match: 'approval.what.match',
  'give-back': 'approval.what.giveBack',
  'return-again': 'approval.what.returnAgain',
  keep: 'approval.what.keep',
  explained: 'approval.what.explained',
  compensated: 'approval.what.compensated',
  closed: 'approval.what.closed',
};

/** What one person asked, before another who decides. The seal that was read goes back with the decision. */
@Component({
  selector: 'la-approval',
  imports: [MatButton, ProblemBox, BrlPipe, TPipe],
  template: `<section class="card" data-testid="approval" [attr.data-about]="approval().about"><h2>{{ 'approval.title' | t }}</h2>
    <p><b data-testid="approval-what">{{ 'approval.asked' | t: { who: who(), what: what() } }}</b></p>
    <dl data-testid="approval-about">
      <div><dt>{{ 'approval.about' | t }}</dt><dd><code>{{ approval().about }}</code></dd></div>
      @if (asked().subjectId; as id) {<div><dt>{{ 'approval.person' | t }}</dt><dd>@if (colleagues.nameOf(id); as name) {{{ name }} }<code>{{ id }}</code></dd></div>}
      @if (asked().accountId; as id) {<div><dt>{{ 'approval.account' | t }}</dt><dd><code>{{ id }}</code></dd></div>}
      @if (amountMinor(); as v) {<div><dt>{{ 'approval.amount' | t }}</dt><dd class="num">{{ v | brl: 'shown' }}</dd></div>}
    </dl>
    <blockquote>{{ approval().reason }}</blockquote>
    <p class="muted">{{ 'approval.until' | t: { t: i18n.moment(approval().expiresAt) } }}</p>
    @if (isOwn()) {<p>{{ 'approval.own' | t }}</p>}
    <label class="why"><span>{{ 'approval.reason' | t }}</span>
      <textarea rows="2" minlength="3" maxlength="200" data-testid="approval-reason" (input)="reason.set($any($event.target).value)"></textarea></label>
    @if (problem(); as p) {<la-problem [problem]="p" />}
    <div class="do">
      @if (isOwn()) {<button matButton="outlined" type="button" data-testid="withdraw" [disabled]="!isReady()" (click)="decide('withdraw')">{{ 'approval.withdraw' | t }}</button>}
      @else {
        <button matButton="filled" type="button" data-testid="approve" [disabled]="!isReady()" (click)="decide('approve')">{{ 'approval.approve' | t }}</button>
        <button matButton="outlined" type="button" data-testid="refuse" [disabled]="!isReady()" (click)="decide('refuse')">{{ 'approval.refuse' | t }}</button>
      }
    </div></section>`,
  styles: `:host{display:block}section{border-left:4px solid var(--la-warn)}h2{margin-bottom:6px}blockquote{margin:8px 0;padding-left:12px;border-left:2px solid var(--la-line);overflow-wrap:anywhere}
    dl{display:grid;gap:4px;margin:8px 0}dl div{display:flex;flex-wrap:wrap;gap:4px 8px}dt{color:var(--la-muted)}dd{margin:0;overflow-wrap:anywhere}
    .why{display:grid;gap:4px;margin:10px 0;max-width:34rem}.do{display:flex;gap:10px;flex-wrap:wrap}
    textarea{font:inherit;color:inherit;background:var(--mat-sys-surface);border:1px solid var(--mat-sys-outline);border-radius:10px;padding:8px 10px}`,
})
export class ApprovalCard {
  readonly approval = input.required<Approval>();
  readonly module = input<'payments' | 'identity'>('payments');
  /** Of what it is about, where the page that shows the request knows it. */
  readonly amountMinor = input<string | null>(null);
  readonly decided = output();
  private readonly api = inject(Api);
  private readonly session = inject(Session);
  protected readonly colleagues = inject(Colleagues);
  protected readonly i18n = inject(I18n);
  protected readonly reason = signal('');
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly isReady = computed(() => this.reason().trim().length >= 3 && !this.busy());
  protected readonly isOwn = computed(() => this.approval().askedBy.id === this.session.person()?.id);
  protected readonly who = computed(() => {
    const { kind, id } = this.approval().askedBy;
    if (kind === 'service') return this.i18n.t('approval.service', { id });
    return this.colleagues.nameOf(id) ?? this.i18n.t('approval.someone');
  });
  protected readonly asked = computed(() => this.approval().payload as Asked);
  protected readonly what = computed(() => {
    const asked = this.asked();
    if (asked.isDisabled) return this.i18n.t('approval.what.disabled');
    if (asked.roles) return this.i18n.t('approval.what.roles', { roles: asked.roles.join(', ') });
    const word = asked.decision ?? asked.status ?? '';
    const key = WHAT[word];
    return key ? this.i18n.t(key) : word;
  });

  protected async decide(decision: 'approve' | 'refuse' | 'withdraw'): Promise<void> {
    const { id, seal } = this.approval();
    const reason = this.reason().trim();
    const at = `/bff/v1/desk/${this.module()}/approvals/{id}` as const;
    this.busy.set(true);
    this.problem.set(null);
    try {
      if (decision === 'withdraw') await this.api.post(`${at}/withdraw`, { seal, reason }, { params: { id } });
      else await this.api.post(`${at}/decide`, { decision, seal, reason }, { params: { id } });
      this.decided.emit();
    } catch (err) {
      this.problem.set(toProblem(err));
    } finally {
      this.busy.set(false);
    }
  }
}
