import { HttpClient } from '@angular/common/http';
import { computed, DOCUMENT, Injectable, inject, signal } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import type { Answer } from './api';
import { type EndReason, isEndReason } from './end-reason';
import { BROWSER_STORAGE, DRAFT_SLOT, ENDED_SLOT, INVITATION_SLOT, RESUME_SLOT } from './storage';

type Told = Answer<'/bff/v1/session'>;
export type Person = NonNullable<Told['person']>;
/** The log-in before this one, null when this is the first, and what was tried in the person's name since. */
export type LastSignIn = NonNullable<Told['lastSignIn']>;
/** With nobody there is no person; with somebody all of it is told. */
export type SessionAnswer =
  | (Pick<Told, 'csrfToken' | 'sandbox' | 'ended'> & { authenticated: false })
  | (Pick<Told, 'csrfToken' | 'sandbox' | 'pages' | 'cards' | 'mustAddFactor' | 'locked'> & {
      authenticated: true;
      person: Person;
      expiresAt: string;
      lastSignIn: LastSignIn;
    });

/** What the page was sent with; nothing when the server could not tell in time. */
function answerOfPage(doc: Document): SessionAnswer | null {
  const told = doc.getElementById('session');
  if (!told) return null;
  told.remove();
  return JSON.parse(told.textContent) as SessionAnswer;
}

/** Who is here. The browser holds only an http-only cookie; the page or the BFF tells, and the CSRF token stays in memory. */
@Injectable({ providedIn: 'root' })
export class Session {
  private readonly http = inject(HttpClient);
  private readonly doc = inject(DOCUMENT);
  private readonly location = this.doc.defaultView!.location;
  private readonly flags = inject(BROWSER_STORAGE).session;
  private readonly answer = signal(answerOfPage(this.doc));
  private asking: Promise<SessionAnswer> | null = null;
  private leaving = false;
  readonly csrf = computed(() => this.answer()?.csrfToken ?? '');
  readonly sandbox = computed(() => this.answer()?.sandbox ?? false);
  readonly person = computed(() => {
    const a = this.answer();
    return a?.authenticated ? a.person : null;
  });
  /** Pages there are for this person, in the order of the menu, and cards of the home page; null as long as nobody told. */
  readonly pages = computed(() => this.told()?.pages ?? null);
  readonly cards = computed(() => this.told()?.cards ?? null);
  private readonly told = computed(() => {
    const a = this.answer();
    return a?.authenticated ? a : null;
  });
  /** Another browser showed this session's cookie and was refused. */
  readonly shownElsewhere = signal(false);
  readonly lastSignIn = computed(() => {
    const a = this.answer();
    return a?.authenticated ? a.lastSignIn : null;
  });
  private readonly answeredAt = signal(Date.now());
  private readonly usedAt = signal(0);
  /**
   * When the session ends, epoch ms, or null when nobody is logged in. It slides with use: every answered call prolongs it by the span that the
   * last session answer told. The server has the last word, so an end that was guessed is asked again before anybody is sent away.
   */
  readonly expiresAt = computed(() => {
    const a = this.answer();
    if (!a?.authenticated) return null;
    const told = Date.parse(a.expiresAt);
    return Math.max(told, this.usedAt() + (told - this.answeredAt()));
  });

  /** Whether the page is there for this person; true as long as nobody told. */
  has(page: string): boolean {
    return this.pages()?.includes(page) ?? true;
  }
  /** Known answer, or asks once for all who wait. */
  load(): Promise<SessionAnswer> {
    const known = this.answer();
    return known ? Promise.resolve(known) : this.refresh();
  }
  /** Asks again; the BFF prolongs a session that is in use. */
  refresh(): Promise<SessionAnswer> {
    this.asking ??= firstValueFrom(this.http.get<SessionAnswer>('/bff/v1/session'))
      .then((a) => {
        this.answer.set(a);
        this.answeredAt.set(Date.now());
        this.usedAt.set(0);
        return a;
      })
      .finally(() => {
        this.asking = null;
      });
    return this.asking;
  }
  /** A call of the person was answered: the idle time begins anew. */
  touch(): void {
    this.usedAt.set(Date.now());
  }
  login(screen: 'sign-in' | 'sign-up' = 'sign-in', returnTo = '/inicio'): void {
    this.leaving = true;
    this.flags.set(RESUME_SLOT, '1');
    this.location.assign(`/bff/login?screen=${screen}&returnTo=${encodeURIComponent(returnTo)}`);
  }
  /** The session ended while in use: back to the log-in, which says why, and then to where the person was. */
  expire(reason: EndReason = 'expired'): void {
    if (this.leaving) return;
    this.noteEnd(reason);
    this.login('sign-in', this.location.pathname + this.location.search);
  }
  noteEnd(reason: EndReason): void {
    this.flags.set(ENDED_SLOT, reason);
  }
  /** Why the session ended, once after its end. */
  takeEnd(): EndReason | null {
    const reason = this.flags.get(ENDED_SLOT);
    this.flags.remove(ENDED_SLOT);
    return isEndReason(reason) ? reason : null;
  }
  async logout(): Promise<void> {
    this.leaving = true;
    this.flags.remove(DRAFT_SLOT);
    this.flags.remove(INVITATION_SLOT);
    await this.end().finally(() => this.location.assign('/'));
  }
  /** Ends this session so that the same person logs in with more proved: an invitation under way goes on after it. */
  async logInAgain(): Promise<void> {
    this.leaving = true;
    const returnTo = this.flags.get(INVITATION_SLOT) ? '/convite' : '/inicio';
    await this.end().finally(() => this.login('sign-in', returnTo));
  }
  private async end(): Promise<void> {
    await firstValueFrom(this.http.post('/bff/v1/logout', {}, { headers: { 'Idempotency-Key': crypto.randomUUID() } }));
  }
}
