import type { Routes } from '@angular/router';
import { mustBeIn } from '#core/guards';
import { FEATURES, routesOf } from '#ui/frame/feature';
import { NotFound } from '#ui/frame/not-found';
import { Shell } from '#ui/frame/shell';
import * as listed from './features';

const features = Object.values(listed);

/** Operators are always somebody: there is no page without a session but the issuer's log-in. */
export const routes: Routes = [
  { path: '', pathMatch: 'full', redirectTo: 'inicio' },
  {
    path: '',
    component: Shell,
    canActivate: [mustBeIn],
    providers: [{ provide: FEATURES, useValue: features }],
    data: { home: '/inicio' },
    children: [
      {
        path: 'inicio',
        data: { title: ['Operação', 'Operations'] },
        loadComponent: () => import('./first-page').then((m) => m.FirstPage),
      },
      ...routesOf(features),
      { path: '**', data: { title: ['Página não encontrada', 'Page not found'], home: '/inicio' }, component: NotFound },
    ],
  },
];
