import { defineFeature } from '#ui/frame/feature';

export default defineFeature({
  page: 'hoje',
  menu: { icon: 'shop', label: ['Hoje', 'Today'] },
  routes: [{ path: 'hoje', data: { title: ['Hoje', 'Today'], ahead: true }, loadComponent: () => import('./hoje').then((m) => m.Hoje) }],
});
