import { defineFeature } from '#ui/frame/feature';
import { Inicio } from './inicio';

export default defineFeature({
  page: 'inicio',
  menu: { icon: 'home', label: ['Início', 'Home'] },
  routes: [{ path: 'inicio', data: { title: ['Início', 'Home'] }, component: Inicio }],
});
