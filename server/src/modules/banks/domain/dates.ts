/** Dates as banks write them. Nothing here knows a zone: a statement's date is the day the bank wrote. */
import { parseDate } from '#platform/dates.ts';

export type DateOrder = 'day-first' | 'month-first';

const EARLIEST = '1990-01-01';
const LATEST = '2100-01-01';

/** The day of an OFX instant: its first eight digits. Whatever zone or hour follows never shifts it. */
export function readFirstEight(text: string): string | undefined {
  const found = /^\s*(\d{4})(\d\d)(\d\d)/.exec(text);
  return found ? realDate(found[1]!, found[2]!, found[3]!) : undefined;
}

/** The day of `DDMMAAAA` or `DDMMAA`, as CNAB writes it. */
export function readDayMonthYear(text: string): string | undefined {
  const found = /^(\d\d)(\d\d)(\d{4}|\d\d)$/.exec(text);
  return found ? realDate(longYear(found[3]!), found[2]!, found[1]!) : undefined;
}

export type WrittenDate = { date: string } | { first: string; second: string; year: string };

/** A date of a table: whole when its year stands in front, else two numbers whose order the file must tell. Hours behind it are passed over. */
export function readWrittenDate(text: string): WrittenDate | undefined {
  const bare = text.trim();
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)/.exec(bare) ?? /^((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)/.exec(bare);
  if (iso) {
    const date = realDate(iso[1]!, iso[2]!, iso[3]!);
    return date === undefined ? undefined : { date };
  }
  const found = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d\d)(?!\d)/.exec(bare);
  return found ? { first: found[1]!, second: found[2]!, year: longYear(found[3]!) } : undefined;
}

export function inOrder(written: WrittenDate, order: DateOrder): string | undefined {
  if ('date' in written) return written.date;
  const { first, second, year } = written;
  return order === 'day-first' ? realDate(year, second, first) : realDate(year, first, second);
}

/** What the dates of a whole file say of their order. */
export class DateVotes {
  dayFirst = 0;
  monthFirst = 0;
  either = 0;

  add(written: WrittenDate): void {
    if ('date' in written) return;
    const [day, month] = [inOrder(written, 'day-first') !== undefined, inOrder(written, 'month-first') !== undefined];
    // The same number twice is the same day in both orders, and votes for none.
    if (day && month) this.either += Number(written.first) === Number(written.second) ? 0 : 1;
    else if (day) this.dayFirst += 1;
    else if (month) this.monthFirst += 1;
  }

  /** The order all dates agree on; `open` when none of them tells, `mixed` when some say one and some the other. */
  order(): DateOrder | 'open' | 'mixed' {
    if (this.dayFirst > 0 && this.monthFirst > 0) return 'mixed';
    if (this.monthFirst > 0) return 'month-first';
    return this.dayFirst > 0 || this.either === 0 ? 'day-first' : 'open';
  }
}

const DAY_MS = 86_400_000;
const dayNumber = (date: string): number =>
  Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)) - 1, Number(date.slice(8))) / DAY_MS;

/** How many days `b` comes after `a`; negative when before. */
export const daysAfter = (a: string, b: string): number => dayNumber(b) - dayNumber(a);

/** How many days lie between two days, whichever comes first. */
export const daysBetween = (a: string, b: string): number => Math.abs(dayNumber(a) - dayNumber(b));

const longYear = (year: string): string => (year.length === 2 ? `20${year}` : year);

function realDate(year: string, month: string, day: string): string | undefined {
  const date = parseDate(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
  return date !== undefined && date >= EARLIEST && date < LATEST ? date : undefined;
}
