import { Injectable, inject } from '@angular/core';
import { ActingAccount } from './account';
import { BROWSER_STORAGE } from './storage';

/** A confirmed wish to move money whose answer has not been seen yet, with what a person knows it by. */
export interface PendingIntent<T> {
  key: string;
  body: T;
  payee: string;
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
}

/** Keeps an unanswered payment over a reload of the tab, so that one can ask under its key what became of it. */
@Injectable({ providedIn: 'root' })
export class PendingPayment {
  private readonly store = inject(BROWSER_STORAGE).session;
  private readonly account = inject(ActingAccount);
  /** One for each account: whoever looks at another account meanwhile must not lose it. */
  private readonly slot = ['lastro.pending-payment', this.account.named ?? []].flat().join('.');

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
