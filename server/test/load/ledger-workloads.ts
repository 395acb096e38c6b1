import type { Ledger } from '../../src/modules/ledger/index.ts';
import { customer, hold, house, transfer } from '../../src/modules/ledger/test-support/fixture.ts';
import type { CallContext } from '../../src/platform/context.ts';
import { newId } from '../../src/platform/id.ts';

export type Parties = { from: { id: string }[]; to: { id: string }[] };

/** One turn of a caller; answers how many commands were accepted. */
export type Workload = (ledger: Ledger, ctx: CallContext, parties: Parties, place: number) => Promise<number>;

const BULK = 50;

const transferAt = ({ from, to }: Parties, place: number) =>
  transfer(from[place % from.length]!, to[(place * 7) % to.length]!, 1 + (place % 1_000), { metadata: { paymentId: `p-${place}` } });

async function submit(ledger: Ledger, ctx: CallContext, commands: Parameters<Ledger['submit']>[1]['commands']): Promise<number> {
  const { results } = await ledger.submit(ctx, { commands });
  const refused = results.find((result) => result.outcome !== 'done');
  if (refused) throw new Error(`refused: ${refused.code}`);
  return results.length;
}

export const oneTransfer: Workload = (ledger, ctx, parties, place) => submit(ledger, ctx, [transferAt(parties, place)]);

export const bulkOfFifty: Workload = (ledger, ctx, parties, place) =>
  submit(
    ledger,
    ctx,
    Array.from({ length: BULK }, (_, index) => transferAt(parties, place * BULK + index)),
  );

/** Two commands: an amount is held, and once that is durable, settled. */
export const holdThenSettle: Workload = async (ledger, ctx, { from, to }, place) => {
  const held = hold(from[place % from.length]!, to[(place * 7) % to.length]!, 1 + (place % 1_000));
  const first = await submit(ledger, ctx, [held]);
  return first + (await submit(ledger, ctx, [{ id: newId(), kind: 'settle', holdId: held.id }]));
};

/** `count` accounts that may go anywhere, one half debited and the other credited. */
export async function openAccounts(ledger: Ledger, ctx: CallContext, count: number): Promise<Parties> {
  const from = Array.from({ length: count / 2 }, () => house());
  const to = Array.from({ length: count / 2 }, () => customer());
  const all = [...from, ...to];
  for (let i = 0; i < all.length; i += 1_000) await ledger.createAccounts(ctx, { accounts: all.slice(i, i + 1_000) });
  return { from, to };
}

/** Commands a second with so many callers, each beginning again once it is answered. Stops after `until` (ms) or `turns`. */
export async function inLoop(
  workload: Workload,
  [ledger, ctx, parties]: [Ledger, CallContext, Parties],
  inFlight: number,
  limit: { ms: number } | { turns: number },
): Promise<number> {
  const startedAt = performance.now();
  const isOver = 'ms' in limit ? () => performance.now() - startedAt >= limit.ms : () => next >= limit.turns;
  let done = 0;
  let next = 0;
  const caller = async (): Promise<void> => {
    while (!isOver()) {
      const accepted = await workload(ledger, ctx, parties, next++);
      done += accepted;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, caller));
  return done / ((performance.now() - startedAt) / 1_000);
}
