/**
 * An entry as the cash flow by payment sees it: money that came to a place or left one, what it was for, and on which day. Pure: whatever is told of an entry changes its state, and what it
 * adds to the days is a function of the state. So the order in which two rooms tell of one entry does not matter.
 */
export type Line = { about: string; amountMinor: bigint };
export type Direction = 'in' | 'out';
export type CashEntry = {
  /** Null while only another room has told of it. */
  recorded: { date: string; direction: Direction; lines: Line[]; version: number } | null;
  /** What titles say the money was for, where the books saw it only leave to what is owed. */
  breakdown: Line[] | null;
  /** Taken back on its own days, by which change. What another entry takes back stands, and that one moves the other way. */
  reversed: number | null;
  /** What it was for before its last change, which the ledger may still refuse. */
  before: Line[] | null;
  /** The ledger refused all of it. */
  refused: boolean;
};

export const UNKNOWN: CashEntry = { recorded: null, breakdown: null, reversed: null, before: null, refused: false };

export type BookLine = { categoryId: string; amountMinor: string };
export type Told =
  | { type: 'recorded'; direction: Direction; date: string; lines: Line[] }
  | { type: 'recategorised'; version: number; lines: Line[] }
  | { type: 'reversed'; version: number }
  | { type: 'refused'; version: number }
  | { type: 'settled'; lines: Line[] };

export function evolve(state: CashEntry, told: Told): CashEntry {
  const { recorded } = state;
  if (told.type === 'settled') return { ...state, breakdown: told.lines };
  if (told.type === 'recorded') {
    const { direction, date, lines } = told;
    return { ...state, recorded: { direction, date, lines, version: 1 } };
  }
  // Of what moved at no place nothing was kept: changes of it are nothing here.
  if (!recorded) return state;
  if (told.type === 'recategorised')
    return { ...state, recorded: { ...recorded, lines: told.lines, version: told.version }, before: recorded.lines };
  if (told.type === 'reversed') return { ...state, reversed: told.version };
  if (told.version === 1) return { ...state, refused: true };
  if (state.reversed === told.version) return { ...state, reversed: null };
  if (recorded.version === told.version && state.before)
    return { ...state, recorded: { ...recorded, lines: state.before, version: told.version }, before: null };
  return state;
}

/** What an entry adds to a day, under what it was for. Negative where a state ends. */
export type Effect = { date: string; about: string; inMinor: bigint; outMinor: bigint; count: number };

/** As the ledger has it: what was taken back moved once to and once fro. */
export function effectsOf({ recorded, breakdown, reversed, refused }: CashEntry): Effect[] {
  if (!recorded || refused) return [];
  const lines = breakdown ?? recorded.lines;
  const moved = (date: string, direction: Direction, count: number): Effect[] =>
    lines.map(({ about, amountMinor }) => ({
      ...{ date, about, count },
      inMinor: direction === 'in' ? amountMinor : 0n,
      outMinor: direction === 'out' ? amountMinor : 0n,
    }));
  const { date, direction } = recorded;
  const first = moved(date, direction, 1);
  return reversed === null ? first : [...first, ...moved(date, direction === 'in' ? 'out' : 'in', -1)];
}

/** What changes in the days when an entry goes from one state to another; nothing where they stay. */
export function changeOf(before: CashEntry, after: CashEntry): Effect[] {
  const sums = new Map<string, Effect>();
  const add = (effects: readonly Effect[], sign: 1 | -1): void => {
    for (const { date, about, inMinor, outMinor, count } of effects) {
      const id = `${date} ${about}`;
      const sum = sums.get(id) ?? { date, about, inMinor: 0n, outMinor: 0n, count: 0 };
      const by = BigInt(sign);
      sums.set(id, {
        date,
        about,
        inMinor: sum.inMinor + by * inMinor,
        outMinor: sum.outMinor + by * outMinor,
        count: sum.count + sign * count,
      });
    }
  };
  add(effectsOf(before), -1);
  add(effectsOf(after), 1);
  return [...sums.values()].filter(({ inMinor, outMinor, count }) => inMinor !== 0n || outMinor !== 0n || count !== 0);
}

type Recorded = {
  kind: string;
  amountMinor: string;
  lines: readonly BookLine[];
  placeId: string | null;
  owed: string | null;
  toPlaceId: string | null;
  toOwed: string | null;
  date: string;
};

/** Of an entry of the books what moved at places; undefined where nothing did, or only between a shop's own. */
export function cashOf(entry: Recorded): Extract<Told, { type: 'recorded' }> | undefined {
  const { kind, lines, placeId, owed, toPlaceId, toOwed, date } = entry;
  if ((kind === 'in' || kind === 'out') && placeId !== null) return { type: 'recorded', direction: kind, date, lines: linesOf(lines) };
  if (kind !== 'transfer' || (placeId === null) === (toPlaceId === null)) return undefined;
  const about = `owed:${placeId === null ? owed : toOwed}`;
  return { type: 'recorded', direction: placeId === null ? 'in' : 'out', date, lines: [{ about, amountMinor: BigInt(entry.amountMinor) }] };
}

export const linesOf = (lines: readonly BookLine[]): Line[] =>
  lines.map(({ categoryId, amountMinor }) => ({ about: categoryId, amountMinor: BigInt(amountMinor) }));
