import { Component, input } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { TPipe } from '#core/i18n/pipes';
import { Icon } from '../icon';

/** In place of a page that is not there. */
@Component({
  selector: 'la-not-found',
  imports: [RouterLink, MatButton, Icon, TPipe],
  template: `<section class="card empty"><la-icon name="search" /><h1>{{ 'notFound.h1' | t }}</h1><p class="muted">{{ 'notFound.sub' | t }}</p><a matButton="filled" [routerLink]="home()">{{ 'notFound.home' | t }}</a></section>`,
  styles: ':host{display:block;max-width:600px;margin:0 auto}section{padding:56px 20px}',
})
export class NotFound {
  /** Where the way out leads. */
  readonly home = input.required<string>();
}
