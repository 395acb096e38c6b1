import { Injectable, signal } from '@angular/core';

/** The present moment in steps of a second, for "updated X s ago" and the session's countdown. */
@Injectable({ providedIn: 'root' })
export class Clock {
  readonly now = signal(Date.now());
  constructor() {
    setInterval(() => this.now.set(Date.now()), 1000);
  }
}
