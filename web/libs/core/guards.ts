import { LocationStrategy } from '@angular/common';
import { inject } from '@angular/core';
import { type CanActivateFn, type CanMatchFn, Router } from '@angular/router';
import { ActingAccount } from './account';
import { Session } from './session';

/** Where no real money moves. */
export const inSandbox: CanMatchFn = () =>
  inject(Session)
    .load()
    .then(
      ({ sandbox }) => sandbox,
      () => false,
    );

/** Where whoever has proved too little gives themself a factor, and a locked account is opened again; no other page would show them anything. */
const SECURITY = '/seguranca';

/** Without a session the browser leaves for the log-in and comes back here afterwards. With no answer at all the shell opens and shows the error state. */
export const mustBeIn: CanActivateFn = async (_, state) => {
  const session = inject(Session);
  const router = inject(Router);
  const acting = inject(ActingAccount);
  const address = inject(LocationStrategy).prepareExternalUrl(state.url);
  try {
    const answer = await session.load();
    if (answer.authenticated) {
      if (!(answer.mustAddFactor || answer.locked) || state.url.startsWith(SECURITY)) return true;
      if (acting.project === 'conta') return router.parseUrl(SECURITY);
      acting.goTo(null, SECURITY.slice(1));
      return false;
    }
    if (answer.ended) session.noteEnd(answer.ended);
  } catch {
    return true;
  }
  session.login('sign-in', address);
  return false;
};
