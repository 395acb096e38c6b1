import { defineFeature } from '#ui/frame/feature';

export default defineFeature({
  page: 'equipe',
  menu: { icon: 'team', label: ['Equipe', 'Team'] },
  asks: 'members:see',
  routes: [{ path: 'equipe', data: { title: ['Equipe', 'Team'] }, loadComponent: () => import('./equipe').then((m) => m.Equipe) }],
});
