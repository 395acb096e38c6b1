import type { OutStatus, Plan, SentOrder } from './records.ts';

/** `firstTry` resolves when the webhook has been tried once, or at once when there is none. */
export interface Announcement {
  readonly firstTry: Promise<void>;
}

/** A Pix the platform sent. */
export interface Payment {
  readonly order: SentOrder;
  readonly hash: string;
  readonly acceptedAtMs: number;
  readonly plan: Plan;
  status: OutStatus;
  /** Of a rejection. */
  reason: string | undefined;
  finishedAtMs: number | null;
  /** Set until the acceptance is on disk: no one may be told of it before. */
  durable: Promise<void> | null;
  execution: Promise<Announcement> | null;
}

/** One thing that happened to money. */
export interface Movement {
  readonly endToEndId: string;
  /** Of a payment on a wire where the sender has an id of its own for it. */
  readonly ownId?: string;
  /** Of a return only: its own id; `endToEndId` is that of the Pix given back. */
  readonly returnId?: string;
  readonly direction: 'out' | 'in';
  readonly amount: string;
  /** `reversed`: what was settled before and is taken back. */
  readonly status: OutStatus | 'received' | 'returned' | 'reversed';
  readonly atMs: number;
}
