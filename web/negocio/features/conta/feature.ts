import { pageOf } from '#core/account';
import { defineFeature } from '#ui/frame/feature';

/** The way back to the account: its money, its Pix. */
export default defineFeature({
  page: 'inicio',
  menu: { icon: 'home', label: ['Conta e Pix', 'Account and Pix'] },
  leads: (account) => pageOf(account, 'inicio'),
  routes: [],
});
