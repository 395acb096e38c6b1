import { createBatcher } from '#platform/batcher.ts';
import { businessDate } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { decideAccess, isNear, type Refusal } from './domain/access.ts';
import type { Action, Role } from './domain/roles.ts';
import { refuseAccounts } from './errors.ts';
import { memberIdOf } from './member-id.ts';
import { findStandings, type StandingRecord, type Wanted } from './store/memberships.ts';
import { findAccount, type PartyKind } from './store/parties.ts';
import { deleteSpendings, spend } from './store/spendings.ts';
import { welcome } from './welcome.ts';

const CODES = {
  'not-a-member': 'ACCOUNTS_NOT_FOUND',
  'account-blocked': 'ACCOUNTS_BLOCKED',
  'account-closed': 'ACCOUNTS_CLOSED',
  role: 'ACCOUNTS_FORBIDDEN',
  'over-payment-limit': 'ACCOUNTS_OVER_PAYMENT_LIMIT',
  'over-day-limit': 'ACCOUNTS_OVER_DAY_LIMIT',
} as const satisfies Record<Refusal, string>;

export type Asked = { accountId: string; action: Action; spends?: { amountMinor: string; commandId: string } };
export type Decided = { role: Role | null; partyId: string; kind: PartyKind; hasDayLimit: boolean; nearLimit?: boolean };
type Standing = StandingRecord | undefined;

/**
 * Who may do what: the one place that decides. Who asks is the actor of the call, as its token proved: a person by their membership, a client (a service)
 * by the accounts it was given, a module of ours (`system`) always. Nothing is remembered between two questions: whoever was taken off an account is
 * refused at the next. Questions that come at the same time are one statement.
 */
export function createAccess(deps: Pick<PlatformDeps, 'db' | 'clock' | 'bus'>) {
  const { db, clock } = deps;
  const nameOf = ({ tenantId, accountId, subjectId }: Wanted & { tenantId: string }) => `${tenantId}/${accountId}/${subjectId}`;
  const reader = createBatcher<Wanted & { tenantId: string }, Standing>(
    async (asked) => {
      const tenants = [...new Set(asked.map(({ tenantId }) => tenantId))];
      const found = await db.tx({ module: 'accounts', tenants, single: true }, (tx) => findStandings(tx, asked));
      const byName = new Map(found.map((standing) => [nameOf(standing), standing]));
      return asked.map((one) => byName.get(nameOf(one)));
    },
    { maxBatch: 500, maxBacklog: 20_000, overloaded: () => refuseAccounts('ACCOUNTS_OVERLOADED', { retryAfterSeconds: 1 }) },
  );

  /** A person's own account is there from the first question on, also before the event of their registration has come. */
  async function standingOf({ tenantId, actor }: CallContext, accountId: string): Promise<Standing> {
    const asked = { tenantId, accountId, subjectId: memberIdOf(actor) };
    const standing = await reader.submit(asked);
    if (standing || actor.kind !== 'person' || accountId !== actor.id) return standing;
    await db.tx({ module: 'accounts', tenants: [tenantId] }, (tx) => welcome(tx, deps, tenantId, [actor.id]));
    return reader.submit(asked);
  }

  /** @throws what the contract's `authorize` says. */
  async function authorize(ctx: CallContext, { accountId, action, spends }: Asked): Promise<Decided> {
    if (ctx.actor.kind === 'system') return ofOurOwn(ctx, accountId);
    const standing = await standingOf(ctx, accountId);
    const access = decideAccess(standing ?? null, action, spends ? BigInt(spends.amountMinor) : null);
    if (!access.allowed) throw refuseAccounts(CODES[access.why]);
    const { role, partyId, kind, limits } = standing!;
    const hasDayLimit = limits.perDayMinor !== null;
    const ofDayMinor = spends && hasDayLimit ? await spendOfDay(ctx, accountId, spends) : 0n;
    const isNearOne = spends && (isNear(BigInt(spends.amountMinor), limits.perPaymentMinor) || isNear(ofDayMinor, limits.perDayMinor));
    return { role, partyId, kind, hasDayLimit, ...(isNearOne ? { nearLimit: true } : {}) };
  }

  /** What the day comes to with it. */
  async function spendOfDay({ tenantId, actor }: CallContext, accountId: string, spends: NonNullable<Asked['spends']>): Promise<bigint> {
    const one = {
      commandId: spends.commandId,
      accountId,
      subjectId: memberIdOf(actor),
      businessDate: businessDate(clock.now()),
      amountMinor: BigInt(spends.amountMinor),
    };
    const spent = await db.tx({ module: 'accounts', tenants: [tenantId] }, (tx) => spend(tx, tenantId, one));
    if (typeof spent !== 'bigint') throw refuseAccounts(CODES[spent]);
    return spent;
  }

  async function ofOurOwn({ tenantId }: CallContext, accountId: string): Promise<Decided> {
    const found = await db.tx({ module: 'accounts', tenants: [tenantId], single: true }, (tx) => findAccount(tx, tenantId, accountId));
    if (!found) throw refuseAccounts('ACCOUNTS_NOT_FOUND');
    return { role: null, partyId: found.partyId, kind: found.kind, hasDayLimit: false };
  }

  async function giveBack({ tenantId }: CallContext, { commandId }: { commandId: string }): Promise<void> {
    await db.tx({ module: 'accounts', tenants: [tenantId] }, (tx) => deleteSpendings(tx, tenantId, [commandId]));
  }

  return { authorize, giveBack };
}

export type AccessBook = ReturnType<typeof createAccess>;
