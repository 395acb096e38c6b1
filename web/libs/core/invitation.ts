import { Injectable, inject } from '@angular/core';
import { BROWSER_STORAGE, INVITATION_SLOT } from './storage';

const PAGE = '/convite';
const secretIn = (hash: string): string | null => /^#([A-Za-z0-9_-]{20,100})$/.exec(hash)?.[1] ?? null;

/**
 * The secret of a link with which one joins an account. It stands behind `#`, which no server sees; here it leaves the address at once, and is kept in
 * this tab over a log-in or a sign-up.
 */
@Injectable({ providedIn: 'root' })
export class InvitationLink {
  private readonly store = inject(BROWSER_STORAGE).session;

  /** At the start of the app. Without storage the link works for whoever is signed in already: it stays where it is. */
  keep(): void {
    const secret = location.pathname === PAGE ? secretIn(location.hash) : null;
    if (!secret) return;
    this.store.set(INVITATION_SLOT, secret);
    if (this.store.get(INVITATION_SLOT) === secret) history.replaceState(history.state, '', PAGE);
  }
  read(): string | null {
    return secretIn(location.hash) ?? this.store.get(INVITATION_SLOT);
  }
  forget(): void {
    this.store.remove(INVITATION_SLOT);
  }
  /** What is handed on. */
  static addressOf(secret: string): string {
    return `${location.origin}${PAGE}#${secret}`;
  }
}
