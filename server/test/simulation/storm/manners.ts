/** Everything a provider does that its documentation does not mention, as switches of the sandbox for one payment or one arrival. */
import type { FaultsOfOne } from '../../../../sandbox/src/fault-schema.ts';

/** How a payment may end. Only the first two end it without people. */
export type End = 'settled' | 'failed' | 'stuck' | 'disputed';
export type Manner = {
  name: string;
  faults: FaultsOfOne;
  /** The ends that are right when this is all that goes wrong. Two manners together may end otherwise, but never in the books alone. */
  ends: readonly End[];
  /** Ends that are right, too, once its time is up and not before: found to be nowhere, or not to be found out. */
  lateEnds?: readonly End[];
};

const PAID: readonly End[] = ['settled'];
const UNPAID: readonly End[] = ['failed'];
const SEEN: readonly End[] = ['stuck', 'disputed'];
const manner = (name: string, ends: readonly End[], faults: FaultsOfOne): Manner => ({ name, ends, faults });

/** Before the order is taken, or while nobody can tell whether it was. */
const TAKING: readonly Manner[] = [
  manner('turned away with 400, twice', PAID, { error400: 2 }),
  manner('turned away with 400, for ever', [...UNPAID, ...SEEN], { error400: true }),
  manner('turned away with 401, then let in', PAID, { error401: 2 }),
  manner('turned away with 401, for ever', [...UNPAID, ...SEEN], { error401: true }),
  manner('turned away with 403, then let in', PAID, { error403: 2, query: { error403: 1 } }),
  manner('told to wait by 429, twice', PAID, { error429: 2, retryAfterS: 1, query: { error429: 1, retryAfterS: 1 } }),
  manner('hangs before executing, twice', PAID, { timeoutBeforeExecute: 2 }),
  manner('hangs after executing', PAID, { timeoutAfterExecute: 1 }),
  manner('500 before executing, twice', PAID, { error500: 2 }),
  manner('500 after executing', PAID, { error500AfterExecute: 1 }),
  manner('held up in the network', PAID, { arriveLate: 1, arriveLateMs: 1_500 }),
  // It takes two answers and some time to believe that it must be sent again. What is not there when its time is up never will be.
  { ...manner('accepted and forgotten, once', PAID, { forget: 1 }), lateEnds: ['failed', 'stuck'] },
  manner('accepted and forgotten, for ever', [...UNPAID, ...SEEN], { forget: true }),
  manner('repeated order is 422, replica lags', PAID, {
    timeoutAfterExecute: 1,
    duplicate422: true,
    query: { notFoundMs: 1_500 },
    webhook: { never: true },
  }),
  manner('repeated order is 409, replica lags', PAID, { error500AfterExecute: 1, duplicate409: true, query: { notFoundMs: 1_500 } }),
  manner('repeated order is 422, replica lags, rejected in the end', UNPAID, {
    timeoutAfterExecute: 1,
    duplicate422: true,
    query: { notFoundMs: 1_500 },
    rejectKeys: [],
  }),
];

/** How it ends there. */
const ENDING: readonly Manner[] = [
  manner('rejected', UNPAID, { rejectKeys: [] }),
  manner('final answer in the POST', PAID, { finalInPost: true }),
  manner('final rejection in the POST', UNPAID, { finalInPost: true, rejectKeys: [] }),
  manner('final answer in the POST, and no other word', PAID, { finalInPost: true, webhook: { never: true } }),
  // Whoever asks only after the turn never heard of the first word.
  manner('settled, then rejected', [...UNPAID, 'disputed'], { settledThenRejected: true, turnAfterMs: 4_000 }),
  manner('settled, then rejected, and nobody says so', [...PAID, ...UNPAID, 'disputed'], {
    settledThenRejected: true,
    webhook: { never: true },
  }),
  manner('rejected, then settled', [...PAID, 'disputed'], { rejectedThenSettled: true, turnAfterMs: 4_000 }),
  manner('rejected, then settled, and nobody says so', [...PAID, ...UNPAID, 'disputed'], {
    rejectedThenSettled: true,
    webhook: { never: true },
  }),
];

/** What the answer to the order looks like; it was taken. */
const ANSWERS: readonly Manner[] = [
  manner('answer is a page with 200', PAID, { answer: { html200: 1 } }),
  manner('answer is a page with 502', PAID, { answer: { html502: 1 } }),
  manner('answer is cut off', PAID, { answer: { cutOff: 1 } }),
  manner('answer drips', PAID, { answer: { dripMs: 60 } }),
  manner('answer is a failure inside a success', PAID, { answer: { failureInside: 1 } }),
  manner('answer is a code nobody knows', PAID, { answer: { unknownCode: 1 } }),
  manner('answer has a status nobody knows', PAID, { answer: { statusUnknown: 1 } }),
  manner('answer is about another order', [...PAID, 'disputed'], { answer: { ownIdOther: 1 } }),
  manner('answer names no order', PAID, { answer: { ownIdMissing: 1 } }),
  manner('final answer has another amount', [...PAID, 'disputed'], { finalInPost: true, answer: { amountOther: 1 } }),
  manner('final answer has no amount', PAID, { finalInPost: true, answer: { amountMissing: 1 } }),
  manner('answer has a NUL in its reason', PAID, { answer: { reasonNul: true } }),
];

/** What it says when it is asked. */
const QUERIES: readonly Manner[] = [
  manner('query is a page with 200, three times', PAID, { query: { html200: 3 } }),
  manner('query is a page with 502, for ever, and no webhook', SEEN, { query: { html502: true }, webhook: { never: true } }),
  manner('query is cut off, three times', PAID, { query: { cutOff: 3 } }),
  manner('query drips', [...PAID, ...SEEN], { query: { dripMs: 5 } }),
  manner('query has no amount', [...PAID, ...SEEN], { query: { amountMissing: true } }),
  manner('query has another amount', SEEN, { query: { amountOther: true }, webhook: { never: true } }),
  manner('query has a number for an amount', [...PAID, ...SEEN], { query: { amountNumber: true } }),
  manner('query has an amount with three decimals', SEEN, { query: { amountDecimals: true }, webhook: { never: true } }),
  manner('query is about another order', SEEN, { query: { ownIdOther: true }, webhook: { never: true } }),
  manner('query names no order', SEEN, { query: { ownIdMissing: true }, webhook: { never: true } }),
  manner('query has a status nobody knows, for ever', SEEN, { query: { statusUnknown: true }, webhook: { never: true } }),
  manner('query is a failure inside a success, three times', PAID, { query: { failureInside: 3 } }),
  manner('query answers 404 for a while', PAID, { query: { notFoundMs: 1_500 } }),
  manner('query answers 403, three times', PAID, { query: { error403: 3 }, webhook: { never: true } }),
  manner('rejected with a NUL in the reason', UNPAID, { rejectKeys: [], query: { reasonNul: true } }),
  manner('rejected with half a surrogate in the reason', UNPAID, { rejectKeys: [], query: { reasonSurrogate: true } }),
  manner('rejected with a very long reason', UNPAID, { rejectKeys: [], query: { reasonLong: true } }),
];

/** What it announces, and when. */
const WEBHOOKS: readonly Manner[] = [
  manner('never announced', PAID, { webhook: { never: true } }),
  manner('announced twice, with ids of their own', PAID, { webhook: { duplicate: true, newIds: true } }),
  manner('announced again much later', PAID, { webhook: { repeatAfterMs: 4_000 } }),
  manner('announced again much later, with an id of its own', PAID, { webhook: { repeatAfterMs: 4_000, newIds: true } }),
  manner('announced out of order', PAID, { webhook: { reorder: true } }),
  manner('announced before the answer', PAID, { webhook: { beforeAnswer: true } }),
  manner('announced before the answer, which never comes', PAID, { timeoutAfterExecute: true, webhook: { beforeAnswer: true } }),
  manner('announced late', PAID, { webhook: { delayMs: 3_000 } }),
  manner('announced with another amount', [...PAID, 'disputed'], { webhook: { amountOther: true } }),
  manner('announced without an amount', PAID, { webhook: { amountMissing: true } }),
  manner('announced with a number for an amount', PAID, { webhook: { amountNumber: true } }),
  manner('announced with three decimals', PAID, { webhook: { amountDecimals: true } }),
  manner('announced under another id', PAID, { webhook: { ownIdOther: true } }),
  manner('announced as a type nobody knows', PAID, { webhook: { typeUnknown: true } }),
  manner('rejected and announced with a NUL', UNPAID, { rejectKeys: [], webhook: { reasonNul: true } }),
  manner('rejected and announced with half a surrogate', UNPAID, { rejectKeys: [], webhook: { reasonSurrogate: true } }),
  manner('rejected and announced with a very long reason', UNPAID, { rejectKeys: [], webhook: { reasonLong: true } }),
];

export const CALM: Manner = manner('nothing', PAID, {});
export const PAYMENT_MANNERS: readonly Manner[] = [...TAKING, ...ENDING, ...ANSWERS, ...QUERIES, ...WEBHOOKS];

/** How an arrival may end: on the account it was for, back with whoever sent it, or listed for people. */
export type ArrivalEnd = 'credited' | 'returned' | 'listed';
export type ArrivalManner = { name: string; faults: FaultsOfOne; ends: readonly ArrivalEnd[] };
const arrival = (name: string, ends: readonly ArrivalEnd[], faults: FaultsOfOne): ArrivalManner => ({ name, ends, faults });

export const CALM_ARRIVAL: ArrivalManner = arrival('nothing', ['credited', 'returned'], {});
export const ARRIVAL_MANNERS: readonly ArrivalManner[] = [
  arrival('never announced', ['credited', 'returned'], { webhook: { neverReceived: true } }),
  arrival('announced twice, with ids of their own', ['credited', 'returned'], { webhook: { duplicate: true, newIds: true } }),
  arrival('announced again much later', ['credited', 'returned'], { webhook: { repeatAfterMs: 4_000, newIds: true } }),
  arrival('announced late', ['credited', 'returned'], { webhook: { delayMs: 3_000 } }),
  arrival('announced out of order', ['credited', 'returned'], { webhook: { reorder: true } }),
  arrival('announced with another amount', ['credited', 'returned', 'listed'], { webhook: { amountOther: true } }),
  arrival('announced without an amount', ['credited', 'returned'], { webhook: { amountMissing: true } }),
  arrival('announced under another id', ['credited', 'returned'], { webhook: { ownIdOther: true } }),
  arrival('announced as a type nobody knows', ['credited', 'returned'], { webhook: { typeUnknown: true } }),
  arrival('query answers 404 for a while', ['credited', 'returned'], { query: { notFoundMs: 1_500 } }),
  arrival('query is a page with 200, twice', ['credited', 'returned'], { query: { html200: 2 } }),
  arrival('query is cut off, twice', ['credited', 'returned'], { query: { cutOff: 2 } }),
  arrival('query has another amount', ['listed'], { query: { amountOther: true } }),
  arrival('query is about another arrival', ['listed'], { query: { ownIdOther: true } }),
  arrival('its return hangs after executing', ['credited', 'returned'], { timeoutAfterExecute: 1 }),
  arrival('its return is a duplicate, 422, while the replica lags', ['credited', 'returned'], {
    timeoutAfterExecute: 1,
    duplicate422: true,
    query: { notFoundMs: 1_500 },
  }),
  arrival('its return is turned away with 429', ['credited', 'returned'], { error429: 2, retryAfterS: 1 }),
  arrival('its return is answered by a page', ['credited', 'returned'], { answer: { html200: 1 } }),
];

/** Both manners at once; where they say different things about one switch, the second wins. */
export function together(...all: readonly FaultsOfOne[]): FaultsOfOne {
  let merged: FaultsOfOne = {};
  for (const { answer, query, webhook, ...rest } of all) {
    merged = {
      ...merged,
      ...rest,
      ...(answer || merged.answer ? { answer: { ...merged.answer, ...answer } } : {}),
      ...(query || merged.query ? { query: { ...merged.query, ...query } } : {}),
      ...(webhook || merged.webhook ? { webhook: { ...merged.webhook, ...webhook } } : {}),
    };
  }
  return merged;
}

/** The switches for a payment to this key. The catalogue marks what is to be rejected by an empty list. */
export const switchesFor = (key: string, faults: FaultsOfOne): FaultsOfOne => ({
  ...faults,
  ...(faults.rejectKeys ? { rejectKeys: [key] } : {}),
});
