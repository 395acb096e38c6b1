/** What people and merchants have, a line each: the only place outside its own folder where a feature is named. */
export { default as comprovante } from './comprovante/feature';
export { default as contas } from './contas/feature';
export { default as convite } from './convite/feature';
export { default as devolver } from './devolver/feature';
export { default as equipe } from './equipe/feature';
export { default as extrato } from './extrato/feature';
export { default as inicio } from './inicio/feature';
export { default as negocio } from './negocio/feature';
export { default as pagamento } from './pagamento/feature';
export { default as pagar } from './pagar/feature';
export { default as privacidade } from './privacidade/feature';
export { default as receber } from './receber/feature';
export { default as seguranca } from './seguranca/feature';
