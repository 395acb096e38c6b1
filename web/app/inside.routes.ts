import type { Routes } from '@angular/router';
import { FEATURES, routesOf } from '#ui/frame/feature';
import { NotFound } from '#ui/frame/not-found';
import { Shell } from '#ui/frame/shell';
import * as listed from './features';

const features = Object.values(listed);

/**
 * Every page with a session, in its frame. One file of code holds them, but for those that a feature loads by itself, which are the ones with
 * forms: small ones would cost a round trip each.
 */
export const routes: Routes = [
  {
    path: '',
    component: Shell,
    providers: [{ provide: FEATURES, useValue: features }],
    data: { home: '/inicio' },
    children: [
      ...routesOf(features),
      // Where no module has a page of money, as with a shop's books alone, one begins at the accounts.
      { path: 'inicio', pathMatch: 'full', redirectTo: 'contas' },
      // Within the frame, so that whoever came by a wrong address is still at home.
      { path: '**', data: { title: ['Página não encontrada', 'Page not found'], home: '/inicio' }, component: NotFound },
    ],
  },
];
