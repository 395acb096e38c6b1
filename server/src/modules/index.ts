/** The rooms of the house, a line each: the only place outside its own folder where a module is named. */
export { default as accounts } from './accounts/module.ts';
export { default as audit } from './audit/module.ts';
export { default as banks } from './banks/module.ts';
export { default as bff } from './bff/module.ts';
export { default as books } from './books/module.ts';
export { default as cards } from './cards/module.ts';
export { default as cashflow } from './cashflow/module.ts';
export { default as drawers } from './drawers/module.ts';
export { default as identity } from './identity/module.ts';
export { default as ledger } from './ledger/module.ts';
export { default as payments } from './payments/module.ts';
export { default as privacy } from './privacy/module.ts';
export { default as reports } from './reports/module.ts';
export { default as risk } from './risk/module.ts';
export { default as titles } from './titles/module.ts';
