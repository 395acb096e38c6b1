export type { Assessment, Decision, Question, RiskContract } from './contract.ts';
export { riskContract } from './contract.ts';
