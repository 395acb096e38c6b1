import type { CallContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import { refusePlatform } from '#platform/errors.ts';
import { newId } from '#platform/id.ts';
import { bodyText, once } from '#platform/idempotency.ts';
import type { PlatformDeps } from '#platform/module.ts';
import type { Company, NewCompany } from './contract.ts';
import { type CleanCompany, cleanCompany, isFlaw, showCnpj } from './domain/company.ts';
import { refuseAccounts } from './errors.ts';
import { ACCOUNT_CREATED, MEMBER_SET, PARTY_REGISTERED } from './events.ts';
import { LEGAL_NAME, TAX_ID, TRADE_NAME } from './present.ts';
import { insertMember } from './store/memberships.ts';
import { insertAccounts, insertCompany, isCompanyKnown } from './store/parties.ts';

const ROUTE = 'POST /v1/companies';

/** Companies of a tenant, each with its account and its first owner. */
export function createCompanies({ db, bus, vault, clock }: Pick<PlatformDeps, 'db' | 'bus' | 'vault' | 'clock'>) {
  /**
   * Party, account, owner and events commit together; names are sealed before, since the vault has its own transactions.
   * @throws ACCOUNTS_INVALID_COMPANY, ACCOUNTS_CNPJ_TAKEN
   */
  async function registerCompany(ctx: CallContext, { ownerId, company }: { ownerId: string; company: NewCompany }): Promise<Company> {
    const { tenantId, idempotencyKey: key } = ctx;
    if (key === undefined) throw refusePlatform('PLATFORM_IDEMPOTENCY_KEY_REQUIRED');
    const clean = cleanOf(company);
    const ids = { partyId: newId(), accountId: newId() };
    const taxIdHash = vault.lookupHash(tenantId, 'cnpj', clean.cnpj);
    const scope = { module: 'accounts', tenants: [tenantId] };
    const request = {
      tenantId,
      principal: ctx.actor.id,
      route: ROUTE,
      key,
      body: vault.lookupHash(tenantId, ROUTE, bodyText({ ownerId, company })).toString('hex'),
    };
    const seal = (purpose: string, text: string) => vault.seal(tenantId, ids.partyId, purpose, text);
    const row = {
      tenantId,
      id: ids.partyId,
      legalNameSealed: await seal(LEGAL_NAME, clean.legalName),
      tradeNameSealed: clean.tradeName === null ? null : await seal(TRADE_NAME, clean.tradeName),
      taxIdSealed: await seal(TAX_ID, clean.cnpj),
      taxIdHash,
      createdAt: new Date(clock.now()),
    };
    const effect = async (tx: Tx): Promise<typeof ids> => {
      if (!(await insertCompany(tx, row))) throw refuseAccounts('ACCOUNTS_CNPJ_TAKEN');
      await openFor(tx, ctx, ids, ownerId, row.createdAt);
      return ids;
    };
    try {
      const answer = await db.tx(scope, (tx) => once(tx, request, async () => ({ status: 201, body: await effect(tx) })));
      const made = answer.body as typeof ids;
      if (made.partyId !== ids.partyId) await vault.destroy(tenantId, ids.partyId);
      return { ...made, cnpj: showCnpj(clean.cnpj), legalName: clean.legalName, tradeName: clean.tradeName };
    } catch (error) {
      // Only a clear refusal: after a lost connection the commit may have happened, and this would be a living company's key.
      if (await isRefused(error, tenantId, taxIdHash)) await vault.destroy(tenantId, ids.partyId);
      throw error;
    }
  }

  async function openFor(
    tx: Tx,
    ctx: CallContext,
    { partyId, accountId }: { partyId: string; accountId: string },
    ownerId: string,
    at: Date,
  ) {
    const { tenantId, actor } = ctx;
    await insertAccounts(tx, tenantId, [{ id: accountId, partyId, labelSealed: null }], at);
    const limits = { perPaymentMinor: null, perDayMinor: null };
    const owner = await insertMember(tx, tenantId, { accountId, subjectId: ownerId, role: 'owner', limits, grantedBy: actor.id }, at);
    const about = { tenantId, actor, time: at.toISOString() };
    await bus.publish(tx, [
      { ...about, id: newId(), type: PARTY_REGISTERED, key: partyId, subjectId: partyId, data: { partyId, kind: 'company' } },
      {
        ...about,
        id: newId(),
        type: ACCOUNT_CREATED,
        key: accountId,
        subjectId: partyId,
        data: { accountId, partyId, product: 'payment' },
      },
      {
        ...about,
        id: newId(),
        type: MEMBER_SET,
        key: accountId,
        subjectId: ownerId,
        data: { accountId, subjectId: ownerId, role: 'owner', version: owner!.version },
      },
    ]);
  }

  async function isRefused(error: unknown, tenantId: string, taxIdHash: Buffer): Promise<boolean> {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ACCOUNTS_CNPJ_TAKEN') return false;
    return db.tx({ module: 'accounts', tenants: [tenantId] }, (tx) => isCompanyKnown(tx, tenantId, taxIdHash));
  }

  return { registerCompany };
}

function cleanOf(company: NewCompany): CleanCompany {
  const result = cleanCompany(company);
  if (!isFlaw(result)) return result;
  throw refuseAccounts('ACCOUNTS_INVALID_COMPANY', { errors: [{ pointer: `/body/${result.field}`, detail: result.detail }] });
}
