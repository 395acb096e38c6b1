import { defineFeature } from '#ui/frame/feature';

export default defineFeature({
  page: 'caixa',
  menu: { icon: 'till', label: ['Caixa', 'Drawer'] },
  routes: [{ path: 'caixa', data: { title: ['Caixa', 'Drawer'] }, loadComponent: () => import('./caixa').then((m) => m.Caixa) }],
});
