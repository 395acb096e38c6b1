import type { ChartDay } from '../chart/days';

const MOVES: readonly (readonly [inCents: number, outCents: number])[] = [
  [180_000, 42_000],
  [0, 31_500],
  [96_000, 12_000],
  [54_000, 88_000],
  [0, 0],
  [132_000, 27_500],
  [71_000, 64_000],
];

/** A week of made-up days, for the picture. */
export const DAYS: readonly ChartDay[] = MOVES.reduce<ChartDay[]>((days, [inCents, outCents], at) => {
  const opening = BigInt(days.at(-1)?.closingMinor ?? '250000');
  const closing = opening + BigInt(inCents) - BigInt(outCents);
  return [
    ...days,
    {
      date: `2026-11-${String(10 + at).padStart(2, '0')}`,
      openingMinor: String(opening),
      inMinor: String(inCents),
      outMinor: String(outCents),
      closingMinor: String(closing),
    },
  ];
}, []);
