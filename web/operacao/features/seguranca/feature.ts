import { defineFeature } from '#ui/frame/feature';

/** Whoever has no second factor yet sees this page alone. */
export default defineFeature({
  page: 'seguranca',
  routes: [
    { path: 'seguranca', data: { title: ['Segurança', 'Security'] }, loadComponent: () => import('./seguranca').then((m) => m.Seguranca) },
  ],
});
