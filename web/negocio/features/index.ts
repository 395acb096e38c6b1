/** What the shop's project shows, a line each. The order of the menu is the server's. */
export { default as caixa } from './caixa/feature';
export { default as conta } from './conta/feature';
export { default as equipe } from './equipe/feature';
export { default as fechamento } from './fechamento/feature';
export { default as hoje } from './hoje/feature';
export { default as lancamentos } from './lancamentos/feature';
export { default as lancar } from './lancar/feature';
