import { defineFeature } from '#ui/frame/feature';
import { ComprovantePage } from './comprovante';

export default defineFeature({
  page: 'comprovante',
  routes: [{ path: 'comprovante/:id', data: { title: ['Comprovante', 'Receipt'] }, component: ComprovantePage }],
});
