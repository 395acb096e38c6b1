import { Component, computed, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { ActingAccount, pageOf } from '#core/account';
import { Accounts } from '#core/accounts';
import type { Key } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { Icon } from '#ui/icon';
import './texts';

/** Leads a new shop through its first day; goes away with the first day that is closed. */
@Component({
  selector: 'la-first-steps',
  imports: [RouterLink, Icon, TPipe],
  template: `<section class="card" aria-labelledby="h-first" data-testid="first-steps"><h2 id="h-first">{{ 'today.first' | t }}</h2>
    <ol>@for (one of steps(); track one.title) {
      <li [class.ok]="one.isDone"><la-icon [name]="one.isDone ? 'ok' : 'dashed'" /><div>
        @if (one.isDone) {<b>{{ one.title | t }}</b>} @else {<a [routerLink]="one.to">{{ one.title | t }}</a>}
        <span class="sr-only"> ({{ (one.isDone ? 'today.done' : 'today.todo') | t }})</span><p class="muted">{{ one.text | t }}</p></div></li>
    }</ol>@if (teamPage(); as href) {<p class="team"><a [href]="href" data-testid="invite-team">{{ 'today.team' | t }}</a></p>}</section>`,
  styles: `ol{list-style:none;padding:0;margin-top:14px;display:grid;grid-template-columns:repeat(3,1fr);gap:20px}li{display:flex;gap:12px}la-icon{color:var(--la-muted);width:22px;height:22px}.ok la-icon{color:var(--la-in)}
    b,a{font-weight:600}p{font-size:.8438rem}.team{margin-top:14px;font-size:.9375rem}@media(max-width:900px){ol{grid-template-columns:1fr;gap:14px}}`,
})
export class FirstSteps {
  private readonly acting = inject(ActingAccount);
  private readonly accounts = inject(Accounts);
  /** Who works here is looked after where the account is. */
  protected readonly teamPage = computed(() => (this.accounts.may('members:see') ? pageOf(this.acting.named, 'equipe') : null));
  readonly sold = input.required<boolean>();
  readonly opened = input.required<boolean>();
  readonly closed = input.required<boolean>();
  protected readonly steps = computed<{ title: Key; text: Key; to: string; isDone: boolean }[]>(() => [
    { title: 'today.step2', text: 'today.step2s', to: '/caixa', isDone: this.opened() },
    { title: 'today.step1', text: 'today.step1s', to: '/lancar', isDone: this.sold() },
    { title: 'today.step3', text: 'today.step3s', to: '/fechamento', isDone: this.closed() },
  ]);
}
