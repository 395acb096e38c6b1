import { DOCUMENT, effect, Injectable, inject, signal, untracked } from '@angular/core';
import { Live } from './live/live';

const MAIN = 'script[type=module][src*="main-"]';

/** Whether the server has another build of the app than this tab runs. It is looked at when the line comes back, since a deployment cuts it. */
@Injectable({ providedIn: 'root' })
export class NewBuild {
  /** The address of `build.json` stands beside the page's own files (`<base>`), since each project is built for itself. */
  private readonly own = inject(DOCUMENT).querySelector(MAIN)?.getAttribute('src') ?? null;
  readonly there = signal(false);

  constructor() {
    const live = inject(Live);
    effect(() => {
      if (live.resumed()) untracked(() => void this.look());
    });
  }
  private async look(): Promise<void> {
    try {
      const told = (await (await fetch('build.json', { cache: 'no-store' })).json()) as { main?: string };
      // A refusal names no build, and is no news.
      if (this.own && told.main && told.main !== this.own) this.there.set(true);
    } catch {
      // Not there, or no line again: the next time it comes back this is asked anew.
    }
  }
}
