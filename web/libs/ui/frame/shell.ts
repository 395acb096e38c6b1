import { Component, computed, DestroyRef, type ElementRef, inject, input, signal, viewChild } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { MatButton, MatIconButton } from '@angular/material/button';
import { NavigationEnd, Router, RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { ActingAccount, pageOf } from '#core/account';
import { Accounts } from '#core/accounts';
import { Clock } from '#core/clock';
import { I18n } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { Live } from '#core/live/live';
import { NewBuild } from '#core/new-build';
import { Prefs } from '#core/prefs';
import { ourProblem } from '#core/problem';
import { Session } from '#core/session';
import { MissedPage } from '#core/stale-build';
import { Brand } from '../brand';
import { Icon } from '../icon';
import { AccountMenu } from './account-menu';
import { FEATURES } from './feature';
import { UserMenu } from './user-menu';

const WARN_MS = 120_000;
const ROOM = 5;

/** Frame of every page with a session: navigation, notices (line lost, session ending) and the menu of the person. */
@Component({
  selector: 'la-shell',
  imports: [RouterOutlet, RouterLink, RouterLinkActive, MatButton, MatIconButton, AccountMenu, UserMenu, Brand, Icon, TPipe],
  templateUrl: './shell.html',
  styleUrl: './shell.scss',
})
export class Shell {
  protected readonly prefs = inject(Prefs);
  protected readonly session = inject(Session);
  protected readonly live = inject(Live);
  protected readonly missed = inject(MissedPage);
  protected readonly build = inject(NewBuild);
  protected readonly i18n = inject(I18n);
  protected readonly accounts = inject(Accounts);
  private readonly acting = inject(ActingAccount);
  private readonly clock = inject(Clock);
  /** The menu was asked for before its code was there. */
  protected readonly menuWanted = signal(false);
  private readonly features = inject(FEATURES);
  /** Where the project's first page is; the route tells it. */
  readonly home = input.required<string>();
  /** The server names the pages in the order of the menu; as long as it did not, all are shown. */
  protected readonly nav = computed(() => {
    const inMenu = this.features.flatMap(({ page, menu, asks, leads, isFor }) =>
      menu && (!asks || this.accounts.may(asks)) && (!isFor || isFor(this.accounts.current()))
        ? [{ page, to: `${this.base()}/${page}`, away: leads?.(this.acting.named) ?? null, ...menu }]
        : [],
    );
    const pages = this.session.pages();
    const inOrder = pages ? pages.flatMap((page) => inMenu.filter((one) => one.page === page)) : inMenu;
    // What leads into another project stands last.
    return inOrder.toSorted((a, b) => Number(a.away !== null) - Number(b.away !== null));
  });
  /** On a phone the bar has room for so many; the others open above it. */
  protected readonly first = computed(() => (this.nav().length > ROOM ? ROOM - 1 : ROOM));
  protected readonly moreOpen = signal(false);
  protected readonly own = pageOf(null, 'inicio');
  private readonly base = computed(() => this.home().replace(/\/[^/]*$/, ''));
  private readonly main = viewChild.required<ElementRef<HTMLElement>>('main');
  /** Milliseconds left when it is time to warn, else null. */
  private readonly left = computed(() => {
    const end = this.session.expiresAt();
    const left = end == null ? Number.POSITIVE_INFINITY : end - this.clock.now();
    return left < WARN_MS ? left : null;
  });
  protected readonly ending = computed(() => {
    const left = this.left();
    if (left == null) return null;
    const s = Math.max(0, Math.ceil(left / 1000));
    return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`;
  });

  constructor() {
    this.live.start();
    this.accounts.begin();
    // No answer at the start (a restart of the server): ask again until somebody is known.
    const timer = setInterval(() => {
      const left = this.left();
      if ((left != null && left <= 0) || !this.session.person()) void this.stay();
    }, 5000);
    inject(DestroyRef).onDestroy(() => {
      clearInterval(timer);
      this.live.stop();
    });
    let last = '';
    // A new page takes the focus, so that a screen reader starts at its heading; query-string changes do not.
    inject(Router)
      .events.pipe(takeUntilDestroyed())
      .subscribe((e) => {
        if (!(e instanceof NavigationEnd)) return;
        this.missed.url.set(null);
        this.moreOpen.set(false);
        const path = e.urlAfterRedirects.split('?')[0]!;
        if (last && path !== last) this.main().nativeElement.focus({ preventScroll: true });
        last = path;
      });
  }
  protected readonly pageOffline = computed(() => this.i18n.problem(ourProblem('WEB_PAGE_OFFLINE')).text);
  protected reload(): void {
    location.reload();
  }
  /** Reading the session prolongs it; if it is over, this finds out. */
  protected async stay(): Promise<void> {
    try {
      const answer = await this.session.refresh();
      if (!answer.authenticated) this.session.expire(answer.ended);
    } catch {
      // Offline: the notice of the line tells it, and the next try comes by itself.
    }
  }
}
