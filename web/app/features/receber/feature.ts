import { defineFeature } from '#ui/frame/feature';

export default defineFeature({
  page: 'receber',
  menu: { icon: 'receive', label: ['Receber', 'Receive'] },
  asks: 'receive',
  routes: [{ path: 'receber', data: { title: ['Receber', 'Receive'] }, loadComponent: () => import('./receber').then((m) => m.Receber) }],
});
