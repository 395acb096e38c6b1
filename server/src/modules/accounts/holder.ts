import type { CallContext } from '#platform/context.ts';
import type { PlatformDeps } from '#platform/module.ts';
import type { Holder } from './contract.ts';
import { refuseAccounts } from './errors.ts';
import { LEGAL_NAME, TAX_ID } from './present.ts';
import { findAccount } from './store/parties.ts';

/** A person's name and CPF, which identity keeps; empty once they were erased. */
export type PersonOf = (ctx: CallContext, subjectId: string) => Promise<{ name: string; cpf: string; erased: boolean }>;

/** Whose account it is: a person as identity knows them, a company by its legal name. */
export function createHolder({ db, vault }: Pick<PlatformDeps, 'db' | 'vault'>, personOf: PersonOf) {
  return async (ctx: CallContext, { accountId }: { accountId: string }): Promise<Holder> => {
    const { tenantId } = ctx;
    const account = await db.tx({ module: 'accounts', tenants: [tenantId], single: true }, (tx) => findAccount(tx, tenantId, accountId));
    if (!account) throw refuseAccounts('ACCOUNTS_NOT_FOUND');
    const { partyId, kind, legalNameSealed, taxIdSealed } = account;
    if (kind === 'person') {
      const { name, cpf, erased } = await personOf(ctx, partyId);
      return { partyId, kind, name, taxId: cpf.replace(/\D/g, ''), erased };
    }
    const [name, taxId] = await Promise.all([
      vault.open(tenantId, partyId, LEGAL_NAME, legalNameSealed!),
      vault.open(tenantId, partyId, TAX_ID, taxIdSealed!),
    ]);
    return { partyId, kind, name: name ?? '', taxId: taxId ?? '', erased: name === null || taxId === null };
  };
}
