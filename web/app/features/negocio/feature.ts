import { pageOf } from '#core/account';
import { defineFeature } from '#ui/frame/feature';

/** The way to the shop's books, which are a project of their own. Companies have it in the menu; whoever keeps books of a person's account knows the address. */
export default defineFeature({
  page: 'hoje',
  menu: { icon: 'shop', label: ['Meu negócio', 'My shop'] },
  isFor: (account) => account?.kind === 'company',
  leads: (account) => pageOf(account, 'hoje', 'negocio'),
  routes: [],
});
