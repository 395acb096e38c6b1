import { OPERATOR_ROLES, type OperatorRole } from '#platform/operator-roles.ts';
import { refuse } from '../errors.ts';
import type { FactorPolicy } from './factors.ts';

/** Customers, and the operators who look after them. Nobody of one is known in the other. */
export type Realm = 'customer' | 'operator';

/** Under which purpose a name is hashed: the same address names two people in two realms. Operators have no CPF, so that one names none of them. */
export const loginPurpose = (realm: Realm, kind: 'cpf' | 'email'): string => (realm === 'operator' ? `operator-${kind}` : kind);

/** An operator's password alone opens nothing, whatever the installation asks of its customers. */
export const policyOf = (realm: Realm, customers: FactorPolicy): FactorPolicy => (realm === 'operator' ? { demanded: true } : customers);

/** Scopes of somebody with these roles, each once. */
export function scopesOfRoles(roles: readonly string[], granted: Readonly<Record<OperatorRole, readonly string[]>>): string[] {
  return [...new Set(OPERATOR_ROLES.filter((role) => roles.includes(role)).flatMap((role) => granted[role]))];
}

/** Roles as they were given, each once, in their order. @throws IDENTITY_ROLE_UNKNOWN */
export function readRoles(given: readonly string[]): OperatorRole[] {
  const unknown = given.filter((role) => !(OPERATOR_ROLES as readonly string[]).includes(role));
  if (unknown.length > 0 || given.length === 0) {
    const names = OPERATOR_ROLES.join(', ');
    throw refuse('IDENTITY_ROLE_UNKNOWN', { detail: { pt: `Os papéis são: ${names}.`, en: `Roles are: ${names}.` } });
  }
  return OPERATOR_ROLES.filter((role) => given.includes(role));
}
