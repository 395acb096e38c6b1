import { defineFeature } from '#ui/frame/feature';

export default defineFeature({
  page: 'pagar',
  menu: { icon: 'send', label: ['Pagar', 'Pay'] },
  asks: 'pay',
  routes: [
    { path: 'pagar', data: { title: ['Pagar com Pix', 'Pay with Pix'] }, loadComponent: () => import('./pagar').then((m) => m.Pagar) },
  ],
});
