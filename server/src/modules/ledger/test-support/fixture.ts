import { createPostgresBus } from '#platform/bus/postgres.ts';
import type { Clock } from '#platform/clock.ts';
import { systemClock } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import type { Db } from '#platform/db/db.ts';
import { localFace } from '#platform/face/call.ts';
import { newId } from '#platform/id.ts';
import { createLogger } from '#platform/log.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import type { Vault } from '#platform/vault/vault.ts';
import { createLedger, type Ledger, ledgerContract, type NewAccount } from '../index.ts';

export const log = createLogger({ level: process.env.TEST_LOG_LEVEL ?? 'fatal' });

/** A ledger as one process would have it, behind its contract's validation. The ledger keeps nothing personal, so it gets no vault. */
export function openLedger(
  db: Db,
  options: { clock?: Clock; cacheLimit?: number; overlapFrom?: number; maxAheadMs?: number; checked?: boolean } = {},
): Ledger {
  const clock = options.clock ?? systemClock;
  const bus = createPostgresBus({ db, log, clock });
  const deps = { db, bus, clock, log, metrics: createMetrics(), vault: undefined as unknown as Vault };
  const { cacheLimit, overlapFrom } = options;
  // A test's own clock goes where the test sends it.
  const maxAheadMs = options.maxAheadMs ?? (options.clock ? Number.POSITIVE_INFINITY : undefined);
  const { face } = createLedger({
    ...deps,
    ...(cacheLimit ? { cacheLimit } : {}),
    ...(overlapFrom ? { overlapFrom } : {}),
    ...(maxAheadMs === undefined ? {} : { maxAheadMs }),
  });
  return localFace(ledgerContract, face.impl, { checked: options.checked ?? true });
}

export function tenant(): CallContext {
  return { tenantId: newId(), actor: { kind: 'service', id: 'test' } };
}

/** A customer's account, which may not go below zero. */
export function customer(extra: Partial<NewAccount> = {}): NewAccount {
  return {
    id: newId(),
    code: 'customer',
    asset: 'BRL',
    normalSide: 'credit',
    debitsMustNotExceedCredits: true,
    subjectId: newId(),
    ...extra,
  };
}

/** The other side of the world: may go anywhere. */
export function house(extra: Partial<NewAccount> = {}): NewAccount {
  return { id: newId(), code: 'pix-clearing', asset: 'BRL', normalSide: 'debit', ...extra };
}

export function transfer(from: { id: string }, to: { id: string }, amount: bigint | number, extra: object = {}) {
  return {
    id: newId(),
    kind: 'transfer' as const,
    debitAccountId: from.id,
    creditAccountId: to.id,
    amountMinor: String(amount),
    ...extra,
  };
}

export function hold(from: { id: string }, to: { id: string }, amount: bigint | number, extra: object = {}) {
  return { ...transfer(from, to, amount), kind: 'hold' as const, ...extra };
}

/** Two accounts, the customer's with some money. */
export async function funded(ledger: Ledger, ctx: CallContext, amount: bigint | number) {
  const accounts = { customer: customer(), house: house() };
  await ledger.createAccounts(ctx, { accounts: [accounts.customer, accounts.house] });
  if (BigInt(amount) > 0n) await ledger.submit(ctx, { commands: [transfer(accounts.house, accounts.customer, amount)] });
  return accounts;
}
