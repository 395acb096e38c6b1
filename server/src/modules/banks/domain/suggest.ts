import { daysBetween } from './dates.ts';

/** What may be the same money on both sides. Suggestions only: a person decides. */

type Side = { date: string; amountMinor: bigint };
export type BankSide = Side & { id: string };
export type BookSide = Side & { entryId: string };

/** Movements beside which an entry of the same amount stands within so many days, each entry beside one movement, the nearest first. */
export function takeAlike(movements: readonly BankSide[], entries: readonly BookSide[], days: number): Map<string, string> {
  const byAmount = Map.groupBy(entries, ({ amountMinor }) => amountMinor);
  const near = movements.flatMap((movement) =>
    (byAmount.get(movement.amountMinor) ?? [])
      .map((entry) => ({ movement, entry, apart: daysBetween(movement.date, entry.date) }))
      .filter(({ apart }) => apart <= days),
  );
  const [taken, used] = [new Map<string, string>(), new Set<string>()];
  for (const { movement, entry } of near.sort((a, b) => a.apart - b.apart)) {
    if (taken.has(movement.id) || used.has(entry.entryId)) continue;
    taken.set(movement.id, entry.entryId);
    used.add(entry.entryId);
  }
  return taken;
}

export type Suggestion = {
  movementIds: string[];
  entryIds: string[];
  why: 'same-day' | 'near-day' | 'sum-of-several';
  daysApart: number;
  restMinor: bigint;
};

const SEVERAL_MAX = 12;

/** For each open movement, one entry of its amount, else several of one day that add up to it. */
export function suggest(movements: readonly BankSide[], entries: readonly BookSide[], days: number): Suggestion[] {
  const alike = takeAlike(movements, entries, days);
  const dayOf = new Map(entries.map(({ entryId, date }) => [entryId, date]));
  const single = movements.flatMap(({ id, date }): Suggestion[] => {
    const entryId = alike.get(id);
    if (entryId === undefined) return [];
    const daysApart = daysBetween(date, dayOf.get(entryId)!);
    return [{ movementIds: [id], entryIds: [entryId], why: daysApart === 0 ? 'same-day' : 'near-day', daysApart, restMinor: 0n }];
  });
  const used = new Set(alike.values());
  const free = entries.filter(({ entryId }) => !used.has(entryId));
  const several = movements.filter(({ id }) => !alike.has(id)).flatMap((movement) => sumOfSeveral(movement, free, days));
  return [...single, ...several];
}

/** All entries of one day and direction that together are the movement: how a lot of card sales comes in. */
function sumOfSeveral({ id, date, amountMinor }: BankSide, entries: readonly BookSide[], days: number): Suggestion[] {
  const alike = entries.filter((entry) => entry.amountMinor < 0n === amountMinor < 0n && daysBetween(date, entry.date) <= days);
  for (const [day, own] of Map.groupBy(alike, (entry) => entry.date)) {
    const sum = own.reduce((total, one) => total + one.amountMinor, 0n);
    if (own.length > 1 && own.length <= SEVERAL_MAX && sum === amountMinor)
      return [
        {
          movementIds: [id],
          entryIds: own.map(({ entryId }) => entryId),
          why: 'sum-of-several',
          daysApart: daysBetween(date, day),
          restMinor: 0n,
        },
      ];
  }
  return [];
}
