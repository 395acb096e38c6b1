import { HttpClient } from '@angular/common/http';
import { computed, DOCUMENT, Injectable, inject, signal } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import type { SessionAnswer } from './contract';
import { BROWSER_STORAGE } from './storage';

/** Who is here. The browser holds only an http-only cookie; this asks the BFF and keeps the CSRF token in memory. */
@Injectable({ providedIn: 'root' })
export class Session {
  private readonly http = inject(HttpClient);
  private readonly location = inject(DOCUMENT).defaultView!.location;
  private readonly flags = inject(BROWSER_STORAGE).session;
  private readonly answer = signal<SessionAnswer | null>(null);
  private asking: Promise<SessionAnswer> | null = null;
  private leaving = false;
  readonly csrf = computed(() => this.answer()?.csrfToken ?? '');
  readonly sandbox = computed(() => this.answer()?.sandbox ?? false);
  readonly person = computed(() => {
    const a = this.answer();
    return a?.authenticated ? a.person : null;
  });
  /** Epoch ms, or null when nobody is logged in. */
  readonly expiresAt = computed(() => {
    const a = this.answer();
    return a?.authenticated ? Date.parse(a.expiresAt) : null;
  });

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
        return a;
      })
      .finally(() => {
        this.asking = null;
      });
    return this.asking;
  }
  login(screen: 'sign-in' | 'sign-up' = 'sign-in', returnTo = '/inicio'): void {
    this.leaving = true;
    this.location.assign(`/bff/login?screen=${screen}&returnTo=${encodeURIComponent(returnTo)}`);
  }
  /** The session ended while in use: back to the log-in, which says why, and then to where the person was. */
  expire(): void {
    if (this.leaving) return;
    this.flags.set('lastro.expired', '1');
    this.login('sign-in', this.location.pathname + this.location.search);
  }
  /** True once after an expiry. */
  takeExpired(): boolean {
    const was = this.flags.get('lastro.expired') === '1';
    this.flags.remove('lastro.expired');
    return was;
  }
  async logout(): Promise<void> {
    this.leaving = true;
    try {
      await firstValueFrom(this.http.post('/bff/v1/logout', {}, { headers: { 'Idempotency-Key': crypto.randomUUID() } }));
    } finally {
      this.location.assign('/');
    }
  }
}
