import { defineFeature } from '#ui/frame/feature';

/** One comes here by the menu of accounts. */
export default defineFeature({
  page: 'contas',
  routes: [{ path: 'contas', data: { title: ['Contas', 'Accounts'] }, loadComponent: () => import('./contas').then((m) => m.Contas) }],
});
