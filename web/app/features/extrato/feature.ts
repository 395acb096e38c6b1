import { defineFeature } from '#ui/frame/feature';
import { Extrato } from './extrato';

export default defineFeature({
  page: 'extrato',
  menu: { icon: 'statement', label: ['Extrato', 'Statement'] },
  routes: [{ path: 'extrato', data: { title: ['Extrato', 'Statement'] }, component: Extrato }],
});
