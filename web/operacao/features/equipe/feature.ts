import { defineFeature } from '#ui/frame/feature';

export default defineFeature({
  page: 'equipe',
  menu: { icon: 'shield', label: ['Equipe', 'Team'] },
  routes: [{ path: 'equipe', data: { title: ['Equipe', 'Team'] }, loadComponent: () => import('./equipe').then((m) => m.Equipe) }],
});
