import { HttpErrorResponse } from '@angular/common/http';

/** What an authenticator did not do, in the shape of a refused call, so that screens tell it like one: closed, timed out, or not there. */
export function authenticatorProblem(cause: unknown): HttpErrorResponse {
  const known = (cause as { name?: unknown } | null)?.name === 'InvalidStateError';
  return new HttpErrorResponse({ status: 409, error: { code: known ? 'WEB_PASSKEY_KNOWN' : 'WEB_PASSKEY_CANCELLED' } });
}
