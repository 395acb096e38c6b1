import { effect, Injectable, inject, signal } from '@angular/core';
import { Title } from '@angular/platform-browser';
import { type ActivatedRouteSnapshot, type RouterStateSnapshot, TitleStrategy } from '@angular/router';
import { I18n } from './i18n/i18n';
import type { Pair } from './i18n/texts';

/** A route tells its title as `data.title`, in both languages, so that the tab follows the language. */
@Injectable()
export class TranslatedTitle extends TitleStrategy {
  private readonly i18n = inject(I18n);
  private readonly words = signal<Pair | null>(null);
  constructor() {
    super();
    const title = inject(Title);
    effect(() => {
      const words = this.words();
      title.setTitle(words ? `${this.i18n.pick(words)} · Lastro` : 'Lastro');
    });
  }
  override updateTitle({ root }: RouterStateSnapshot): void {
    let at: ActivatedRouteSnapshot | null = root;
    let found: Pair | null = null;
    for (; at; at = at.firstChild) found = (at.data.title as Pair | undefined) ?? found;
    this.words.set(found);
  }
  /** For a page with two faces under one route. */
  show(words: Pair): void {
    this.words.set(words);
  }
}
