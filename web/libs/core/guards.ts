import { inject } from '@angular/core';
import type { CanActivateFn } from '@angular/router';
import { Session } from './session';

/** Without a session the browser leaves for the log-in and comes back here afterwards. With no answer at all the shell opens and shows the error state. */
export const mustBeIn: CanActivateFn = async (_, state) => {
  const session = inject(Session);
  try {
    const answer = await session.load();
    if (answer.authenticated) return true;
    if (answer.ended) session.noteEnd(answer.ended);
  } catch {
    return true;
  }
  session.login('sign-in', state.url);
  return false;
};
