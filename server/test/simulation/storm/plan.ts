/** What the storm is made of: who pays whom how much, what arrives, which manners the provider has with each. All of it from the seed. */
import type { Faults, FaultsOfOne } from '../../../../sandbox/src/fault-schema.ts';
import type { Dice } from '../../support/dice.ts';
import { ARRIVAL_MANNERS, CALM, CALM_ARRIVAL, PAYMENT_MANNERS, switchesFor, together } from './manners.ts';

export type Size = { payments: number; arrivals: number; people: number };
/** `to`: a key of nobody here, or the number of a person here. */
export type Order = { payer: number; to: string | number; amountMinor: bigint; manners: string };
export type Arrival = { requestId: string; to: number | 'closed' | 'nobody'; amountMinor: bigint; manners: string };
export type Plan = { orders: Order[]; arrivals: Arrival[]; only: Record<string, FaultsOfOne> };

/** Of ten payments three meet nothing unusual, four one manner and three two; one of a dozen stays in the house. */
const CALM_SHARE = 0.3;
const PAIR_SHARE = 0.3;
const ON_US_SHARE = 1 / 12;

export function makePlan(dice: Dice, size: Size): Plan {
  const only: Record<string, FaultsOfOne> = {};
  const orders = Array.from({ length: size.payments }, (_, at): Order => {
    const payer = dice.whole(0, size.people - 1);
    // Small amounts, so that nobody has to look at them first.
    const amountMinor = BigInt(dice.whole(100, 6_000));
    if (dice.roll() < ON_US_SHARE) {
      const to = (payer + dice.whole(1, size.people - 1)) % size.people;
      return { payer, to, amountMinor, manners: 'on us' };
    }
    const to = `t${dice.seed}.${at}@exemplo.com.br`;
    const met = draw(dice, CALM, PAYMENT_MANNERS);
    only[to] = switchesFor(to, met.faults);
    return { payer, to, amountMinor, manners: met.name };
  });
  const arrivals = Array.from({ length: size.arrivals }, (_, at): Arrival => {
    const requestId = `chegada-${dice.seed}-${at}`;
    const where = dice.roll();
    const to = where < 0.05 ? 'nobody' : where < 0.2 ? 'closed' : dice.whole(0, size.people - 1);
    const met = draw(dice, CALM_ARRIVAL, ARRIVAL_MANNERS);
    only[requestId] = met.faults;
    return { requestId, to, amountMinor: BigInt(dice.whole(100, 6_000)), manners: met.name };
  });
  return { orders, arrivals, only };
}

type Met = { name: string; faults: FaultsOfOne };

function draw(dice: Dice, calm: Met, manners: readonly Met[]): Met {
  const share = dice.roll();
  if (share < CALM_SHARE) return calm;
  const one = dice.pick(manners);
  if (share > 1 - PAIR_SHARE) {
    const other = dice.pick(manners);
    if (other !== one) return { name: `${one.name} + ${other.name}`, faults: together(one.faults, other.faults) };
  }
  return one;
}

/** What goes wrong now and then for all: the directory, the block list, the statement. */
export const weather = (seed: number): Omit<Faults, 'only'> => ({
  seed,
  dict: { error500: 0.02, html200: 0.01, html502: 0.01, cutOff: 0.01, failureInside: 0.005, unknownCode: 0.005, error429: 0.005 },
  blocklist: { error500: 0.03, html200: 0.01, cutOff: 0.01, reasonNul: 0.01, reasonLong: 0.01, failureInside: 0.01 },
  statement: { error500: 0.05, html200: 0.03, html502: 0.02, cutOff: 0.03, failureInside: 0.02, lateMs: 1_500 },
});
