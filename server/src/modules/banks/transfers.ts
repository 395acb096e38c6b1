import type { CallContext } from '#platform/context.ts';
import { derivedId } from '#platform/id.ts';
import { type BanksDeps, MODULE } from './deps.ts';
import { daysAfter } from './domain/dates.ts';
import { refuseBanks } from './errors.ts';
import type { Reconciliation } from './reconcile.ts';
import { reverseEntry } from './reverse-entry.ts';
import { endMatch, insertMatch, isPair, refusePair, reviveMatch } from './store/matches.ts';
import { settleMovements } from './store/movements.ts';

type Answer = { accountId: string; outId: string; inId: string; isTransfer: boolean };

/** Money between the shop's own accounts: two movements, one transfer, neither income nor expense. */
export function createTransfers(deps: BanksDeps, { holdMovements }: Pick<Reconciliation, 'holdMovements'>) {
  const { db, books, accounts, clock } = deps;

  /** Of a transfer that the books refuse nothing stays: each movement is again what its own entry in the books says. */
  async function giveBack(
    ctx: CallContext,
    { accountId, matchId, movementIds }: { accountId: string; matchId: string; movementIds: readonly string[] },
  ): Promise<void> {
    const { tenantId } = ctx;
    const free = await Promise.all(
      movementIds.map(async (id) => ({ id, state: (await hasEntry(ctx, accountId, id)) ? ('recorded' as const) : ('open' as const) })),
    );
    await db.tx({ module: MODULE, tenants: [tenantId] }, async (tx) => {
      await settleMovements(tx, tenantId, ['matched'], free);
      await endMatch(tx, tenantId, matchId, new Date(clock.now()));
    });
  }

  async function hasEntry(ctx: CallContext, accountId: string, entryId: string): Promise<boolean> {
    try {
      const { state } = await books.getEntry(ctx, { accountId, entryId });
      return state !== 'reversed' && state !== 'refused';
    } catch (error) {
      if ((error as { code?: string }).code === 'BOOKS_ENTRY_NOT_FOUND') return false;
      throw error;
    }
  }

  /** The transfer's id is derived from the pair: answering again records nothing new, and goes on where a crash left it. */
  return async function answerPair(ctx: CallContext, { accountId, outId, inId, isTransfer }: Answer): Promise<Record<string, never>> {
    await accounts.authorize(ctx, { accountId, action: 'books' });
    const { tenantId, actor } = ctx;
    const id = derivedId('banks.transfer', outId, inId);
    const [out, into] = await db.tx({ module: MODULE, tenants: [tenantId] }, async (tx) => {
      const found = await holdMovements(tx, tenantId, accountId, [outId, inId]);
      const [from, to] = [found.find((one) => one.id === outId)!, found.find((one) => one.id === inId)!];
      const apart = daysAfter(from.date, to.date);
      if (!isPair(from, to) || apart < -1) throw refuseBanks('BANKS_NO_PAIR');
      if (!isTransfer) {
        await refusePair(tx, tenantId, accountId, outId, inId, new Date(clock.now()));
        return [from, to];
      }
      const match = { id, accountId, placeId: from.placeId, kind: 'transfer' as const, adjustments: [] };
      const isNew =
        (await insertMatch(tx, tenantId, match, `${actor.kind}:${actor.id}`, new Date(clock.now()))) ||
        (await reviveMatch(tx, tenantId, id));
      const settled = [outId, inId].map((one) => ({ id: one, state: 'matched' as const, matchId: id }));
      if (isNew && (await settleMovements(tx, tenantId, ['open', 'recorded', 'refused'], settled)).size < 2)
        throw refuseBanks('BANKS_MOVEMENT_STATE');
      return [from, to];
    });
    if (!isTransfer) return {};
    const transfer = {
      id,
      kind: 'transfer' as const,
      place: out.placeId,
      toPlace: into.placeId,
      amountMinor: String(into.amountMinor),
      date: out.date,
      late: 'first-open-day' as const,
    };
    const { results } = await books.record(ctx, {
      accountId,
      entries: [{ ...transfer, text: out.text.slice(0, 200), origin: { module: 'banks', reference: id } }],
    });
    if (results[0]!.outcome === 'refused') {
      await giveBack(ctx, { accountId, matchId: id, movementIds: [outId, inId] });
      throw refuseBanks('BANKS_BOOKS_REFUSED', { detail: { pt: results[0]!.code ?? '', en: results[0]!.code ?? '' } });
    }
    for (const one of [outId, inId]) await reverseEntry(deps, ctx, accountId, one, 'Transferência entre contas da loja');
    return {};
  };
}
