import { createBatcher } from '#platform/batcher.ts';
import { businessDate } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { decideAccess, type Refusal } from './domain/access.ts';
import type { Action } from './domain/roles.ts';
import { refuseAccounts } from './errors.ts';
import { findStandings, type StandingRecord, type Wanted } from './store/memberships.ts';
import { deleteSpending, spend } from './store/spendings.ts';

const CODES = {
  'not-a-member': 'ACCOUNTS_NOT_FOUND',
  'account-blocked': 'ACCOUNTS_BLOCKED',
  'account-closed': 'ACCOUNTS_CLOSED',
  role: 'ACCOUNTS_FORBIDDEN',
  'over-payment-limit': 'ACCOUNTS_OVER_PAYMENT_LIMIT',
  'over-day-limit': 'ACCOUNTS_OVER_DAY_LIMIT',
} as const satisfies Record<Refusal, string>;

export type Asked = { accountId: string; subjectId: string; action: Action; spends?: { amountMinor: string; commandId: string } };

/**
 * Who may do what. Nothing is remembered between two questions: whoever was taken off an account is refused at the next. Questions that come at the
 * same time are one statement.
 */
export function createAccess({ db, clock }: Pick<PlatformDeps, 'db' | 'clock'>) {
  const nameOf = ({ tenantId, accountId, subjectId }: Wanted & { tenantId: string }) => `${tenantId}/${accountId}/${subjectId}`;
  const reader = createBatcher<Wanted & { tenantId: string }, StandingRecord | undefined>(
    async (asked) => {
      const tenants = [...new Set(asked.map(({ tenantId }) => tenantId))];
      const found = await db.tx({ module: 'accounts', tenants, single: true }, (tx) => findStandings(tx, asked));
      const byName = new Map(found.map((standing) => [nameOf(standing), standing]));
      return asked.map((one) => byName.get(nameOf(one)));
    },
    { maxBatch: 500, maxBacklog: 20_000, overloaded: () => refuseAccounts('ACCOUNTS_OVERLOADED', { retryAfterSeconds: 1 }) },
  );

  /** @throws what the contract's `authorize` says. */
  async function authorize({ tenantId }: CallContext, { accountId, subjectId, action, spends }: Asked): Promise<StandingRecord> {
    const standing = await reader.submit({ tenantId, accountId, subjectId });
    const amountMinor = spends ? BigInt(spends.amountMinor) : null;
    const access = decideAccess(standing ?? null, action, amountMinor);
    if (!access.allowed) throw refuseAccounts(CODES[access.why]);
    const { perDayMinor } = standing!.limits;
    if (spends && perDayMinor !== null) {
      const one = {
        commandId: spends.commandId,
        accountId,
        subjectId,
        businessDate: businessDate(clock.now()),
        amountMinor: BigInt(spends.amountMinor),
      };
      const isWithin = await db.tx({ module: 'accounts', tenants: [tenantId] }, (tx) => spend(tx, tenantId, one, perDayMinor));
      if (!isWithin) throw refuseAccounts('ACCOUNTS_OVER_DAY_LIMIT');
    }
    return standing!;
  }

  async function giveBack({ tenantId }: CallContext, { commandId }: { commandId: string }): Promise<void> {
    await db.tx({ module: 'accounts', tenants: [tenantId] }, (tx) => deleteSpending(tx, tenantId, commandId));
  }

  return { authorize, giveBack };
}

export type AccessBook = ReturnType<typeof createAccess>;
