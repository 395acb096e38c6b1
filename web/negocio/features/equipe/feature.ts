import { pageOf } from '#core/account';
import { defineFeature } from '#ui/frame/feature';

/** Who works here is looked after where the account is. */
export default defineFeature({
  page: 'equipe',
  menu: { icon: 'team', label: ['Equipe', 'Team'] },
  asks: 'members:see',
  leads: (account) => pageOf(account, 'equipe'),
  routes: [],
});
