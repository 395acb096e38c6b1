import { defineFeature } from '#ui/frame/feature';
import { Pagamento } from './pagamento';

export default defineFeature({
  page: 'pagar',
  routes: [{ path: 'pagar/:id', data: { title: ['Pagamento', 'Payment'] }, component: Pagamento }],
});
