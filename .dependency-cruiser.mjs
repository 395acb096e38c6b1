// So that `npm exec depcruise` finds the walls too.
export { default } from './scripts/walls/rules.ts';
