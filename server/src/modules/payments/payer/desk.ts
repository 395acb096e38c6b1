import type { Db } from '#platform/db/db.ts';
import { isUuid } from '#platform/id.ts';
import { RULES } from '../domain/payer-proof.ts';
import { findRules, saveRules } from '../store/payer-proofs.ts';

/** As much as a setting may say. */
const AMOUNT = /^[1-9]\d{0,12}$/;

/** What somebody types: `newPayeeFromMinor=20000`; an empty value gives the rule back to the installation. */
export function readRules(pairs: readonly string[]): { set: Record<string, string>; drop: string[] } {
  const read = { set: {} as Record<string, string>, drop: [] as string[] };
  for (const pair of pairs) {
    const [, name = '', value = ''] = /^(\w+)=(.*)$/s.exec(pair) ?? [];
    if (!(RULES as readonly string[]).includes(name))
      throw new Error(`"${pair}" is none of ${RULES.map((rule) => `${rule}=centavos`).join(', ')}`);
    if (value === '') read.drop.push(name);
    else if (AMOUNT.test(value)) read.set[name] = value;
    else throw new Error(`"${value}" is no amount in centavos above zero`);
  }
  return read;
}

/** A tenant's own rules of proofs, from the command line. Running processes take a change up within seconds. */
export function openProofsDesk({ db }: { db: Db }) {
  return {
    /** Changes what is named, and answers all rules that are the tenant's own then. */
    async change(tenantId: string, pairs: readonly string[]): Promise<Record<string, string>> {
      if (!isUuid(tenantId)) throw new Error('a tenant is named by its id');
      const { set, drop } = readRules(pairs);
      return db.tx({ module: 'payments', tenants: [tenantId] }, async (tx) => {
        const rules = Object.fromEntries(
          Object.entries({ ...(await findRules(tx, tenantId)), ...set }).filter(([name]) => !drop.includes(name)),
        );
        if (pairs.length > 0) await saveRules(tx, tenantId, rules);
        return rules;
      });
    },
  };
}
