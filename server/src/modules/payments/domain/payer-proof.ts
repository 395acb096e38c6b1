/** When the person who pays is asked to prove themself once more, in minor units; and what leaves by a browser that is new. */
export type ProofPolicy = {
  /** From this amount on, for somebody who was never paid before. */
  newPayeeFromMinor: bigint;
  /** From this amount on, whoever is paid. */
  alwaysFromMinor: bigint;
  /** From this amount on, in a browser that is new. */
  newDeviceFromMinor: bigint;
  /** From this amount on, where it takes a member near a limit of their own. */
  nearLimitFromMinor: bigint;
  /** Up to here a password is proof enough for who has nothing better. */
  passwordUpToMinor: bigint;
  /** A payment in a browser that is new, at the most; and a day of them. */
  newDevicePaymentMinor: bigint;
  newDeviceDayMinor: bigint;
};
export const RULES = [
  'newPayeeFromMinor',
  'alwaysFromMinor',
  'newDeviceFromMinor',
  'nearLimitFromMinor',
  'passwordUpToMinor',
  'newDevicePaymentMinor',
  'newDeviceDayMinor',
] as const satisfies (keyof ProofPolicy)[];

export type ProofReason = 'amount' | 'new-payee' | 'new-device' | 'near-limit';

/** What is about to be paid, by whom, and where. */
export type PayerFacts = {
  amountMinor: bigint;
  /** Money that goes back to where it came from: the limits of new browsers are not for it (Manual de Limites do Pix), and its payee is no new one. */
  isReturn: boolean;
  payeeKnown: boolean;
  deviceKnown: boolean;
  /** The member's own limit is nearly reached with it. */
  nearLimit: boolean;
  hasFactor: boolean;
  /** A factor of the person would make the browser known. */
  canRecognise: boolean;
};

/** `factor`: it is too much for a password alone. The limit a day of new browsers is not judged here: it needs what was spent. */
export type PayerVerdict =
  | { kind: 'free' }
  | { kind: 'prove'; acr: 'aal1' | 'aal2'; reasons: ProofReason[] }
  | { kind: 'refuse'; why: 'new-device-payment' | 'factor' };

/** What has to be proved before this is paid. */
export function judgePayer(facts: PayerFacts, policy: ProofPolicy): PayerVerdict {
  const { amountMinor, isReturn, deviceKnown, hasFactor } = facts;
  if (!deviceKnown && !isReturn && amountMinor > policy.newDevicePaymentMinor) return overNewDevice(facts, 'new-device-payment');
  const reasons = reasonsOf(facts, policy);
  if (reasons.length === 0) return { kind: 'free' };
  if (amountMinor > policy.passwordUpToMinor && !hasFactor) return { kind: 'refuse', why: 'factor' };
  return { kind: 'prove', acr: hasFactor ? 'aal2' : 'aal1', reasons };
}

function reasonsOf({ amountMinor, isReturn, payeeKnown, deviceKnown, nearLimit }: PayerFacts, policy: ProofPolicy): ProofReason[] {
  return [
    ...(amountMinor >= policy.alwaysFromMinor ? (['amount'] as const) : []),
    ...(!isReturn && !payeeKnown && amountMinor >= policy.newPayeeFromMinor ? (['new-payee'] as const) : []),
    ...(!deviceKnown && amountMinor >= policy.newDeviceFromMinor ? (['new-device'] as const) : []),
    ...(nearLimit && amountMinor >= policy.nearLimitFromMinor ? (['near-limit'] as const) : []),
  ];
}

/** More than a new browser may: a factor makes it a known one, and whoever has none is told what does. */
export function overNewDevice<W extends 'new-device-payment' | 'new-device-day'>(
  { canRecognise }: Pick<PayerFacts, 'canRecognise'>,
  why: W,
): { kind: 'prove'; acr: 'aal2'; reasons: ProofReason[] } | { kind: 'refuse'; why: W } {
  return canRecognise ? { kind: 'prove', acr: 'aal2', reasons: ['new-device'] } : { kind: 'refuse', why };
}
