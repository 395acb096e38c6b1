import type { NewEvent } from '#platform/bus/bus.ts';
import type { Actor } from '#platform/context.ts';
import { newId } from '#platform/id.ts';
import type { Assurance, Method } from './domain/log-in.ts';
import type { Realm } from './domain/realm.ts';
import {
  ACCOUNT_LOCKED,
  type AccountLocked,
  DEVICE_ADDED,
  DEVICE_FORGOTTEN,
  DEVICE_KNOWN,
  type DeviceAdded,
  type DeviceForgotten,
  type DeviceKnown,
  EMAIL_VERIFIED,
  type EmailVerified,
  type FACTOR_ADDED,
  type FACTOR_REMOVED,
  type FactorAdded,
  PAYMENT_PROVED,
  type PaymentProved,
  RECOVERY_USED,
  type RecoveryUsed,
  SECRET_CHANGED,
  type SecretChanged,
  SIGN_IN_BLOCKED,
  SIGN_IN_FAILED,
  SIGNED_IN,
  SIGNED_IN_2,
  type SignedIn,
  type SignedIn2,
  type SignInBlocked,
  type SignInFailed,
  UNLOCK_ASKED,
  type UnlockAsked,
} from './events.ts';

/** Nobody is proved to be anybody while a log-in fails. */
const NOBODY: Actor = { kind: 'system', id: 'identity.login' };

function about<T>(type: string, tenantId: string, subjectId: string | null, at: Date, actor: Actor, data: T): NewEvent<T> {
  const id = newId();
  // What is about nobody known has an order with nothing else.
  return { id, type, tenantId, key: subjectId ?? id, subjectId, actor, time: at.toISOString(), data };
}

/** Security events of log-ins (ASVS 7.2.1): ids and outcomes; never what was typed, nor from where. */
export function signedInEvents(
  tenantId: string,
  subjectId: string,
  at: Date,
  told: { realm: Realm; amr: readonly Method[]; acr: Assurance; knownBrowser: boolean },
): NewEvent<SignedIn | SignedIn2>[] {
  const { realm, amr, acr, knownBrowser } = told;
  const self: Actor = { kind: realm === 'operator' ? 'operator' : 'person', id: subjectId };
  const now = about(SIGNED_IN_2, tenantId, subjectId, at, self, { subjectId, methods: [...amr], assurance: acr, knownBrowser });
  if (!amr.includes('pwd')) return [now];
  return [about(SIGNED_IN, tenantId, subjectId, at, self, { subjectId, method: 'password' as const, knownBrowser }), now];
}

export const failedEvent = (tenantId: string, subjectId: string | null, at: Date): NewEvent<SignInFailed> =>
  about(SIGN_IN_FAILED, tenantId, subjectId, at, NOBODY, { subjectId });

export function blockedEvent(tenantId: string, subjectId: string | null, at: Date, by: string, untilMs: number): NewEvent<SignInBlocked> {
  const counted = by === 'device' ? 'known-browser' : by === 'address' ? 'origin' : 'person';
  return about(SIGN_IN_BLOCKED, tenantId, subjectId, at, NOBODY, { subjectId, counted, until: new Date(untilMs).toISOString() });
}

/** `by` a reset it is whoever reads the person's mail. */
export const secretChangedEvent = (
  tenantId: string,
  subjectId: string,
  at: Date,
  endedLogIns: number,
  by: SecretChanged['by'] = 'person',
): NewEvent<SecretChanged> =>
  about(SECRET_CHANGED, tenantId, subjectId, at, { kind: 'person', id: subjectId }, { subjectId, by, endedLogIns });

export const lockedEvent = (tenantId: string, data: AccountLocked, at: Date): NewEvent<AccountLocked> =>
  about(ACCOUNT_LOCKED, tenantId, data.subjectId, at, { kind: 'person', id: data.subjectId }, data);

export const unlockAskedEvent = (tenantId: string, data: UnlockAsked, at: Date): NewEvent<UnlockAsked> =>
  about(UNLOCK_ASKED, tenantId, data.subjectId, at, { kind: 'person', id: data.subjectId }, data);

export const emailVerifiedEvent = (tenantId: string, subjectId: string, at: Date): NewEvent<EmailVerified> =>
  about(EMAIL_VERIFIED, tenantId, subjectId, at, { kind: 'person', id: subjectId }, { subjectId });

export const factorEvent = (
  type: typeof FACTOR_ADDED | typeof FACTOR_REMOVED,
  tenantId: string,
  subjectId: string,
  at: Date,
  factor: FactorAdded['factor'],
): NewEvent<FactorAdded> => about(type, tenantId, subjectId, at, { kind: 'person', id: subjectId }, { subjectId, factor });

export const recoveryUsedEvent = (tenantId: string, data: RecoveryUsed, at: Date): NewEvent<RecoveryUsed> =>
  about(RECOVERY_USED, tenantId, data.subjectId, at, { kind: 'person', id: data.subjectId }, data);

type AboutDevice = {
  [DEVICE_ADDED]: DeviceAdded;
  [DEVICE_KNOWN]: DeviceKnown;
  [DEVICE_FORGOTTEN]: DeviceForgotten;
};
/** `realm`: browsers of operators are kept as well. */
export const deviceEvent = <T extends keyof AboutDevice>(
  type: T,
  tenantId: string,
  data: AboutDevice[T],
  at: Date,
  realm: Realm = 'customer',
) => about(type, tenantId, data.subjectId, at, { kind: realm === 'operator' ? 'operator' : 'person', id: data.subjectId }, data);

export const paymentProvedEvent = (tenantId: string, data: PaymentProved, at: Date): NewEvent<PaymentProved> =>
  about(PAYMENT_PROVED, tenantId, data.subjectId, at, { kind: 'person', id: data.subjectId }, data);
