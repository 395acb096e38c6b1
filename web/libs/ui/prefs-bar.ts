import { Component, inject } from '@angular/core';
import { MatButton, MatIconButton } from '@angular/material/button';
import { I18n } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { Prefs } from '#core/prefs';
import { Icon } from './icon';

/** Language and theme on the pages before the log-in. */
@Component({
  selector: 'la-prefs-bar',
  imports: [MatButton, MatIconButton, Icon, TPipe],
  template: `<button matButton type="button" class="lang" [attr.lang]="i18n.lang() === 'pt-BR' ? 'en' : 'pt-BR'" [attr.aria-label]="'prefs.lang' | t" (click)="i18n.toggle()">{{ 'prefs.langShort' | t }}</button>
    <button matIconButton type="button" [attr.aria-label]="(prefs.dark() ? 'prefs.toLight' : 'prefs.toDark') | t" (click)="prefs.toggleTheme()"><la-icon [name]="prefs.dark() ? 'sun' : 'moon'" /></button>`,
  styles: ':host{display:inline-flex;align-items:center;gap:4px}',
})
export class PrefsBar {
  protected readonly i18n = inject(I18n);
  protected readonly prefs = inject(Prefs);
}
