import type { Routes } from '@angular/router';
import { mustBeIn } from '#core/guards';
import { FEATURES, routesOf } from '#ui/frame/feature';
import { NotFound } from '#ui/frame/not-found';
import { Shell } from '#ui/frame/shell';
import * as listed from './features';

const features = Object.values(listed);

/** Whoever is here keeps a shop's books: there is no page without a session. */
export const routes: Routes = [
  { path: '', pathMatch: 'full', redirectTo: 'hoje' },
  {
    path: '',
    component: Shell,
    canActivate: [mustBeIn],
    providers: [{ provide: FEATURES, useValue: features }],
    data: { home: '/hoje' },
    children: [
      ...routesOf(features),
      { path: '**', data: { title: ['Página não encontrada', 'Page not found'], home: '/hoje' }, component: NotFound },
    ],
  },
];
