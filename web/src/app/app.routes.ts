import type { Routes } from '@angular/router';
import { mustBeIn } from './core/guards';
import type { Key } from './core/i18n/i18n';

export const routes: Routes = [
  {
    path: '',
    pathMatch: 'full',
    title: 'title.landing' satisfies Key,
    loadComponent: () => import('./pages/landing/landing').then((m) => m.Landing),
  },
  {
    path: 'entrar/:uid',
    title: (r): Key => (r.queryParamMap.get('screen') === 'sign-up' ? 'title.signUp' : 'title.login'),
    loadComponent: () => import('./pages/entrar/entrar').then((m) => m.Entrar),
  },
  {
    path: '',
    canActivate: [mustBeIn],
    loadComponent: () => import('./pages/shell/shell').then((m) => m.Shell),
    children: [
      { path: 'inicio', title: 'title.home' satisfies Key, loadComponent: () => import('./pages/inicio/inicio').then((m) => m.Inicio) },
      { path: 'pagar', title: 'title.pay' satisfies Key, loadComponent: () => import('./pages/pagar/pagar').then((m) => m.Pagar) },
      {
        path: 'pagar/:id',
        title: 'title.payment' satisfies Key,
        loadComponent: () => import('./pages/pagamento/pagamento').then((m) => m.Pagamento),
      },
      {
        path: 'receber',
        title: 'title.receive' satisfies Key,
        loadComponent: () => import('./pages/receber/receber').then((m) => m.Receber),
      },
      {
        path: 'comprovante/:id',
        title: 'title.comprovante' satisfies Key,
        loadComponent: () => import('./pages/comprovante/comprovante').then((m) => m.ComprovantePage),
      },
      {
        path: 'extrato',
        title: 'title.statement' satisfies Key,
        loadComponent: () => import('./pages/extrato/extrato').then((m) => m.Extrato),
      },
      // Within the frame, so that whoever came by a wrong address is still at home.
      {
        path: '**',
        title: 'title.notFound' satisfies Key,
        loadComponent: () => import('./pages/nao-encontrada/nao-encontrada').then((m) => m.NaoEncontrada),
      },
    ],
  },
];
