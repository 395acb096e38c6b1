import { computed, DestroyRef, effect, Injectable, inject, signal, untracked } from '@angular/core';
import { Accounts } from '#core/accounts';
import { I18n } from '#core/i18n/i18n';
import { backoffMs } from '#core/live/backoff';
import { Live } from '#core/live/live';
import { ourProblem, toProblem } from '#core/problem';
import { Session } from '#core/session';
import { BROWSER_STORAGE } from '#core/storage';
import type { NewEntry, RecordResult } from '../shop/contract';
import { ShopApi } from '../shop/shop-api';
import { afterProblem, inOrder, nextToSend, readWaiting, type Waiting } from './waiting';

export type Entry = NewEntry & { id: string };
export type Mine = Waiting<Entry>;
/** One that the server has: with its answer. */
export type Recorded = { entry: Entry; at: string; result: RecordResult };

const SLOT = 'lastro.counter';
const SHOWN = 6;

/**
 * What was recorded on this device and is not yet known to be with the server. Each is kept under a name of its own, so that tabs never write over each
 * other's; one of them sends at a time, in the order of the counter.
 */
@Injectable({ providedIn: 'root' })
export class Outbox {
  private readonly api = inject(ShopApi);
  private readonly store = inject(BROWSER_STORAGE).local;
  private readonly i18n = inject(I18n);
  private readonly live = inject(Live);
  private readonly session = inject(Session);
  private readonly accounts = inject(Accounts);
  private readonly all = signal<readonly Mine[]>([]);
  /** Oldest first. */
  readonly waiting = computed(() => inOrder(this.all()));
  /** Sent at this moment. */
  readonly sending = signal<string | null>(null);
  /** The newest that the server answered, newest first. */
  readonly recorded = signal<readonly Recorded[]>([]);
  /** The device keeps nothing: closing the page would lose what waits. */
  readonly isKept = signal(true);
  private readonly slot = computed(() => {
    const [person, account] = [this.session.person()?.id, this.accounts.shownId()];
    return person && account ? `${SLOT}.${person}.${account}.` : null;
  });
  private tries = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private busy = false;

  constructor() {
    const again = () => void this.flush();
    const heard = (event: StorageEvent) => event.key?.startsWith(SLOT) && this.read();
    addEventListener('online', again);
    addEventListener('storage', heard);
    inject(DestroyRef).onDestroy(() => {
      removeEventListener('online', again);
      removeEventListener('storage', heard);
      clearTimeout(this.timer);
    });
    effect(() => {
      this.slot();
      this.live.resumed();
      untracked(() => {
        this.read();
        void this.flush();
      });
    });
  }

  /** Takes an entry and sends it as soon as that may be. */
  add(body: NewEntry): string {
    const id = crypto.randomUUID();
    this.keep({ id, key: id, body: { ...body, id }, madeAt: new Date().toISOString(), state: 'waiting', problem: null });
    void this.flush();
    return id;
  }
  /** Sends a refused one again, as it is now; it was never recorded, so this is another wish under the same id. */
  correct(one: Mine, body: Partial<NewEntry>): void {
    this.keep({ ...one, key: crypto.randomUUID(), body: { ...one.body, ...body }, state: 'waiting', problem: null });
    void this.flush();
  }
  drop(one: Mine): void {
    this.forget(one.id);
  }

  /** One tab sends at a time; without locks this one does, and the server's answer is the same for both. */
  async flush(): Promise<void> {
    if (this.busy || this.slot() === null || !nextToSend(this.all())) return;
    this.busy = true;
    clearTimeout(this.timer);
    try {
      await withLock(`${SLOT}.sending`, () => this.sendAll());
    } finally {
      this.busy = false;
      this.sending.set(null);
    }
    if (nextToSend(this.all())) this.timer = setTimeout(() => void this.flush(), backoffMs(this.tries++));
    else this.tries = 0;
  }
  private async sendAll(): Promise<void> {
    for (;;) {
      this.read();
      const one = nextToSend(this.all());
      if (!one || !(await this.send(one))) return;
      this.tries = 0;
    }
  }
  /** Whether something was answered about it. */
  private async send(one: Mine): Promise<boolean> {
    const wasOnline = navigator.onLine !== false;
    this.sending.set(one.id);
    // Kept before it goes: whoever reloads now must know that it may be there already.
    if (wasOnline) this.keep({ ...one, state: 'unknown' });
    try {
      const result = await this.api.record(one.body, one.key);
      if (result.outcome === 'refused') {
        const { code = '', detail, detailEn } = result;
        const words = this.i18n.lang() === 'pt-BR' ? detail : detailEn;
        this.keep({ ...one, state: 'refused', problem: { ...ourProblem(code), status: 422, detail: words ?? '' } });
      } else {
        this.forget(one.id);
        this.recorded.update((before) => [{ entry: one.body, at: one.madeAt, result }, ...before].slice(0, SHOWN));
      }
      return true;
    } catch (error) {
      const next = afterProblem(one, toProblem(error), wasOnline);
      this.keep(next);
      return next.state === 'refused';
    }
  }

  private read(): void {
    const slot = this.slot();
    if (slot === null || !this.isKept()) return;
    this.all.set(this.store.keys(slot).flatMap((name) => readWaiting<Entry>(this.store.get(name)) ?? []));
  }
  private keep(one: Mine): void {
    const name = `${this.slot()}${one.id}`;
    this.all.update((before) => [...before.filter(({ id }) => id !== one.id), one]);
    this.store.set(name, JSON.stringify(one));
    this.isKept.set(this.store.get(name) !== null);
  }
  private forget(id: string): void {
    this.store.remove(`${this.slot()}${id}`);
    this.all.update((before) => before.filter((one) => one.id !== id));
  }
}

async function withLock(name: string, work: () => Promise<void>): Promise<void> {
  const { locks } = navigator as { locks?: LockManager };
  if (!locks) return work();
  await locks.request(name, work);
}
