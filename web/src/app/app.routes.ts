import type { Routes } from '@angular/router';
import { mustBeIn } from './core/guards';
import type { Key } from './core/i18n/i18n';

const titled = (title: Key) => ({ title });

export const routes: Routes = [
  {
    path: '',
    pathMatch: 'full',
    data: titled('title.landing'),
    loadComponent: () => import('./pages/landing/landing').then((m) => m.Landing),
  },
  { path: 'entrar/:uid', data: titled('title.login'), loadComponent: () => import('./pages/entrar/entrar').then((m) => m.Entrar) },
  {
    path: '',
    canActivate: [mustBeIn],
    loadComponent: () => import('./pages/shell/shell').then((m) => m.Shell),
    children: [
      { path: 'inicio', data: titled('title.home'), loadComponent: () => import('./pages/inicio/inicio').then((m) => m.Inicio) },
      { path: 'pagar', data: titled('title.pay'), loadComponent: () => import('./pages/pagar/pagar').then((m) => m.Pagar) },
      {
        path: 'pagar/:id',
        data: titled('title.payment'),
        loadComponent: () => import('./pages/pagamento/pagamento').then((m) => m.Pagamento),
      },
      { path: 'extrato', data: titled('title.statement'), loadComponent: () => import('./pages/extrato/extrato').then((m) => m.Extrato) },
    ],
  },
  {
    path: '**',
    data: titled('title.notFound'),
    loadComponent: () => import('./pages/nao-encontrada/nao-encontrada').then((m) => m.NaoEncontrada),
  },
];
