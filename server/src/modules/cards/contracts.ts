import { readDate } from '#platform/dates.ts';
import { bodyText } from '#platform/idempotency.ts';
import type { Cards, Terms as TermsShown } from './contract.ts';
import { type CardsDeps, MODULE } from './deps.ts';
import type { Terms } from './domain/terms.ts';
import { refuseCards } from './errors.ts';
import { insertTerms, listTerms } from './store/terms.ts';

const show = (one: Terms): TermsShown => ({ ...one, fixedFeeMinor: String(one.fixedFeeMinor) });

/** Contracts with acquirers, line by line; a line never changes. */
export function createContracts({ db }: CardsDeps): Pick<Cards, 'saveTerms' | 'listTerms'> {
  return {
    async saveTerms({ tenantId }, { accountId, terms }) {
      readDate(terms.validFrom, '/validFrom');
      const one: Terms = { ...terms, fixedFeeMinor: BigInt(terms.fixedFeeMinor) };
      if (one.toInstalments < one.fromInstalments) throw refuseCards('CARDS_NO_TERMS');
      await db.tx({ module: MODULE, tenants: [tenantId] }, async (tx) => {
        if (await insertTerms(tx, tenantId, accountId, one)) return;
        const known = (await listTerms(tx, tenantId, accountId)).find(({ id }) => id === one.id);
        if (!known || bodyText(show(known)) !== bodyText(show(one))) throw refuseCards('CARDS_TERMS_FIXED');
      });
      return terms;
    },
    async listTerms({ tenantId }, { accountId }) {
      const found = await db.tx({ module: MODULE, tenants: [tenantId], single: true }, (tx) => listTerms(tx, tenantId, accountId));
      return { terms: found.map(show) };
    },
  };
}
