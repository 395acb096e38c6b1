import { NgComponentOutlet } from '@angular/common';
import { Component, computed, inject, signal, type Type } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { Accounts } from '#core/accounts';
import { Clock } from '#core/clock';
import { I18n, type Key } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { toMinor } from '#core/money';
import { Session } from '#core/session';
import { BROWSER_STORAGE, TRIES_SLOT } from '#core/storage';
import { FEATURES } from '#ui/frame/feature';
import { Icon } from '#ui/icon';
import { Notice } from '#ui/notice';
import { ProblemBox } from '#ui/problem-box';
import { HomeStore } from '../../money/home';
import { LineRow } from '../../money/line-row';
import { BalanceCard } from './balance-card';
import { ChartCard } from './chart-card';
import { FirstSteps } from './first-steps';
import { KpiRow } from './kpi-row';
import { SandboxCard } from './sandbox-card';
import { TodayCard } from './today-card';
import './texts';
import '../../money/texts';

@Component({
  selector: 'la-inicio',
  imports: [
    MatButton,
    RouterLink,
    Icon,
    LineRow,
    Notice,
    ProblemBox,
    BalanceCard,
    ChartCard,
    FirstSteps,
    KpiRow,
    SandboxCard,
    TodayCard,
    NgComponentOutlet,
    TPipe,
  ],
  templateUrl: './inicio.html',
  styleUrl: './inicio.scss',
})
export class Inicio {
  private readonly i18n = inject(I18n);
  protected readonly session = inject(Session);
  private readonly accounts = inject(Accounts);
  private readonly clock = inject(Clock);
  protected readonly store = inject(HomeStore);
  private readonly flags = inject(BROWSER_STORAGE).session;
  private readonly seen = signal(this.flags.get(TRIES_SLOT));
  private readonly hour = computed(() =>
    Number(new Intl.DateTimeFormat('en-US', { hour: '2-digit', hourCycle: 'h23', timeZone: 'America/Sao_Paulo' }).format(this.clock.now())),
  );
  protected readonly hello = computed<Key>(() =>
    this.hour() < 5 || this.hour() >= 18 ? 'home.evening' : this.hour() < 12 ? 'home.morning' : 'home.afternoon',
  );
  /** On another account than the own one: what it is called, once that is known. */
  protected readonly shop = computed(() => {
    if (this.accounts.isOwn()) return null;
    const account = this.accounts.current();
    return account ? this.accounts.nameOf(account) : this.i18n.t('home.h1');
  });
  protected readonly todayText = computed(() => {
    const s = this.i18n.date(new Date(this.clock.now()).toISOString(), { weekday: 'long', day: 'numeric', month: 'long' });
    return s.charAt(0).toUpperCase() + s.slice(1);
  });
  private readonly moved = computed(() => {
    const h = this.store.data();
    const some = (k: 'inMinor' | 'outMinor') => !!h && (h.days.some((d) => toMinor(d[k]) !== 0n) || toMinor(h.today[k]) !== 0n);
    return {
      in: some('inMinor') || !!h?.recent.some((l) => l.direction === 'in'),
      out: some('outMinor') || !!h?.recent.some((l) => l.direction === 'out'),
    };
  });
  protected readonly lastMoveAt = computed(() => this.store.data()?.recent.find((l) => l.status === 'done')?.at ?? null);
  /** Wrong passwords since the log-in before this one, until the person has taken note. */
  protected readonly tries = computed(() => {
    const last = this.session.lastSignIn();
    return last && last.failures > 0 && this.seen() !== (last.at ?? '') ? last : null;
  });
  protected readonly received = computed(() => this.moved().in);
  protected readonly paid = computed(() => this.moved().out);

  /** As the menu offers it. */
  protected readonly mayPay = computed(() => this.session.has('pagar') && this.accounts.may('pay'));
  /** Cards that other features bring, in the order of the server. */
  protected readonly more = signal<readonly Type<unknown>[]>([]);

  constructor() {
    const brought = new Map(inject(FEATURES).flatMap(({ card }) => (card ? [[card.name, card.load] as const] : [])));
    const wanted = (this.session.cards() ?? []).flatMap((name) => brought.get(name) ?? []);
    if (wanted.length > 0) void Promise.all(wanted.map((load) => load())).then((cards) => this.more.set(cards));
    void this.store.load();
  }
  /** Whether the module that fills the card is part of this installation. */
  protected shows(card: string): boolean {
    return this.session.cards()?.includes(card) ?? true;
  }
  protected takeNote(): void {
    const at = this.session.lastSignIn()?.at ?? '';
    this.flags.set(TRIES_SLOT, at);
    this.seen.set(at);
  }
}
