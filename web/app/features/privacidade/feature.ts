import { defineFeature } from '#ui/frame/feature';

/** Not in the menu of every day: one comes here by the menu of the own name. */
export default defineFeature({
  page: 'privacidade',
  routes: [
    {
      path: 'privacidade',
      data: { title: ['Privacidade', 'Privacy'] },
      loadComponent: () => import('./privacidade').then((m) => m.Privacidade),
    },
  ],
});
