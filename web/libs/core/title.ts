import { effect, Injectable, inject, signal } from '@angular/core';
import { Title } from '@angular/platform-browser';
import { type RouterStateSnapshot, TitleStrategy } from '@angular/router';
import { I18n, type Key } from './i18n/i18n';

/** Route titles are dictionary keys (`title`), so the tab follows the language. */
@Injectable()
export class TranslatedTitle extends TitleStrategy {
  private readonly i18n = inject(I18n);
  private readonly key = signal<Key | null>(null);
  constructor() {
    super();
    const title = inject(Title);
    effect(() => {
      const k = this.key();
      title.setTitle(k ? `${this.i18n.t(k)} · Lastro` : 'Lastro');
    });
  }
  override updateTitle(state: RouterStateSnapshot): void {
    const key = (this.buildTitle(state) as Key | undefined) ?? null;
    this.key.set(key);
  }
  /** For a page with two faces under one route. */
  show(key: Key): void {
    this.key.set(key);
  }
}
