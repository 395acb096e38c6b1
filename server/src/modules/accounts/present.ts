import type { PlatformDeps } from '#platform/module.ts';
import type { ActingOn } from './contract.ts';
import type { Limits } from './domain/access.ts';
import { actionsOf } from './domain/roles.ts';
import type { ActingOnRecord } from './store/memberships.ts';
import type { SealedNames } from './store/parties.ts';

export const LABEL = 'accounts.label';
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

/** An account as its member sees it; names are opened with the party's key. */
export async function showActingOn(vault: PlatformDeps['vault'], record: ActingOnRecord): Promise<ActingOn> {
  const { partyId, kind, accountId, accountStatus, role, limits } = record;
  const [name, label] = await Promise.all([nameOf(vault, record), labelOf(vault, record)]);
  return { accountId, partyId, kind, name, label, status: accountStatus, role, actions: actionsOf(role), limits: showLimits(limits) };
}

/** The name a company goes by; null for a person, and once the company's key was destroyed. */
export async function nameOf(vault: PlatformDeps['vault'], names: Omit<SealedNames, 'labelSealed'>): Promise<string | null> {
  const { tenantId, partyId, tradeNameSealed, legalNameSealed } = names;
  if (tradeNameSealed) return vault.open(tenantId, partyId, TRADE_NAME, tradeNameSealed);
  return legalNameSealed ? vault.open(tenantId, partyId, LEGAL_NAME, legalNameSealed) : null;
}

async function labelOf(vault: PlatformDeps['vault'], { tenantId, partyId, labelSealed }: SealedNames): Promise<string | null> {
  return labelSealed ? vault.open(tenantId, partyId, LABEL, labelSealed) : null;
}
