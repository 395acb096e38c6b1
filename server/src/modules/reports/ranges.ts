import { MAX_MONTHS } from './contract.ts';
import { addMonths, type Column, type Comparison, columnsOf, comparedWith } from './domain/periods.ts';
import { refuseReports } from './errors.ts';

/** Before these there may be no months to compare with; and sums over so many years are nobody's question. */
const FIRST_MONTH = '1905-01';
const LAST_MONTH = '2199-11';

export type Ranges = { columns: Column[]; compared: Column[] };

export type AskedRange = { from?: string | undefined; to?: string | undefined; compare?: Comparison | undefined };

/** What is left unsaid is the last twelve months. @throws REPORTS_RANGE_INVALID */
export function rangesOf(asked: AskedRange, today: string): Ranges {
  const { compare, to = today.slice(0, 7) } = asked;
  const from = asked.from ?? addMonths(to, -11);
  if (from > to || from < FIRST_MONTH || to > LAST_MONTH) throw refuseReports('REPORTS_RANGE_INVALID');
  const months = (Number(to.slice(0, 4)) - Number(from.slice(0, 4))) * 12 + Number(to.slice(5)) - Number(from.slice(5)) + 1;
  if (months > MAX_MONTHS) throw refuseReports('REPORTS_RANGE_INVALID');
  const columns = columnsOf(from, to);
  return { columns, compared: compare === undefined ? [] : comparedWith(columns, compare) };
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);

/** Amounts of columns as they are shown, with their sum and that of the months compared with. */
export const showAmounts = (amounts: readonly bigint[], compared: readonly bigint[] | undefined) => ({
  amounts: amounts.map(String),
  totalMinor: sum(amounts).toString(),
  comparedMinor: compared === undefined || compared.length === 0 ? null : sum(compared).toString(),
});
