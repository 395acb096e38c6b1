import { Component, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Router } from '@angular/router';
import type { Key } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { Session } from '#core/session';
import { Brand } from '#ui/brand';
import { Icon, type IconName } from '#ui/icon';
import { PrefsBar } from '#ui/prefs-bar';
import './texts';

/** For whoever is not logged in. A person with a session goes straight to the account. */
@Component({
  selector: 'la-landing',
  imports: [MatButton, Brand, Icon, PrefsBar, TPipe],
  templateUrl: './landing.html',
  styleUrl: './landing.scss',
})
export class Landing {
  private readonly session = inject(Session);
  protected readonly path: { icon: IconName; title: Key; text: Key }[] = [
    { icon: 'shield', title: 'landing.p1', text: 'landing.p1s' },
    { icon: 'lock', title: 'landing.p2', text: 'landing.p2s' },
    { icon: 'send', title: 'landing.p3', text: 'landing.p3s' },
    { icon: 'check', title: 'landing.p4', text: 'landing.p4s' },
  ];
  protected readonly facts: { icon: IconName; title: Key; text: Key }[] = [
    { icon: 'scale', title: 'landing.f1', text: 'landing.f1s' },
    { icon: 'clock', title: 'landing.f2', text: 'landing.f2s' },
    { icon: 'statement', title: 'landing.f3', text: 'landing.f3s' },
  ];
  constructor() {
    const router = inject(Router);
    // The page is of use without an answer; a failed question only means that nobody is sent on.
    this.session.load().then(
      (a) => a.authenticated && router.navigateByUrl('/inicio', { replaceUrl: true }),
      () => undefined,
    );
  }
  protected go(screen: 'sign-in' | 'sign-up'): void {
    this.session.login(screen);
  }
}
