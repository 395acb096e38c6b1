import type { Oddity } from './fault-schema.ts';
import type { PaymentOrder, ReceiveOrder, RegisterKey, ReturnOrder } from './schemas.ts';

/** Times here are milliseconds since the epoch. */
export type OutStatus = 'accepted' | 'settled' | 'rejected';

/** A payment as it was ordered, by whichever wire. The rest belongs to wires where the sender's own id is not the end-to-end id. */
export type SentOrder = PaymentOrder & {
  readonly ownId?: string;
  /** Decided with the order: it will be rejected, or come back in these parts. */
  readonly isDoomed?: boolean;
  readonly comesBack?: readonly string[];
};
/** The same of a return; `rtrId` is the id that it has outside. */
export type GivenBackOrder = ReturnOrder & { readonly rtrId?: string };

/** What will become of an accepted payment, decided when it is accepted so that a replay decides the same. */
export interface Plan {
  readonly status: 'settled' | 'rejected';
  /** ISO 20022 reason of a rejection. */
  readonly reason?: string;
  readonly atMs: number;
  readonly turn?: Turn;
}

/** What was final is not: so long after its end a payment gets another. */
export interface Turn {
  readonly status: 'settled' | 'rejected';
  readonly reason?: string;
  readonly afterMs: number;
}

/** Money that came to the platform: someone's Pix to a key of it, or a return of a Pix that it sent. */
export interface Receipt {
  /** Of a return: its own id (`D…`). */
  readonly endToEndId: string;
  readonly amount: string;
  /** Of a return: the Pix that came back. It goes to whoever sent that, so it names no key. */
  readonly returnOf?: string;
  readonly payeeKey?: string;
  readonly payer: NonNullable<ReceiveOrder['payer']>;
  readonly txid?: string;
  readonly atMs: number;
}

/** How a webhook leaves; `null` in a record means that it never does. */
export interface WebhookPlan {
  readonly notBeforeMs: number;
  readonly duplicate?: boolean;
  readonly reorder?: boolean;
  /** Sent once more so long after. */
  readonly repeatAfterMs?: number;
  /** Copies and repetitions have an event id of their own. */
  readonly newIds?: boolean;
  readonly oddities?: readonly Oddity[];
}

/** What comes to the platform by its own doing, and how it is announced. */
export interface Arrival {
  readonly receipt: Receipt;
  readonly webhook: WebhookPlan | null;
}

/** One line of the journal. The state is what these lines, applied in order, make of it. */
export type JournalRecord =
  | { readonly t: 'accepted'; readonly order: SentOrder; readonly hash: string; readonly atMs: number; readonly plan: Plan }
  | {
      readonly t: 'executed';
      readonly endToEndId: string;
      readonly atMs: number;
      readonly webhook: WebhookPlan | null;
      /** Present when the payee's key is one of the platform: the same Pix, arriving. */
      readonly arrival?: Arrival;
      /** What of it comes back. */
      readonly comesBack?: readonly Arrival[];
    }
  | { readonly t: 'turned'; readonly endToEndId: string; readonly atMs: number; readonly webhook: WebhookPlan | null }
  | { readonly t: 'received'; readonly receipt: Receipt; readonly requestId?: string; readonly webhook: WebhookPlan | null }
  | { readonly t: 'returned'; readonly order: GivenBackOrder; readonly atMs: number; readonly arrival?: Arrival }
  | { readonly t: 'delivered'; readonly eventId: string }
  | { readonly t: 'key-registered'; readonly key: string; readonly entry: RegisterKey }
  | { readonly t: 'key-removed'; readonly key: string }
  | { readonly t: 'webhook-url'; readonly url: string; readonly form?: WebhookForm };

/** What the platform is told. The payload is a trigger: whoever gets it asks again by the end-to-end id. */
export interface WebhookEvent {
  readonly id: string;
  readonly type: 'pix.settled' | 'pix.rejected' | 'pix.received';
  readonly at: string;
  readonly data: { readonly endToEndId: string; readonly amount: string; readonly reason?: string; readonly txid?: string };
  /** What other wires tell besides. */
  readonly about?: {
    readonly ownId?: string;
    readonly key?: string;
    readonly returnOf?: { readonly ownId?: string; readonly endToEndId: string; readonly amount: string };
  };
}

/** On which wire the platform is told. */
export type WebhookForm = 'own' | 'efi';
