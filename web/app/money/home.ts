import { computed, DestroyRef, effect, Injectable, inject, signal, untracked } from '@angular/core';
import type { LiveEvent } from '#core/live/live';
import { Live } from '#core/live/live';
import { type Problem, toProblem } from '#core/problem';
import { Bff } from './bff';
import type { Home } from './contract';
import { applyEvent, isNewer, moves } from './home.reducer';

/** Account, balance, day and recent lines of the person, kept fresh by live events. One reading serves home and pay. */
@Injectable({ providedIn: 'root' })
export class HomeStore {
  private readonly bff = inject(Bff);
  private readonly live = inject(Live);
  private lastId = '';
  private asked = 0;
  private readonly early: LiveEvent[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  readonly data = signal<Home | null>(null);
  readonly problem = signal<Problem | null>(null);
  readonly loading = signal(false);
  readonly open = computed(() => this.data()?.account.status === 'open');
  /** Null as long as it is not known: never zero in its place. */
  readonly available = computed(() => (this.open() ? (this.data()?.balance.availableMinor ?? null) : null));

  constructor() {
    const sub = this.live.events.subscribe((e) => {
      // It may be another log, whose positions begin lower.
      if (e.type === 'reload') this.lastId = '';
      if (!isNewer(e.id, this.lastId)) return;
      this.lastId = e.id || this.lastId;
      // An answer still under way may be older than this event, or tell the same: it is looked at when the answer is here.
      if (this.loading()) this.early.push(e);
      else this.apply(e);
    });
    inject(DestroyRef).onDestroy(() => {
      sub.unsubscribe();
      clearTimeout(this.timer);
    });
    effect(() => {
      if (this.live.resumed()) untracked(() => this.reloadSoon(0));
    });
  }
  async load(): Promise<void> {
    this.loading.set(true);
    try {
      const home = await this.bff.home();
      this.data.set(home);
      this.problem.set(null);
      // No event tells the end of the opening, and a day may have been projected before we listened: ask again, ever more rarely, and not
      // forever, as each call keeps the session alive.
      const opening = home.account.status === 'opening';
      if (!opening && !home.today?.pending) this.asked = 0;
      else if (this.asked < (opening ? 60 : 8)) this.reloadSoon((opening ? 1000 : 2000) * Math.min(5, 1 + this.asked++ / 4));
    } catch (err) {
      this.problem.set(toProblem(err));
    } finally {
      this.loading.set(false);
      for (const e of this.early.splice(0)) this.apply(e);
    }
  }
  private apply(e: LiveEvent): void {
    const moved = this.data() != null && moves(this.data()!, e);
    this.data.update((h) => (h ? applyEvent(h, e, new Date().toISOString()) : h));
    // Balance moved or a payment went on: the list of recent lines changed too, and only the server can tell it.
    if (moved) this.reloadSoon(400);
  }
  private reloadSoon(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.load(), ms);
  }
}
