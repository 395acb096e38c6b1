import { defineFeature } from '#ui/frame/feature';

/** One comes here from the inbox, or by the finder. */
export default defineFeature({
  page: 'pagamento',
  routes: [
    {
      path: 'pagamento/:id',
      data: { title: ['Pagamento', 'Payment'] },
      loadComponent: () => import('./pagamento').then((m) => m.Pagamento),
    },
  ],
});
