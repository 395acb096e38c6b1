import { computed, Injectable, inject } from '@angular/core';
import { ActingAccount } from '#core/account';
import { Session } from '#core/session';
import { BROWSER_STORAGE, DRAFT_SLOT, RESUME_SLOT } from '#core/storage';
import type { Quote } from './contract';

/** What was being prepared: enough to stand where one stood after a reload or a new log-in. Nothing here can pay. */
export interface PayDraft {
  code: string;
  quote: Quote | null;
  /** When the quote was made, epoch ms. */
  quotedAt: number;
  amount: string;
  note: string;
}

/** The server keeps a quote for ten minutes; one that would end while it is being read again is not offered. */
const QUOTE_GOOD_MS = 9.5 * 60_000;
const EMPTY: PayDraft = { code: '', quote: null, quotedAt: 0, amount: '', note: '' };

/** The payment in preparation, kept for its person and account in this tab until it is paid or the person logs out. */
@Injectable({ providedIn: 'root' })
export class PayDrafts {
  private readonly store = inject(BROWSER_STORAGE).session;
  private readonly session = inject(Session);
  private readonly account = inject(ActingAccount);
  private readonly owner = computed(() => {
    const person = this.session.person()?.id;
    return person ? `${person}${this.account.named ?? ''}` : '';
  });

  /**
   * Whether this page load goes on with an earlier one: a reload, or the way back from a log-in. Whoever comes to the page anew begins anew,
   * and an old draft is forgotten.
   */
  resume(): void {
    const [load] = performance.getEntriesByType?.('navigation') ?? [];
    const isBack = (load as PerformanceNavigationTiming | undefined)?.type === 'reload' || this.store.get(RESUME_SLOT) === '1';
    this.store.remove(RESUME_SLOT);
    if (!isBack) this.clear();
  }
  read(nowMs = Date.now()): PayDraft {
    const raw = this.owner() ? this.store.get(DRAFT_SLOT) : null;
    if (!raw) return EMPTY;
    try {
      const { owner, ...draft } = JSON.parse(raw) as PayDraft & { owner: string };
      if (owner === this.owner()) return nowMs - draft.quotedAt > QUOTE_GOOD_MS ? { ...EMPTY, code: draft.code } : draft;
    } catch {
      // Damaged text in the storage is no draft.
    }
    this.clear();
    return EMPTY;
  }
  save(change: Partial<PayDraft>): void {
    if (this.owner()) this.store.set(DRAFT_SLOT, JSON.stringify({ ...this.read(), ...change, owner: this.owner() }));
  }
  clear(): void {
    this.store.remove(DRAFT_SLOT);
  }
}
