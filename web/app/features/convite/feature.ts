import { defineFeature } from '#ui/frame/feature';

/** One comes here by a link that somebody handed on. */
export default defineFeature({
  page: 'convite',
  routes: [
    { path: 'convite', data: { title: ['Convite', 'Invitation'] }, loadComponent: () => import('./convite').then((m) => m.Convite) },
  ],
});
