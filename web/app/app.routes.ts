import type { Routes } from '@angular/router';
import { mustBeIn } from '#core/guards';
import type { Key } from '#core/i18n/i18n';

export const routes: Routes = [
  {
    path: '',
    pathMatch: 'full',
    title: 'title.landing' satisfies Key,
    loadComponent: () => import('./features/landing/landing').then((m) => m.Landing),
  },
  {
    path: 'entrar/:uid',
    title: (r): Key => (r.queryParamMap.get('screen') === 'sign-up' ? 'title.signUp' : 'title.login'),
    loadComponent: () => import('./features/entrar/entrar').then((m) => m.Entrar),
  },
  { path: '', canActivate: [mustBeIn], loadChildren: () => import('./inside.routes').then((m) => m.routes) },
];
