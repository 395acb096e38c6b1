import { computed, DOCUMENT, effect, Injectable, inject, signal } from '@angular/core';
import { BROWSER_STORAGE } from './storage';

export type Theme = 'system' | 'light' | 'dark';

/** What the person chose for this device: theme and whether amounts are hidden. */
@Injectable({ providedIn: 'root' })
export class Prefs {
  private readonly doc = inject(DOCUMENT);
  private readonly local = inject(BROWSER_STORAGE).local;
  private readonly mq = this.doc.defaultView?.matchMedia?.('(prefers-color-scheme: dark)');
  private readonly systemDark = signal(this.mq?.matches ?? false);
  readonly theme = signal<Theme>(this.stored());
  readonly dark = computed(() => (this.theme() === 'system' ? this.systemDark() : this.theme() === 'dark'));
  readonly hidden = signal(this.local.get('lastro.hidden') === '1');

  constructor() {
    this.mq?.addEventListener?.('change', (e) => this.systemDark.set(e.matches));
    effect(() => {
      const theme = this.theme();
      if (theme === 'system') {
        this.doc.documentElement.removeAttribute('data-theme');
        this.local.remove('lastro.theme');
      } else {
        this.doc.documentElement.dataset.theme = theme;
        this.local.set('lastro.theme', theme);
      }
    });
    effect(() => this.local.set('lastro.hidden', this.hidden() ? '1' : '0'));
  }
  toggleTheme(): void {
    this.theme.set(this.dark() ? 'light' : 'dark');
  }
  private stored(): Theme {
    const t = this.local.get('lastro.theme');
    return t === 'light' || t === 'dark' ? t : 'system';
  }
}
