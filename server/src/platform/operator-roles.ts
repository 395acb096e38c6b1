/** What operators are; which scopes each role has, the modules say in their manifests. */
export const OPERATOR_ROLES = ['support', 'analyst', 'approver', 'finance', 'auditor', 'admin'] as const;
export type OperatorRole = (typeof OPERATOR_ROLES)[number];
