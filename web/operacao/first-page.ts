import { Component, inject } from '@angular/core';
import { Router } from '@angular/router';
import { Session } from '#core/session';

/** The first page there is for this operator, in the order of the menu. */
@Component({ selector: 'la-first-page', template: '' })
export class FirstPage {
  constructor() {
    const router = inject(Router);
    const [first = 'seguranca'] = inject(Session).pages() ?? [];
    void router.navigateByUrl(`/${first}`, { replaceUrl: true });
  }
}
