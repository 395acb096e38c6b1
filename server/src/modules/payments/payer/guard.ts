import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { businessDate } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import type { AppError } from '#platform/errors.ts';
import { readPublicId } from '#platform/id.ts';
import { bodyText } from '#platform/idempotency.ts';
import type { PaymentsDeps } from '../deps.ts';
import { judgePayer, overNewDevice, type PayerFacts, type PayerVerdict, type ProofPolicy } from '../domain/payer-proof.ts';
import { QUOTE_PREFIX } from '../record.ts';
import { dropNewDeviceSpending, findPayee, spendOnNewDevice } from '../store/payer-proofs.ts';
import { createPolicies } from './policies.ts';
import { refusePayer, refuseUnproved } from './refusals.ts';

/** The log-in in which a person moves money. `atMs`: of a token that may have been made for just this; a session's proofs are bound instead. */
export type LogIn = { grantId: string; acr: string; atMs?: number | undefined };
/** What a person is about to do: pay a quote, or give back what came in. `id`: what it will be called if it is made. */
export type Wish = {
  id: string;
  kind: 'payment' | 'return';
  accountId: string;
  /** Of the quote, or of what is given back. */
  about: string;
  amountMinor: string;
  logIn: LogIn | undefined;
};
/** `spent`: noted against the limit of a new browser, to be given back when nothing is made. */
export type Judged = { refusal?: AppError; spent: boolean };
type Wanted = { payer: Payer; verdict: Exclude<PayerVerdict, { kind: 'free' }>; binding: string; policy: ProofPolicy };
type Payer = { deviceKnown: boolean; canRecognise: boolean; ways: string[] };

const MAX_AGE_S = 300;
const MOST_KNOWN = 50_000;
const NOBODY: Payer = { deviceKnown: false, canRecognise: false, ways: [] };
const FREE: Judged = { spent: false };

/**
 * Asks the person who moves money for what the rules want of them: a proof of this one thing, and little from a browser that is new. Services are not asked;
 * they have limits of their own. Where the installation has no rules nobody is.
 */
export function createPayerGuard({ db, clock, identity, config }: PaymentsDeps) {
  const { proofs } = config;
  const policyOf = proofs && createPolicies({ db, clock }, proofs);
  /** Log-ins in a known browser: to forget it ends them, so that what is known here stays true for as long as it can be asked. */
  const known = new LRUCache<string, true>({ max: MOST_KNOWN });

  async function payerOf(ctx: CallContext, logIn: LogIn | undefined): Promise<Payer> {
    if (!logIn) return NOBODY;
    const payer = await identity.getPayer(ctx, { subjectId: ctx.actor.id, grantId: logIn.grantId });
    if (payer.deviceKnown) known.set(logIn.grantId, true);
    return payer;
  }

  async function payeeOf(tenantId: string, { kind, accountId, about, amountMinor }: Wish, policy: ProofPolicy) {
    const isAsked = kind === 'payment' && BigInt(amountMinor) >= smallest(policy);
    const quoteId = isAsked ? readPublicId(QUOTE_PREFIX, about) : null;
    if (quoteId === null) return null;
    return db.tx({ module: 'payments', tenants: [tenantId], single: true }, (tx) => findPayee(tx, tenantId, accountId, quoteId));
  }

  /** Names this one thing, down to the request that asks for it: whatever is another has another name. */
  function bindingOf({ tenantId, actor, idempotencyKey }: CallContext, wish: Wish, payeeHash: Buffer | undefined): string {
    const { kind, accountId, about, amountMinor } = wish;
    const payee = payeeHash?.toString('hex') ?? null;
    const named = { kind, tenantId, accountId, by: actor.id, about, amountMinor, payee, key: idempotencyKey };
    return createHash('sha256').update(bodyText(named)).digest('hex');
  }

  /** Why it may not be done yet; undefined once what is asked for was proved. */
  async function wanted(ctx: CallContext, wish: Wish, { payer, verdict, binding, policy }: Wanted): Promise<AppError | undefined> {
    if (verdict.kind === 'refuse') return refusePayer(verdict.why, policy);
    const { acr, reasons } = verdict;
    const refusal = refuseUnproved({ binding, acr, maxAgeS: MAX_AGE_S, ways: payer.ways, reasons });
    if (!wish.logIn) return refusal;
    const { grantId, atMs, acr: given } = wish.logIn;
    const logIn = atMs === undefined ? {} : { logIn: { acr: given, atMs } };
    const { proved } = await identity.takePaymentProof(ctx, { subjectId: ctx.actor.id, grantId, binding, acr, ...logIn });
    return proved ? undefined : refusal;
  }

  async function spend(ctx: CallContext, wish: Wish, dayMinor: bigint): Promise<boolean> {
    const { tenantId, actor } = ctx;
    const date = businessDate(clock.now());
    const one = { paymentId: wish.id, subjectId: actor.id, businessDate: date, amountMinor: BigInt(wish.amountMinor) };
    return db.tx({ module: 'payments', tenants: [tenantId] }, (tx) => spendOnNewDevice(tx, tenantId, one, dayMinor));
  }

  async function judge(ctx: CallContext, wish: Wish, nearLimit: boolean): Promise<Judged> {
    if (!policyOf || ctx.actor.kind !== 'person') return FREE;
    const policy = await policyOf(ctx.tenantId);
    const isKnown = wish.logIn !== undefined && known.has(wish.logIn.grantId);
    const [payee, found] = await Promise.all([payeeOf(ctx.tenantId, wish, policy), isKnown ? undefined : payerOf(ctx, wish.logIn)]);
    const facts = (payer: Payer): PayerFacts => ({
      amountMinor: BigInt(wish.amountMinor),
      isReturn: wish.kind === 'return',
      payeeKnown: payee?.isKnown ?? true,
      nearLimit,
      hasFactor: payer.ways.some((way) => way !== 'password'),
      ...payer,
    });
    let payer: Payer = found ?? { ...NOBODY, deviceKnown: true };
    let verdict = judgePayer(facts(payer), policy);
    // How the person can prove it is asked only where something is to be proved.
    if (!found && verdict.kind !== 'free') {
      payer = await payerOf(ctx, wish.logIn);
      verdict = judgePayer(facts(payer), policy);
    }
    const binding = bindingOf(ctx, wish, payee?.payeeHash);
    if (verdict.kind !== 'free') {
      const refusal = await wanted(ctx, wish, { payer, verdict, binding, policy });
      if (refusal) return { refusal, spent: false };
      // A factor has made the browser known; where it has not, its limit stands.
      if (!payer.deviceKnown) payer = await payerOf(ctx, wish.logIn);
      const again = judgePayer(facts({ ...payer, canRecognise: false }), policy);
      if (again.kind === 'refuse') return { refusal: refusePayer(again.why, policy), spent: false };
    }
    if (payer.deviceKnown || wish.kind === 'return') return FREE;
    if (await spend(ctx, wish, policy.newDeviceDayMinor)) return { spent: true };
    const over = overNewDevice(payer, 'new-device-day');
    if (over.kind === 'refuse') return { refusal: refusePayer(over.why, policy), spent: false };
    const refusal = await wanted(ctx, wish, { payer, verdict: over, binding, policy });
    if (refusal) return { refusal, spent: false };
    // Proved by a factor, the browser is known now.
    return (await payerOf(ctx, wish.logIn)).deviceKnown ? FREE : { refusal: refusePayer('new-device-day', policy), spent: false };
  }

  return {
    /** Whether this may be done as it is; what was made before under the same key is answered all the same, whatever this says. */
    judge,
    /** Nothing was made. */
    giveBack: ({ tenantId }: CallContext, id: string): Promise<void> =>
      db.tx({ module: 'payments', tenants: [tenantId] }, (tx) => dropNewDeviceSpending(tx, tenantId, id)),
  };
}

export type PayerGuard = ReturnType<typeof createPayerGuard>;

/** Below it, who is paid makes no difference. */
const smallest = ({ newPayeeFromMinor, alwaysFromMinor, newDeviceFromMinor, nearLimitFromMinor }: ProofPolicy): bigint =>
  [newPayeeFromMinor, alwaysFromMinor, newDeviceFromMinor, nearLimitFromMinor].reduce((least, one) => (one < least ? one : least));
