import type { ChartDay } from '../chart/days';
import type { Counts } from '../denominations';
import type { Fall } from '../waterfall';

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

/** A drawer as it was counted. */
export const COUNTED: Counts = { 10000: 1, 5000: 3, 2000: 4, 500: 6, 100: 12, 25: 8 };

/** A month as it came about. */
export const FALLS: readonly Fall[] = [
  { name: 'Receita bruta', minor: '4832100', isSum: true },
  { name: 'Deduções', minor: '-289900' },
  { name: 'Custo das vendas', minor: '-1739500' },
  { name: 'Lucro bruto', minor: '2802700', isSum: true },
  { name: 'Despesas', minor: '-2310400', note: '48 %' },
  { name: 'Resultado', minor: '492300', isSum: true },
];
