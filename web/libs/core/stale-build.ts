import { LocationStrategy } from '@angular/common';
import { Injectable, inject, signal } from '@angular/core';
import type { NavigationError } from '@angular/router';
import { BROWSER_STORAGE } from './storage';

const CHUNK = /dynamically imported module|importing a module script|error loading dynamically/i;
const ONCE_MS = 30_000;

/** The address of a page that could not be opened for want of a connection: the frame says so, since nothing else on the screen would. */
@Injectable({ providedIn: 'root' })
export class MissedPage {
  readonly url = signal<string | null>(null);
}

/** A page's code could not be fetched, as after a new build: the address is loaded anew, once, which brings the new code. */
export function reloadOnMissingChunk(e: NavigationError): void {
  if (navigator.onLine === false) inject(MissedPage).url.set(e.url);
  const flags = inject(BROWSER_STORAGE).session;
  const before = Number(flags.get('lastro.reloaded') ?? 0);
  if (!CHUNK.test(String((e.error as Error)?.message)) || navigator.onLine === false || Date.now() - before < ONCE_MS) return;
  flags.set('lastro.reloaded', String(Date.now()));
  location.assign(inject(LocationStrategy).prepareExternalUrl(e.url));
}
