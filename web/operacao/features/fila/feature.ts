import { defineFeature } from '#ui/frame/feature';

export default defineFeature({
  page: 'fila',
  menu: { icon: 'clock', label: ['Fila', 'Inbox'] },
  routes: [{ path: 'fila', data: { title: ['O que espera', 'What waits'] }, loadComponent: () => import('./fila').then((m) => m.Fila) }],
});
