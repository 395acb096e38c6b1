import { HttpErrorResponse, type HttpInterceptorFn, HttpResponse } from '@angular/common/http';
import { inject } from '@angular/core';
import { catchError, from, switchMap, tap, throwError, timeout } from 'rxjs';
import { ACCOUNT_HEADER, ActingAccount } from './account';
import { endReasonOf } from './end-reason';
import { I18n } from './i18n/i18n';
import { Session } from './session';

const READ_MS = 15_000;
const WRITE_MS = 30_000;

/**
 * Names the account that the tab is about, puts the CSRF token on every POST, ends a call that hangs, sends an expired session back to the log-in, and renews a stale CSRF token once.
 * The repeated call carries the same Idempotency-Key.
 */
export const bffInterceptor: HttpInterceptorFn = (req, next) => {
  const ours = req.url.startsWith('/bff/') || req.url.startsWith('/entrar/');
  if (!ours) return next(req);
  const session = inject(Session);
  // Refusals come in the language of the screens, whatever that of the browser.
  const { named } = inject(ActingAccount);
  const asked = req.clone({ setHeaders: { 'Accept-Language': inject(I18n).lang(), ...(named ? { [ACCOUNT_HEADER]: named } : {}) } });
  const write = req.method !== 'GET';
  const send = () =>
    next(write ? asked.clone({ setHeaders: { 'X-CSRF-Token': session.csrf(), 'X-Requested-With': 'lastro' } }) : asked).pipe(
      timeout(write ? WRITE_MS : READ_MS),
      tap((e) => e instanceof HttpResponse && !req.url.endsWith('/session') && session.touch()),
    );
  return send().pipe(
    catchError((err: unknown) => {
      if (!(err instanceof HttpErrorResponse) || !req.url.startsWith('/bff/v1/')) return throwError(() => err);
      if (err.status === 401 && !req.url.endsWith('/session')) session.expire(endReasonOf(err.error));
      if (err.status === 403 && write && String((err.error as { code?: string } | null)?.code).includes('CSRF'))
        return from(session.refresh()).pipe(switchMap(send));
      return throwError(() => err);
    }),
  );
};
