import { Component, computed, inject } from '@angular/core';
import { type Answer, Api } from '#core/api';
import { I18n } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { load } from '#core/load';
import { ProblemBox } from '#ui/problem-box';
import { type Column, Table } from '#ui/table';
import { ApprovalCard } from '../../approvals/approval-card';
import { Colleagues } from '../../approvals/colleagues';
import './texts';

type Operator = Answer<'/bff/v1/desk/identity/operators'>['operators'][number];

/** Who looks after this tenant, and as what; requests about it that wait. */
@Component({
  selector: 'la-equipe',
  imports: [ApprovalCard, ProblemBox, Table, TPipe],
  template: `<h1>{{ 'desk.title' | t }}</h1>
    @if (team.problem(); as p) {<la-problem [problem]="p" canRetry (retry)="team.reload()" />}
    @for (one of pending.data()?.approvals ?? []; track one.id) {<la-approval module="identity" [approval]="one" (decided)="again()" />}
    @if (team.data(); as data) {<la-table [caption]="'desk.title' | t" [columns]="columns()" [rows]="data.operators" data-testid="team" />}`,
  styles: ':host{display:grid;gap:16px}',
})
export class Equipe {
  private readonly api = inject(Api);
  private readonly i18n = inject(I18n);
  private readonly colleagues = inject(Colleagues);
  protected readonly team = load({
    of: () => 'team' as const,
    read: async () => {
      const told = await this.api.get('/bff/v1/desk/identity/operators');
      // Whoever was added since the names were asked is the one that a request is about.
      this.colleagues.know(told.operators);
      return told;
    },
  });
  /** Auditors see who there is, and decide nothing. */
  protected readonly pending = load({
    of: () => 'pending' as const,
    read: () => this.api.get('/bff/v1/desk/identity/approvals').catch(() => ({ approvals: [] })),
  });
  protected readonly columns = computed<Column<Operator>[]>(() => [
    { name: 'name', heading: this.i18n.t('desk.name'), text: ({ name }) => name },
    { name: 'email', heading: this.i18n.t('desk.email'), text: ({ email }) => email },
    { name: 'roles', heading: this.i18n.t('desk.roles'), text: ({ roles }) => roles.join(', ') },
    {
      name: 'state',
      heading: this.i18n.t('desk.state'),
      text: ({ disabledAt }) => this.i18n.t(disabledAt ? 'desk.off' : 'desk.on'),
    },
  ]);

  protected again(): void {
    void this.team.reload();
    void this.pending.reload();
  }
}
