import { inject } from '@angular/core';
import type { NavigationError } from '@angular/router';
import { BROWSER_STORAGE } from './storage';

const CHUNK = /dynamically imported module|importing a module script|error loading dynamically/i;
const ONCE_MS = 30_000;

/** A page's code could not be fetched, as after a new build: the address is loaded anew, once, which brings the new code. */
export function reloadOnMissingChunk(e: NavigationError): void {
  const flags = inject(BROWSER_STORAGE).session;
  const before = Number(flags.get('lastro.reloaded') ?? 0);
  if (!CHUNK.test(String((e.error as Error)?.message)) || navigator.onLine === false || Date.now() - before < ONCE_MS) return;
  flags.set('lastro.reloaded', String(Date.now()));
  location.assign(e.url);
}
