import fc from 'fast-check';
import type { Command, HoldCommand } from '../domain/model.ts';
import { accountOf, closeOf, holdOf, releaseOf, reverseOf, settleOf, transferOf } from './memory-ledger.ts';

const DAY_MS = 86_400_000;

export type Place = {
  /** One for each command there may be; a command that repeats another takes its id. */
  ids: readonly string[];
  accounts: readonly string[];
  /** An account without a limit, from which money comes. */
  house: string;
  /** Where the clock of the ledger stands at first: in the middle of 2026-01-05 in São Paulo. */
  nowMs: number;
  minLength?: number;
};

/** Draws from which one command is made, knowing those before it. */
const DRAW = fc.record({
  kind: fc.constantFrom(
    ...[
      'fund',
      'fund',
      'fund',
      'transfer',
      'transfer',
      'balancing',
      'bounded',
      'dated',
      'hold',
      'hold',
      'order',
      'settle',
      'settle',
      'capture',
      'release',
    ],
    ...['reverse', 'reverse', 'account', 'close', 'again', 'clash'],
  ),
  from: fc.nat(),
  to: fc.nat(),
  pick: fc.nat(),
  amount: fc.bigInt({ min: 0n, max: 60n }),
  /** Mostly what is right, sometimes not. */
  isAside: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
  flag: fc.boolean(),
  step: fc.integer({ min: -2, max: 3 }),
});
type Draw = typeof DRAW extends fc.Arbitrary<infer T> ? T : never;

/** Histories in which all kinds happen and all refusals, with repetitions, conflicts and settlements of each other's holds. */
export function arbitraryHistory(place: Place): fc.Arbitrary<Command[]> {
  return fc.array(DRAW, { minLength: place.minLength ?? 0, maxLength: place.ids.length, size: 'max' }).map((draws) => {
    const commands: Command[] = [];
    for (const [index, draw] of draws.entries()) commands.push(make(draw, place.ids[index]!, commands, place));
    return commands;
  });
}

/** A history in pieces of up to four commands, some of them atomic. */
export function cut(history: readonly Command[]): { commands: Command[]; atomic: boolean }[] {
  const pieces: { commands: Command[]; atomic: boolean }[] = [];
  for (let from = 0, n = 0; from < history.length; from += (n % 4) + 1, n++) {
    pieces.push({ commands: history.slice(from, from + (n % 4) + 1), atomic: n % 6 === 1 });
  }
  return pieces;
}

const at = <T>(list: readonly T[], n: number): T => list[n % list.length]!;

function make(draw: Draw, id: string, before: readonly Command[], { ids, accounts, house, nowMs }: Place): Command {
  const { amount, step, pick, flag } = draw;
  const [from, to] = [at(accounts, draw.from), at(accounts, draw.to)];
  const balancing = at(['debit', 'credit', 'both'] as const, pick);
  switch (draw.kind) {
    case 'transfer':
      return transferOf(id, from, to, amount);
    case 'balancing':
      return transferOf(id, from, to, amount, { balancing });
    case 'bounded': {
      const bound = { accountId: flag ? from : to, balance: flag ? ('available' as const) : ('posted' as const) };
      const limits = draw.isAside ? { atLeast: null, atMost: amount } : { atLeast: BigInt(step) * 10n, atMost: null };
      return transferOf(id, flag ? house : from, to, amount, { onlyIf: [{ ...bound, ...limits }] });
    }
    case 'dated':
      return transferOf(id, house, to, amount, { effectiveAt: nowMs + step * DAY_MS });
    case 'hold':
      return holdOf(id, flag ? house : from, to, amount, step > 0 ? nowMs + step * 1_000 : null);
    case 'order':
      return holdOf(id, from, to, amount, null, { purpose: flag ? 'judicial' : 'med', reference: `case-${pick % 2}`, balancing: 'debit' });
    case 'settle':
    case 'capture':
    case 'release':
      return makeEnd(draw, id, before, ids);
    case 'reverse': {
      const moved = before.filter(({ kind }) => kind === 'transfer' || kind === 'settle');
      return reverseOf(id, draw.isAside || moved.length === 0 ? at(ids, pick) : at(moved, pick).id, flag ? amount : null);
    }
    case 'account':
      return accountOf(id, from, at(['open', 'open', 'frozen', 'blocked', 'closed', 'open'] as const, pick), flag ? amount + 20n : null);
    case 'close':
      return closeOf(id, at(['2026-01-03', '2026-01-04', '2026-01-05'], pick));
    case 'again':
      return before.length > 0 ? at(before, pick) : transferOf(id, house, to, amount);
    case 'clash':
      return transferOf(before.length > 0 ? at(before, pick).id : id, house, to, amount);
    default:
      return transferOf(id, house, to, amount);
  }
}

function makeEnd(
  { kind, isAside, flag, pick, amount, step }: Draw,
  id: string,
  before: readonly Command[],
  ids: readonly string[],
): Command {
  const holds = before.filter((command): command is HoldCommand => command.kind === 'hold');
  const hold = holds.length > 0 ? at(holds, pick) : undefined;
  const reference = isAside ? null : (hold?.reference ?? null);
  const holdId = isAside && flag ? at(ids, pick) : (hold?.id ?? at(ids, pick));
  if (kind === 'capture') return settleOf(id, holdId, amount, reference, true);
  if (kind === 'settle') return settleOf(id, holdId, flag ? amount : null, reference);
  return releaseOf(id, holdId, step < 0 ? 'expiry' : 'user', reference);
}
