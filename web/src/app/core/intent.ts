import { Injectable, inject } from '@angular/core';
import { BROWSER_STORAGE } from './storage';

/** A confirmed wish to move money whose answer has not been seen yet. It holds no personal data. */
export interface PendingIntent<T> {
  key: string;
  body: T;
  owner: string;
  since: string;
}

/** Same content → same Idempotency-Key; changed content → new key. So a double click or a lost answer cannot pay twice. */
export class IntentKey {
  private fingerprint = '';
  private key = '';
  constructor(private readonly newKey: () => string = () => crypto.randomUUID()) {}

  keyFor(body: unknown): string {
    const print = JSON.stringify(body);
    if (print !== this.fingerprint || !this.key) {
      this.fingerprint = print;
      this.key = this.newKey();
    }
    return this.key;
  }
  /** After a definitive answer: the same content again is a new wish. */
  renew(): void {
    this.key = '';
  }
  /** Goes on with an intent of before a reload. */
  adopt(body: unknown, key: string): void {
    this.fingerprint = JSON.stringify(body);
    this.key = key;
  }
}

/** Keeps an unanswered payment over a reload of the tab, so that it can be asked again under its own key instead of being made twice. */
@Injectable({ providedIn: 'root' })
export class PendingPayment {
  private readonly store = inject(BROWSER_STORAGE).session;
  private readonly slot = 'lastro.pending-payment';

  save<T>(p: PendingIntent<T>): void {
    this.store.set(this.slot, JSON.stringify(p));
  }
  /** The intent of this person, or null; one of somebody else is forgotten. */
  read<T>(owner: string): PendingIntent<T> | null {
    const raw = this.store.get(this.slot);
    if (!raw) return null;
    try {
      const p = JSON.parse(raw) as PendingIntent<T>;
      if (p.owner === owner && p.key && p.body) return p;
    } catch {
      // Damaged text in the storage is no intent.
    }
    this.clear();
    return null;
  }
  clear(): void {
    this.store.remove(this.slot);
  }
}
