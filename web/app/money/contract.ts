import type { Answer, Body, Query } from '#core/api';

/** The BFF's answers about a person's money, by the names that screens use. Amounts are decimal-digit strings of centavos, dates ISO strings. */
export type Home = Answer<'/bff/v1/home'>;
export type Account = Home['account'];
export type Balance = Home['balance'];
/** `updatedAt` null together with `pending` means: nothing projected yet, so no figure may be shown. */
export type Today = Home['today'];
export type Day = Home['days'][number];
/** `days` holds the figures of the days of the lines; empty when they are not known. */
export type StatementPage = Answer<'/bff/v1/statement'>;
export type StatementLine = StatementPage['lines'][number];
export type Direction = StatementLine['direction'];
export type StatementQuery = Query<'/bff/v1/statement'>;
export type Comprovante = Answer<'/bff/v1/comprovantes/{id}'>;
export type Party = Comprovante['payer'];
export type ReceiveCode = Answer<'/bff/v1/pix/receive-code'>;
export type Quote = Answer<'/bff/v1/pix/decode', 'post'>;
export type Payment = Answer<'/bff/v1/payments/{id}'>;
export type PaymentStatus = Payment['status'];
export type PaymentStep = Payment['steps'][number];
export type NewPayment = Body<'/bff/v1/payments'>;
export type Devolucao = Answer<'/bff/v1/pix/returns/{id}'>;
export type ReceivedPix = Answer<'/bff/v1/pix/received/{id}'>;

/** These three are an end. Only what the bank says against it opens one again. */
export const isFinal = (s: PaymentStatus): boolean => s === 'settled' || s === 'declined' || s === 'failed';

/** What the server tells an open screen of this person's money, beside what it tells every screen. */
declare module '#core/live/live' {
  interface LiveEvents {
    payment: { id: string; status: PaymentStatus };
    devolucao: { id: string; status: Devolucao['status'] };
    balance: Pick<Balance, 'availableMinor' | 'postedMinor' | 'heldMinor'>;
    day: Day & { updatedAt: string };
  }
}
