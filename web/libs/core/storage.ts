import { InjectionToken } from '@angular/core';

/** Where the tab keeps a payment in preparation; it goes at log-out. */
export const DRAFT_SLOT = 'lastro.pay-draft';

/** The secret of an invitation, over a log-in or a sign-up; it goes at log-out, so that the next person at this computer does not accept it. */
export const INVITATION_SLOT = 'lastro.invitation';

/** Set while somebody is away at the log-in and comes back to the same page. */
export const RESUME_SLOT = 'lastro.resume';

/** Why the last session of this tab ended, until the log-in has said it. */
export const ENDED_SLOT = 'lastro.ended';

/** The log-in after which the person took note of wrong passwords. */
export const TRIES_SLOT = 'lastro.tries-seen';

export interface TextStore {
  get(k: string): string | null;
  set(k: string, v: string): void;
  remove(k: string): void;
  /** Names of what is kept, as far as they begin so. */
  keys(prefix: string): string[];
}
/** Private windows and full disks make the browser's storage throw: then nothing is kept, and nothing breaks. */
function safe(area: () => Storage): TextStore {
  const guarded = <T>(f: (s: Storage) => T, or: T): T => {
    try {
      return f(area());
    } catch {
      return or;
    }
  };
  return {
    get: (k) => guarded((s) => s.getItem(k), null),
    set: (k, v) => guarded((s) => s.setItem(k, v), undefined),
    remove: (k) => guarded((s) => s.removeItem(k), undefined),
    keys: (prefix) => guarded((s) => Object.keys(s).filter((k) => k.startsWith(prefix)), []),
  };
}
export const BROWSER_STORAGE = new InjectionToken<{ local: TextStore; session: TextStore }>('browser storage', {
  providedIn: 'root',
  factory: () => ({ local: safe(() => localStorage), session: safe(() => sessionStorage) }),
});
