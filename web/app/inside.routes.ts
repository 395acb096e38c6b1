import type { Routes } from '@angular/router';
import type { Key } from '#core/i18n/i18n';
import { ComprovantePage } from './features/comprovante/comprovante';
import { Extrato } from './features/extrato/extrato';
import { Inicio } from './features/inicio/inicio';
import { NaoEncontrada } from './features/nao-encontrada/nao-encontrada';
import { Pagamento } from './features/pagamento/pagamento';
import { Shell } from './shell/shell';

/** Every page with a session, in its frame. One file of code holds them all but the two with forms: small ones would cost a round trip each. */
export const routes: Routes = [
  {
    path: '',
    component: Shell,
    children: [
      { path: 'inicio', title: 'title.home' satisfies Key, component: Inicio },
      { path: 'pagar', title: 'title.pay' satisfies Key, loadComponent: () => import('./features/pagar/pagar').then((m) => m.Pagar) },
      { path: 'pagar/:id', title: 'title.payment' satisfies Key, component: Pagamento },
      {
        path: 'receber',
        title: 'title.receive' satisfies Key,
        loadComponent: () => import('./features/receber/receber').then((m) => m.Receber),
      },
      { path: 'comprovante/:id', title: 'title.comprovante' satisfies Key, component: ComprovantePage },
      { path: 'extrato', title: 'title.statement' satisfies Key, component: Extrato },
      // Within the frame, so that whoever came by a wrong address is still at home.
      { path: '**', title: 'title.notFound' satisfies Key, component: NaoEncontrada },
    ],
  },
];
