import { defineFeature } from '#ui/frame/feature';

/** Not in the menu of every day: one comes here by the menu of the own name. */
export default defineFeature({
  page: 'seguranca',
  routes: [
    { path: 'seguranca', data: { title: ['Segurança', 'Security'] }, loadComponent: () => import('./seguranca').then((m) => m.Seguranca) },
  ],
});
