import { OverlayContainer } from '@angular/cdk/overlay';
import { afterNextRender, Component, computed, inject, input, viewChild } from '@angular/core';
import { MatMenu, MatMenuItem, MatMenuTrigger } from '@angular/material/menu';
import { RouterLink } from '@angular/router';
import { ActingAccount } from '#core/account';
import { I18n, type Key } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { Prefs, type Theme } from '#core/prefs';
import { Session } from '#core/session';
import { Icon, type IconName } from '../icon';

/** Who is here and since when, theme, language, log-out. Its code is fetched after the page, since nobody needs it first. */
@Component({
  selector: 'la-user-menu',
  imports: [MatMenu, MatMenuItem, MatMenuTrigger, RouterLink, Icon, TPipe],
  templateUrl: './user-menu.html',
  styleUrl: './user-menu.scss',
})
export class UserMenu {
  readonly openAtOnce = input(false);
  protected readonly i18n = inject(I18n);
  protected readonly prefs = inject(Prefs);
  protected readonly session = inject(Session);
  /** The page of one's own security is the first project's. */
  protected readonly isAway = inject(ActingAccount).project !== 'conta';
  private readonly trigger = viewChild.required(MatMenuTrigger);
  /** The log-in before this one, as the menu tells it. */
  protected readonly lastAccess = computed(() => {
    const at = this.session.lastSignIn()?.at;
    return at ? this.i18n.t('session.lastAccess', { t: this.i18n.moment(at) }) : null;
  });
  protected readonly themes: { value: Theme; key: Key; icon: IconName }[] = [
    { value: 'system', key: 'prefs.system', icon: 'system' },
    { value: 'light', key: 'prefs.light', icon: 'sun' },
    { value: 'dark', key: 'prefs.dark', icon: 'moon' },
  ];

  private readonly overlay = inject(OverlayContainer);

  constructor() {
    afterNextRender(() => {
      if (this.openAtOnce()) this.trigger().openMenu();
    });
  }
  /** The menu lies in a layer beside the page, which is a landmark while it shows something. */
  protected landmark(open: boolean): void {
    const layer = this.overlay.getContainerElement();
    for (const [name, value] of [
      ['role', 'region'],
      ['aria-label', this.i18n.t('prefs.layer')],
    ] as const)
      if (open) layer.setAttribute(name, value);
      else layer.removeAttribute(name);
  }
}
