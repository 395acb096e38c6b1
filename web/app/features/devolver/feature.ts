import { defineFeature } from '#ui/frame/feature';

export default defineFeature({
  page: 'devolver',
  routes: [
    {
      path: 'devolver/:id',
      data: { title: ['Devolver um Pix', 'Give a Pix back'] },
      loadComponent: () => import('./devolver').then((m) => m.Devolver),
    },
  ],
});
