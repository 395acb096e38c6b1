import { defineFeature } from '#ui/frame/feature';

export default defineFeature({
  page: 'lancamentos',
  menu: { icon: 'statement', label: ['Extrato', 'Entries'] },
  routes: [
    {
      path: 'lancamentos',
      data: { title: ['Extrato consolidado', 'All entries'] },
      loadComponent: () => import('./lancamentos').then((m) => m.Lancamentos),
    },
  ],
});
