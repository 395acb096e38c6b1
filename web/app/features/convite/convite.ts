import { Component, computed, inject, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { ActingAccount } from '#core/account';
import { type Answer, Api } from '#core/api';
import { I18n, type Key } from '#core/i18n/i18n';
import { BrlPipe, TPipe } from '#core/i18n/pipes';
import { InvitationLink } from '#core/invitation';
import { type Problem, toProblem } from '#core/problem';
import { Empty } from '#ui/empty';
import { ProblemBox } from '#ui/problem-box';
import './texts';

type Offer = Answer<'/bff/v1/invitations/read', 'post'>;

/** What a link offers, and the yes to it. Whoever was not signed in comes back here from the log-in or the sign-up. */
@Component({
  selector: 'la-convite',
  imports: [MatButton, RouterLink, Empty, ProblemBox, BrlPipe, TPipe],
  template: `<h1>{{ 'joining.h1' | t }}</h1>
    @if (problem(); as p) {<la-problem [problem]="p" [canRetry]="!offer()" (retry)="read()" />}
    @if (offer(); as o) {
      <section class="card" data-testid="offer"><h2>{{ 'joining.asks' | t: { name: o.name ?? ('joining.somebody' | t) } }}</h2>
        <p>{{ 'joining.as' | t: { role: (role() | t) } }} {{ can() | t }}</p>
        <ul class="muted">@if (o.limits.perPaymentMinor; as v) {<li>{{ 'joining.perPayment' | t: { v: (v | brl: 'shown') } }}</li>}@if (o.limits.perDayMinor; as v) {<li>{{ 'joining.perDay' | t: { v: (v | brl: 'shown') } }}</li>}<li>{{ 'joining.until' | t: { t: i18n.moment(o.expiresAt) } }}</li></ul>
        <div class="row"><button matButton="filled" type="button" [disabled]="busy()" disabledInteractive data-testid="accept" (click)="accept()">{{ 'joining.accept' | t }}</button><a matButton routerLink="/inicio" (click)="link.forget()">{{ 'joining.no' | t }}</a></div></section>
    } @else if (!secret) {
      <section class="card"><la-empty icon="team" [heading]="'joining.none' | t"><p>{{ 'joining.noneText' | t }}</p></la-empty></section>
    }`,
  styles: `:host{display:grid;gap:18px;max-width:620px;margin:0 auto}.card{display:grid;gap:14px;padding:24px}ul{margin:0;padding-inline-start:20px}.row{display:flex;flex-wrap:wrap;gap:8px}@media(max-width:760px){.card{padding:20px 16px}}`,
})
export class Convite {
  private readonly api = inject(Api);
  private readonly acting = inject(ActingAccount);
  protected readonly link = inject(InvitationLink);
  protected readonly i18n = inject(I18n);
  protected readonly secret = this.link.read();
  protected readonly offer = signal<Offer | null>(null);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly busy = signal(false);
  protected readonly role = computed<Key>(() => `accounts.role.${this.offer()!.role}`);
  protected readonly can = computed<Key>(() => `joining.can.${this.offer()!.role}`);

  constructor() {
    void this.read();
  }
  protected async read(): Promise<void> {
    if (!this.secret) return;
    this.problem.set(null);
    try {
      this.offer.set(await this.api.post('/bff/v1/invitations/read', { secret: this.secret }));
    } catch (err) {
      this.problem.set(toProblem(err));
    }
  }
  protected async accept(): Promise<void> {
    if (this.busy() || !this.secret) return;
    this.busy.set(true);
    this.problem.set(null);
    try {
      const { accountId } = await this.api.post('/bff/v1/invitations/accept', { secret: this.secret });
      this.link.forget();
      this.acting.goTo(accountId);
    } catch (err) {
      this.problem.set(toProblem(err));
      this.busy.set(false);
    }
  }
}
