import type { Minor } from '#core/money';

/** The BFF's answers, as data. Amounts are decimal-digit strings of centavos (`Minor`), dates are ISO strings. */
export type Direction = 'in' | 'out';

export interface Account {
  status: 'opening' | 'open';
  branch: string | null;
  number: string | null;
  pixKey: string | null;
}
export interface Balance {
  availableMinor: Minor;
  postedMinor: Minor;
  heldMinor: Minor;
  currency: 'BRL';
  asOf: string;
}
export interface Day {
  date: string;
  openingMinor: Minor;
  inMinor: Minor;
  outMinor: Minor;
  netMinor: Minor;
  closingMinor: Minor;
}
/** `updatedAt` null together with `pending` means: nothing projected yet, so no figure may be shown. */
export interface Today extends Day {
  updatedAt: string | null;
  pending: boolean;
  lagMs: number;
}
export interface StatementLine {
  id: string;
  at: string;
  kind: 'pix-out' | 'pix-in' | 'hold' | 'other';
  direction: Direction;
  amountMinor: Minor;
  balanceAfterMinor: Minor | null;
  counterparty: string | null;
  description: string | null;
  paymentId: string | null;
  comprovanteId: string | null;
  status: 'done' | 'pending' | 'failed';
}
export interface Home {
  account: Account;
  balance: Balance;
  today: Today;
  days: Day[];
  /** What moved in the thirty days before `days`, for comparing. */
  before: { inMinor: Minor; outMinor: Minor };
  recent: StatementLine[];
}
/** `days` holds the figures of the days of the lines; empty when they are not known. */
export interface StatementPage {
  lines: StatementLine[];
  next: string | null;
  days: Day[];
}
export interface StatementQuery {
  cursor?: string;
  limit?: number;
  from?: string;
  to?: string;
  direction?: Direction;
  search?: string;
  status?: 'done' | 'failed';
}
export interface Party {
  name: string;
  taxIdMasked: string;
  bankName: string;
  ispb: string | null;
  branch: string | null;
  account: string | null;
}
export interface Comprovante {
  id: string;
  direction: Direction;
  amountMinor: Minor;
  at: string;
  payer: Party;
  payee: Party;
  description: string | null;
  endToEndId: string;
  txid: string | null;
}
export interface ReceiveCode {
  code: string;
  txid: string;
  pixKey: string;
  payeeName: string;
  amountMinor: Minor | null;
}
export interface Quote {
  kind: 'static' | 'dynamic' | 'key';
  payee: { name: string; taxIdMasked: string; bankName: string; keyMasked: string | null; city: string | null };
  amountMinor: Minor | null;
  amountEditable: boolean;
  txid: string | null;
  description: string | null;
  expiresAt: string | null;
  quoteId: string;
}
export type PaymentStatus = 'processing' | 'in-review' | 'declined' | 'sent' | 'settled' | 'failed' | 'unknown' | 'disputed' | 'stuck';
export interface PaymentStep {
  name: string;
  status: 'done' | 'running' | 'failed' | 'waiting' | 'unanswered';
  at: string | null;
  attempt: number;
  durationMs: number | null;
}
export interface Payment {
  id: string;
  status: PaymentStatus;
  amountMinor: Minor;
  payee: { name: string; taxIdMasked: string; bankName: string };
  description: string | null;
  createdAt: string;
  settledAt: string | null;
  endToEndId: string | null;
  reasons: { code: string; message: string }[];
  steps: PaymentStep[];
}
export interface NewPayment {
  quoteId: string;
  amountMinor: Minor;
  description?: string;
}
/** These three are an end. Only what the bank says against it opens one again. */
export const isFinal = (s: PaymentStatus): boolean => s === 'settled' || s === 'declined' || s === 'failed';

/** What the server tells an open screen of this person's money, beside what it tells every screen. */
declare module '#core/live/live' {
  interface LiveEvents {
    payment: { id: string; status: PaymentStatus };
    balance: Pick<Balance, 'availableMinor' | 'postedMinor' | 'heldMinor'>;
    day: Day & { updatedAt: string };
  }
}
