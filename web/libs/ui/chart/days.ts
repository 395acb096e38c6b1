import type { Minor } from '#core/money';

/** A day as the chart draws it. */
export interface ChartDay {
  date: string;
  openingMinor: Minor;
  inMinor: Minor;
  outMinor: Minor;
  closingMinor: Minor;
}
/** What is drawn of the days, and whether their amounts are hidden. */
export interface Look {
  hidden: boolean;
  flow: boolean;
}
/** What the chart calls its figures. */
export interface Names {
  in: string;
  out: string;
  balance: string;
}
