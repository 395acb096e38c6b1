import { defineFeature } from '#ui/frame/feature';

export default defineFeature({
  page: 'lancar',
  menu: { icon: 'plus', label: ['Lançar', 'Record'] },
  asks: 'books',
  routes: [
    { path: 'lancar', data: { title: ['Lançar', 'Record'], ahead: true }, loadComponent: () => import('./lancar').then((m) => m.Lancar) },
  ],
});
