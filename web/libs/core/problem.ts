import { HttpErrorResponse } from '@angular/common/http';
import { TimeoutError } from 'rxjs';

/** What the person has to prove once more before the same call is sent again. */
export interface StepUp {
  /** Names what the proof is for. */
  binding: string;
  ways: ('passkey' | 'totp' | 'password')[];
  reasons: string[];
}

/** A failed call as the screens see it: the server's problem+json, or one of our own codes (`WEB_…`) when no answer came. */
export interface Problem {
  status: number;
  code: string;
  title: string;
  detail: string;
  action: string;
  /** Messages by field name, when the server told them. */
  fields: Record<string, string>;
  retryAfterS: number | null;
  stepUp: StepUp | null;
}

const text = (v: unknown): string => (typeof v === 'string' ? v : '');

/** Accepts a list ({field|path|pointer|name, message|detail}) or a map of field to message. */
function fieldErrors(v: unknown): Record<string, string> {
  const out: Record<string, string> = {};
  if (Array.isArray(v)) {
    for (const e of v as Record<string, unknown>[]) {
      const where = text(e.field) || text(e.path) || text(e.pointer) || text(e.name);
      const name = where.split(/[/.#]/).filter(Boolean).at(-1);
      if (name) out[name] = text(e.message) || text(e.detail);
    }
  } else if (v && typeof v === 'object') for (const [k, m] of Object.entries(v)) out[k] = text(Array.isArray(m) ? m[0] : m);
  return out;
}

function codeOfStatus(status: number): string {
  if (status === 401) return 'WEB_UNAUTHENTICATED';
  if (status === 403) return 'WEB_FORBIDDEN';
  if (status === 404) return 'WEB_NOT_FOUND';
  if (status === 429) return 'WEB_TOO_MANY';
  return status >= 500 ? 'WEB_UNAVAILABLE' : 'WEB_UNEXPECTED';
}

/** A problem that we found ourselves, before asking the server. */
export const ourProblem = (code: string): Problem => ({
  status: 0,
  code,
  title: '',
  detail: '',
  action: '',
  fields: {},
  retryAfterS: null,
  stepUp: null,
});

export function toProblem(err: unknown): Problem {
  const blank = { title: '', detail: '', action: '', fields: {}, retryAfterS: null, stepUp: null };
  if (err instanceof TimeoutError) return { ...blank, status: 0, code: 'WEB_TIMEOUT' };
  if (!(err instanceof HttpErrorResponse)) return { ...blank, status: 0, code: 'WEB_UNEXPECTED' };
  if (err.status === 0) return { ...blank, status: 0, code: 'WEB_OFFLINE' };
  const body: Record<string, unknown> = err.error && typeof err.error === 'object' ? err.error : {};
  const wait = Number(err.headers.get('retry-after') ?? body.retryAfterSeconds);
  return {
    status: err.status,
    code: text(body.code) || codeOfStatus(err.status),
    title: text(body.title),
    detail: text(body.detail),
    action: text(body.action),
    fields: fieldErrors(body.errors),
    retryAfterS: Number.isFinite(wait) && wait > 0 ? wait : null,
    stepUp: body.stepUp && typeof body.stepUp === 'object' ? (body.stepUp as StepUp) : null,
  };
}

/**
 * Whether the server may have carried out what was asked although no clear answer came: no answer at all, a 5xx, or "still running".
 * Such a call may only be asked about, or repeated with the same Idempotency-Key. Every other answer is one: nothing was done.
 */
export const isAmbiguous = (p: Problem): boolean =>
  p.status === 0 || p.status >= 500 || p.status === 408 || /IN_PROGRESS|STILL_RUNNING/.test(p.code);
