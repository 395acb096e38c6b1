import type { PlatformDeps } from '#platform/module.ts';
import { type ProofPolicy, RULES } from '../domain/payer-proof.ts';
import { findRules } from '../store/payer-proofs.ts';

/** A change of a tenant's rules is heard of within so long. */
const KEEP_MS = 5_000;

/** The rules of each tenant: the installation's, where the tenant has none of its own (`npm run admin -- payer-proofs`). */
export function createPolicies({ db, clock }: Pick<PlatformDeps, 'db' | 'clock'>, ofInstallation: ProofPolicy) {
  const kept = new Map<string, { policy: ProofPolicy; untilMs: number }>();
  return async (tenantId: string): Promise<ProofPolicy> => {
    const known = kept.get(tenantId);
    if (known && known.untilMs > clock.now()) return known.policy;
    const rules = await db.tx({ module: 'payments', tenants: [tenantId], single: true }, (tx) => findRules(tx, tenantId));
    const own = RULES.flatMap((rule) => (rules[rule] === undefined ? [] : [[rule, BigInt(rules[rule])] as const]));
    const policy: ProofPolicy = { ...ofInstallation, ...Object.fromEntries(own) };
    kept.set(tenantId, { policy, untilMs: clock.now() + KEEP_MS });
    return policy;
  };
}
