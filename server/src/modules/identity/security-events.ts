import type { NewEvent } from '#platform/bus/bus.ts';
import type { Actor } from '#platform/context.ts';
import { newId } from '#platform/id.ts';
import { SIGN_IN_BLOCKED, SIGN_IN_FAILED, SIGNED_IN, type SignedIn, type SignInBlocked, type SignInFailed } from './events.ts';

/** Nobody is proved to be anybody while a log-in fails. */
const NOBODY: Actor = { kind: 'system', id: 'identity.login' };

function about<T>(type: string, tenantId: string, subjectId: string | null, at: Date, actor: Actor, data: T): NewEvent<T> {
  const id = newId();
  // What is about nobody known has an order with nothing else.
  return { id, type, tenantId, key: subjectId ?? id, subjectId, actor, time: at.toISOString(), data };
}

/** Security events of log-ins (ASVS 7.2.1): ids and outcomes; never what was typed, nor from where. */
export const signedInEvent = (tenantId: string, subjectId: string, at: Date, knownBrowser: boolean): NewEvent<SignedIn> =>
  about(SIGNED_IN, tenantId, subjectId, at, { kind: 'person', id: subjectId }, { subjectId, method: 'password', knownBrowser });

export const failedEvent = (tenantId: string, subjectId: string | null, at: Date): NewEvent<SignInFailed> =>
  about(SIGN_IN_FAILED, tenantId, subjectId, at, NOBODY, { subjectId });

export function blockedEvent(tenantId: string, subjectId: string | null, at: Date, by: string, untilMs: number): NewEvent<SignInBlocked> {
  const counted = by === 'device' ? 'known-browser' : by === 'address' ? 'origin' : 'person';
  return about(SIGN_IN_BLOCKED, tenantId, subjectId, at, NOBODY, { subjectId, counted, until: new Date(untilMs).toISOString() });
}
