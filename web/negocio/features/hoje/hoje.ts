import { Component, computed, inject, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { Accounts } from '#core/accounts';
import { I18n } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { load } from '#core/load';
import { Session } from '#core/session';
import { Card } from '#ui/card';
import { Empty } from '#ui/empty';
import { Icon, type IconName } from '#ui/icon';
import { List } from '#ui/list';
import { ProblemBox } from '#ui/problem-box';
import { Skeleton } from '#ui/skeleton';
import { Outbox } from '../../counter/outbox';
import { Books } from '../../shop/books';
import { Drawers } from '../../shop/drawers';
import { EntryLine } from '../../shop/entry-line';
import { ShopApi } from '../../shop/shop-api';
import { FirstSteps } from './first-steps';
import { ShopBalance } from './shop-balance';
import { SoldCard } from './sold-card';
import './texts';

type Wait = { icon: IconName; text: string; to: string; query?: Record<string, string>; isGrave?: boolean };
const LATER_MS = 2_000;
const FEW = 8;

/** The day at a glance: what there is, what was sold, what waits. */
@Component({
  selector: 'la-hoje',
  imports: [MatButton, RouterLink, Card, Empty, EntryLine, FirstSteps, Icon, List, ProblemBox, ShopBalance, Skeleton, SoldCard, TPipe],
  templateUrl: './hoje.html',
  styleUrl: './hoje.scss',
})
export class Hoje {
  private readonly api = inject(ShopApi);
  private readonly i18n = inject(I18n);
  private readonly outbox = inject(Outbox);
  private readonly accounts = inject(Accounts);
  private readonly drawers = inject(Drawers);
  private readonly session = inject(Session);
  protected readonly books = inject(Books);
  protected readonly readAt = signal<string | null>(null);
  /** Read again as long as something is on its way to the figures. */
  protected readonly today = load({
    of: () => true,
    read: async () => {
      const answer = await this.api.today();
      this.readAt.set(new Date().toISOString());
      return answer;
    },
    hears: ({ type }) => type === 'books' || type === 'drawer',
    pollMs: (answer) => (answer && answer.waiting.accepted > 0 ? LATER_MS : null),
  });
  protected readonly mayRecord = computed(() => this.accounts.may('books'));
  /** Little was recorded here, and no day was ever closed. */
  protected readonly isNew = computed(() => this.books.shop()?.closedUntil === null && (this.today.data()?.recent.length ?? FEW) < FEW);
  /** Asked only while the first steps are shown. */
  private readonly till = load({
    of: () => (this.isNew() && this.session.has('caixa') ? true : null),
    read: () => this.drawers.till(),
    hears: ({ type }) => type === 'drawer',
  });
  protected readonly isOpened = computed(() => this.till.data()?.drawers.some(({ session }) => session) ?? false);
  protected readonly dayText = computed(() => {
    const date = this.today.data()?.date;
    return date ? this.i18n.date(date, { weekday: 'long', day: 'numeric', month: 'long' }) : '';
  });
  protected readonly waits = computed<Wait[]>(() => {
    const waiting = this.today.data()?.waiting;
    if (!waiting) return [];
    const counted = (n: number, wait: Omit<Wait, 'text'>, key: 'today.device' | 'today.unsorted' | 'today.refused'): Wait[] =>
      n > 0 ? [{ ...wait, text: this.i18n.t(key, { n }) }] : [];
    return [
      ...counted(this.outbox.waiting().length, { icon: 'offline', to: '/lancar', isGrave: true }, 'today.device'),
      ...counted(waiting.refused, { icon: 'no', to: '/lancamentos', query: { estado: 'refused' }, isGrave: true }, 'today.refused'),
      ...counted(waiting.unsorted, { icon: 'tag', to: '/lancamentos', query: { mostrar: 'sem-categoria' } }, 'today.unsorted'),
    ];
  });
}
