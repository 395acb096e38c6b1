/** The features of this project, a line each. */

export { default as equipe } from './equipe/feature';
export { default as fila } from './fila/feature';
export { default as pagamento } from './pagamento/feature';
export { default as seguranca } from './seguranca/feature';
