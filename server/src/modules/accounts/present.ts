import type { PlatformDeps } from '#platform/module.ts';
import type { ActingOn } from './contract.ts';
import type { Limits } from './domain/access.ts';
import type { ActingOnRecord } from './store/memberships.ts';

export const LEGAL_NAME = 'accounts.legal-name';
export const TRADE_NAME = 'accounts.trade-name';
export const TAX_ID = 'accounts.tax-id';

export const showLimits = ({ perPaymentMinor, perDayMinor }: Limits): { perPaymentMinor: string | null; perDayMinor: string | null } => ({
  perPaymentMinor: perPaymentMinor?.toString() ?? null,
  perDayMinor: perDayMinor?.toString() ?? null,
});

export const readLimits = ({ perPaymentMinor, perDayMinor }: { perPaymentMinor: string | null; perDayMinor: string | null }): Limits => ({
  perPaymentMinor: perPaymentMinor === null ? null : BigInt(perPaymentMinor),
  perDayMinor: perDayMinor === null ? null : BigInt(perDayMinor),
});

/** An account as its member sees it; the company's name is opened with the company's key. */
export async function showActingOn(vault: PlatformDeps['vault'], record: ActingOnRecord): Promise<ActingOn> {
  const { partyId, kind, accountId, accountStatus, role, limits } = record;
  return { accountId, partyId, kind, name: await nameOf(vault, record), status: accountStatus, role, limits: showLimits(limits) };
}

/** The name a company goes by; null for a person, and once the company's key was destroyed. */
export async function nameOf(
  vault: PlatformDeps['vault'],
  {
    tenantId,
    partyId,
    tradeNameSealed,
    legalNameSealed,
  }: Pick<ActingOnRecord, 'tenantId' | 'partyId' | 'tradeNameSealed' | 'legalNameSealed'>,
): Promise<string | null> {
  if (tradeNameSealed) return vault.open(tenantId, partyId, TRADE_NAME, tradeNameSealed);
  return legalNameSealed ? vault.open(tenantId, partyId, LEGAL_NAME, legalNameSealed) : null;
}
