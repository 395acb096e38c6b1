import { Component, computed, inject, input, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Router, RouterLink } from '@angular/router';
import { Accounts } from '#core/accounts';
import { dayOf } from '#core/dates';
import { I18n } from '#core/i18n/i18n';
import { BrlPipe, DiaPipe, TPipe } from '#core/i18n/pipes';
import { load } from '#core/load';
import { toMinor } from '#core/money';
import { type Problem, toProblem } from '#core/problem';
import { Session } from '#core/session';
import { Card } from '#ui/card';
import { Icon } from '#ui/icon';
import { List } from '#ui/list';
import { Notice } from '#ui/notice';
import { ProblemBox } from '#ui/problem-box';
import { Skeleton } from '#ui/skeleton';
import { Outbox } from '../../counter/outbox';
import { Books } from '../../shop/books';
import type { Closing } from '../../shop/contract';
import { Drawers } from '../../shop/drawers';
import { ShopApi } from '../../shop/shop-api';
import { checksOf } from './checks';
import './texts';

const AGAIN_MS = 2_000;
const LONG: Intl.DateTimeFormatOptions = { weekday: 'long', day: 'numeric', month: 'long' };

/** What there is to know before a day is closed, its figures, the closing itself, and the way back. */
@Component({
  selector: 'la-fechamento',
  imports: [MatButton, RouterLink, Card, Icon, List, Notice, ProblemBox, Skeleton, BrlPipe, DiaPipe, TPipe],
  templateUrl: './fechamento.html',
  styleUrl: './fechamento.scss',
})
export class Fechamento {
  private readonly api = inject(ShopApi);
  private readonly drawers = inject(Drawers);
  private readonly router = inject(Router);
  private readonly outbox = inject(Outbox);
  private readonly session = inject(Session);
  private readonly accounts = inject(Accounts);
  private readonly books = inject(Books);
  protected readonly i18n = inject(I18n);
  /** Which day, in the address; today when it names none. */
  readonly dia = input<string>();
  protected readonly date = computed(() => (/^\d{4}-\d{2}-\d{2}$/.test(this.dia() ?? '') ? this.dia()! : dayOf(Date.now())));
  protected readonly closing = load<string, Closing>({
    of: () => this.date(),
    read: (date) => this.api.closing(date),
    hears: ({ type }) => type === 'books' || type === 'books-chart' || type === 'drawer',
    // What is on its way to the ledger is there in a moment.
    pollMs: (answer) => (answer?.checklist.some(({ kind, count }) => kind === 'books.waiting' && count > 0) ? AGAIN_MS : null),
  });
  private readonly till = load({
    of: () => (this.session.has('caixa') ? true : null),
    read: () => this.drawers.till(),
    hears: ({ type }) => type === 'drawer',
  });
  protected readonly checks = computed(() => {
    const openDrawers = (this.till.data()?.drawers ?? []).filter(({ session }) => session).length;
    return checksOf(this.closing.data()?.checklist ?? [], { device: this.outbox.waiting().length, openDrawers });
  });
  protected readonly isClosed = computed(() => {
    const until = this.closing.data()?.closedUntil;
    return !!until && until >= this.date();
  });
  protected readonly net = computed(() => {
    const figures = this.closing.data()?.figures;
    return figures ? toMinor(figures.inMinor) - toMinor(figures.outMinor) : 0n;
  });
  protected readonly dayText = computed(() => this.i18n.date(this.date(), LONG));
  protected readonly today = computed(() => this.closing.data()?.today ?? dayOf(Date.now()));
  protected readonly mayClose = computed(() => this.accounts.may('books'));
  protected readonly mayReopen = computed(() => this.accounts.may('account:manage'));
  protected readonly despite = signal(false);
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly done = signal<string | null>(null);
  protected readonly reopening = signal(false);
  protected readonly reason = signal('');

  protected choose(date: string): void {
    this.done.set(null);
    void this.router.navigate([], { queryParams: { dia: date || null } });
  }
  protected close(): Promise<void> {
    return this.make(async () => {
      await this.api.closeDay({ until: this.date(), ...(this.checks().length > 0 ? { despite: true } : {}) });
      const day = this.dayText();
      this.done.set(day.charAt(0).toUpperCase() + day.slice(1));
    });
  }
  protected reopen(): Promise<void> {
    return this.make(async () => {
      await this.api.reopenDay({ from: this.date(), reason: this.reason().trim() });
      this.reopening.set(false);
      this.reason.set('');
      this.done.set(null);
    });
  }
  /** Repeating either changes nothing, so that an answer that did not come may be asked for again. */
  private async make(work: () => Promise<void>): Promise<void> {
    if (this.busy()) return;
    this.busy.set(true);
    this.problem.set(null);
    try {
      await work();
      await Promise.all([this.closing.reload(), this.books.reload()]);
    } catch (error) {
      this.problem.set(toProblem(error));
    }
    this.busy.set(false);
  }
}
