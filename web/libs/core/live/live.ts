import { computed, DestroyRef, Injectable, inject, signal } from '@angular/core';
import { Subject } from 'rxjs';
import { ActingAccount } from '../account';
import { addressOf } from '../api';
import { type EndReason, endReasonOf } from '../end-reason';
import { Session } from '../session';
import { backoffMs } from './backoff';
import { SseParser } from './sse-parser';

/** What every screen may hear, by name. Whoever shows more of it adds its own: `declare module '#core/live/live' { interface LiveEvents … }`. */
export interface LiveEvents {
  session: { expired?: boolean; reason?: EndReason; refused?: 'other-browser' };
  /** Not all that was missed can be told: read everything afresh. */
  reload: Record<string, never>;
}
/** `id` is the place in the log, to go on from; empty for what stands in none. */
export type LiveEvent = { [K in keyof LiveEvents]: { type: K; id: string; data: LiveEvents[K] } }[keyof LiveEvents];

export type LiveState = 'idle' | 'connecting' | 'open' | 'reconnecting' | 'offline' | 'resting';
/** The server's heartbeat comes each 15 s: three missed ones mean a dead line. */
const SILENCE_MS = 45_000;
/** A tab out of sight gives its line back after this long: a browser has six to one host. */
const REST_AFTER_MS = 60_000;

/**
 * The stream of /bff/v1/events. By fetch and not by EventSource: so a 401 is seen, Last-Event-ID survives our own back-off, and a silent line is noticed.
 * `resumed` counts the times a lost line came back, or the server could not tell all that was missed: whoever shows live data reads it again then.
 */
@Injectable({ providedIn: 'root' })
export class Live {
  private readonly session = inject(Session);
  private readonly account = inject(ActingAccount);
  private readonly parser = new SseParser();
  private readonly stream = new Subject<LiveEvent>();
  readonly events = this.stream.asObservable();
  readonly state = signal<LiveState>('idle');
  readonly resumed = signal(0);
  /** Failed tries in a row. */
  readonly attempt = signal(0);
  /** A single blink of the line is not worth a notice. */
  readonly troubled = computed(() => this.state() === 'offline' || (this.state() === 'reconnecting' && this.attempt() > 1));
  private abort: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private restTimer: ReturnType<typeof setTimeout> | undefined;
  private wanted = false;

  constructor() {
    const wake = () => this.wanted && this.state() !== 'open' && this.connectNow();
    const sleep = () => this.wanted && this.lost('offline');
    const look = () => {
      clearTimeout(this.restTimer);
      if (document.hidden) this.restTimer = setTimeout(() => this.wanted && this.rest(), REST_AFTER_MS);
      else if (this.state() === 'resting') this.connectNow();
    };
    document.addEventListener('visibilitychange', look);
    addEventListener('online', wake);
    addEventListener('offline', sleep);
    inject(DestroyRef).onDestroy(() => {
      document.removeEventListener('visibilitychange', look);
      removeEventListener('online', wake);
      removeEventListener('offline', sleep);
      this.stop();
    });
  }
  start(): void {
    if (this.wanted) return;
    this.wanted = true;
    this.connectNow();
  }
  stop(): void {
    this.wanted = false;
    clearTimeout(this.timer);
    this.abort?.abort();
    this.state.set('idle');
  }
  connectNow(): void {
    clearTimeout(this.timer);
    this.abort?.abort();
    void this.run(new AbortController());
  }
  private async run(abort: AbortController): Promise<void> {
    this.abort = abort;
    if (this.state() === 'idle') this.state.set('connecting');
    let watchdog: ReturnType<typeof setTimeout> | undefined;
    const alive = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => abort.abort(), SILENCE_MS);
    };
    try {
      alive();
      const headers: Record<string, string> = { Accept: 'text/event-stream' };
      if (this.parser.lastId) headers['Last-Event-ID'] = this.parser.lastId;
      const res = await fetch(addressOf('/bff/v1/events', {}, this.account.query), {
        headers,
        cache: 'no-store',
        credentials: 'same-origin',
        signal: abort.signal,
      });
      if (res.status === 401) {
        // Read before the stop, which cuts the answer too.
        const refusal: unknown = await res.json().catch(() => null);
        this.stop();
        this.session.expire(endReasonOf(refusal));
        return;
      }
      // Not an account of theirs, or not any more, or nothing they may hear as they are: asking again would change nothing.
      if (res.status === 403 || res.status === 404) return this.stop();
      if (!res.ok || !res.body) throw new Error(`events: ${res.status}`);
      const again = this.state() !== 'connecting' && this.state() !== 'open';
      this.state.set('open');
      this.attempt.set(0);
      if (again) this.resumed.update((n) => n + 1);
      this.parser.restart();
      const reader = res.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        alive();
        for (const e of this.parser.feed(value)) this.emit(e.event, e.id, e.data);
      }
    } catch {
      // Every way a line ends is treated alike below.
    } finally {
      clearTimeout(watchdog);
    }
    if (this.wanted && this.abort === abort) this.lost(navigator.onLine === false ? 'offline' : 'reconnecting');
  }
  private rest(): void {
    this.abort?.abort();
    this.abort = null;
    clearTimeout(this.timer);
    this.state.set('resting');
  }
  private lost(state: 'offline' | 'reconnecting'): void {
    this.abort?.abort();
    this.abort = null;
    this.state.set(state);
    clearTimeout(this.timer);
    // Offline too: `navigator.onLine` is known to be wrong in both directions.
    this.timer = setTimeout(() => this.connectNow(), backoffMs(this.attempt()));
    this.attempt.update((n) => n + 1);
  }
  private emit(type: string, id: string, data: string): void {
    try {
      const event = { type, id, data: JSON.parse(data) } as LiveEvent;
      if (event.type === 'session' && event.data.expired) this.session.expire(event.data.reason);
      if (event.type === 'session' && event.data.refused) this.session.shownElsewhere.set(true);
      if (event.type === 'reload') this.resumed.update((n) => n + 1);
      this.stream.next(event);
    } catch {
      // One unreadable event must not end the stream.
    }
  }
}
