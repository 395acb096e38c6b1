import { Component, computed, inject, input, linkedSignal, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Router, RouterLink } from '@angular/router';
import { Accounts } from '#core/accounts';
import { I18n, type Key } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { load } from '#core/load';
import { Empty } from '#ui/empty';
import { Icon } from '#ui/icon';
import { Notice } from '#ui/notice';
import { ProblemBox } from '#ui/problem-box';
import { type Segment, Segmented } from '#ui/segmented';
import { Skeleton } from '#ui/skeleton';
import { Drawers, type Session } from '../../shop/drawers';
import { CountDrawer } from './count-drawer';
import { CountResult } from './count-result';
import { DrawerNow } from './drawer-now';
import { OpenDrawer } from './open-drawer';
import './texts';

/** One drawer from its float to its closing: opened with what was counted, moved, counted blind, closed with what was found. */
@Component({
  selector: 'la-caixa',
  imports: [
    MatButton,
    RouterLink,
    CountDrawer,
    CountResult,
    DrawerNow,
    Empty,
    Icon,
    Notice,
    OpenDrawer,
    ProblemBox,
    Segmented,
    Skeleton,
    TPipe,
  ],
  templateUrl: './caixa.html',
  styleUrl: './caixa.scss',
})
export class Caixa {
  private readonly api = inject(Drawers);
  private readonly router = inject(Router);
  private readonly accounts = inject(Accounts);
  protected readonly i18n = inject(I18n);
  /** Which drawer, in the address. */
  readonly gaveta = input<string>();
  protected readonly till = load({
    of: () => true,
    read: () => this.api.till(),
    hears: ({ type }) => type === 'drawer' || type === 'withdrawal-due' || type === 'late-sale' || type === 'books',
  });
  protected readonly choices = computed<Segment[]>(() =>
    (this.till.data()?.drawers ?? []).map(({ placeId, name }) => ({ value: placeId, text: name })),
  );
  protected readonly drawer = computed(() => {
    const drawers = this.till.data()?.drawers ?? [];
    return drawers.find(({ placeId }) => placeId === this.gaveta()) ?? drawers.find(({ session }) => session) ?? drawers[0] ?? null;
  });
  /** As the last answer told it: that of an action is newer than the list. */
  protected readonly session = linkedSignal<Session | null>(() => this.drawer()?.session ?? null);
  protected readonly told = load({
    of: () => this.drawer()?.session?.id ?? null,
    read: (id) => this.api.session(id),
    hears: ({ type }) => type === 'books' || type === 'drawer',
  });
  protected readonly step = linkedSignal<string | undefined, 'now' | 'count' | 'result'>({
    source: () => this.session()?.id,
    computation: () => (this.session()?.status === 'counting' ? 'result' : 'now'),
  });
  protected readonly closed = signal<Session | null>(null);
  protected readonly mayAct = computed(() => this.accounts.may('books'));
  protected readonly opener = computed(() => {
    const [till, session] = [this.till.data(), this.session()];
    if (!till || !session || session.openedBy === till.self) return '';
    return till.people.find(({ id }) => id === session.openedBy)?.name ?? '';
  });

  protected statusKey(): Key {
    const status = this.session()?.status;
    return `drawer.status.${status ?? 'closed'}`;
  }
  protected choose(placeId: string): void {
    void this.router.navigate([], { queryParams: { gaveta: placeId } });
  }
  protected readonly take = (session: Session): void => void this.took(session);
  protected async took(session: Session): Promise<void> {
    this.session.set(session);
    this.closed.set(session.status === 'closed' ? session : null);
    this.step.set(session.status === 'counting' ? 'result' : 'now');
    await this.refresh();
  }
  protected async refresh(): Promise<void> {
    await this.till.reload();
    await this.told.reload();
  }
}
