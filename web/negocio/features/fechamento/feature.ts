import { defineFeature } from '#ui/frame/feature';

export default defineFeature({
  page: 'fechamento',
  menu: { icon: 'dayClose', label: ['Fechamento', 'Closing'] },
  routes: [
    {
      path: 'fechamento',
      data: { title: ['Fechamento do dia', 'Closing of the day'] },
      loadComponent: () => import('./fechamento').then((m) => m.Fechamento),
    },
  ],
});
