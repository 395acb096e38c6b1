import type { Routes } from '@angular/router';
import { inSandbox, mustBeIn } from '#core/guards';

export const routes: Routes = [
  {
    path: '',
    pathMatch: 'full',
    data: { title: ['Seu dinheiro, passo a passo', 'Your money, step by step'] },
    loadComponent: () => import('./features/landing/landing').then((m) => m.Landing),
  },
  { path: 'entrar/:uid', loadComponent: () => import('./features/entrar/entrar').then((m) => m.Entrar) },
  { path: 'ui', canMatch: [inSandbox], loadComponent: () => import('#ui/catalogue/catalogue').then((m) => m.Catalogue) },
  { path: '', canActivate: [mustBeIn], loadChildren: () => import('./inside.routes').then((m) => m.routes) },
];
