import type { Mapping } from './csv/columns.ts';
import { type ReadOptions, readStatement } from './read-statement.ts';
import type { FileEnd, OpenFile, Refused, Warning } from './statement.ts';

export type { Mapping };

/** What a file would bring, as `lastro cashflow preview --json` prints it. Amounts are centavos as text, signed: money in is positive. */
export type Preview = {
  entries: { date: string; amountMinor: string; text: string; kind: 'credit' | 'debit' }[];
  sumMinor: string;
  inMinor: string;
  /** How much went out, without a sign: in − out = sum. */
  outMinor: string;
  from: string | null;
  to: string | null;
  openingMinor: string | null;
  closingMinor: string | null;
  /** How many lines were no movements: balances between others, totals, amounts of zero. */
  ignored: number;
  refused: { line: number; reason: string }[];
  warnings: string[];
};

export type PreviewOutcome = { preview: Preview; end: FileEnd; ignoredBy: Map<string, number> };

/** How many refused lines a preview names. */
const REFUSED_MAX = 10_000;

/** Reads the file as an import would. Of a broken file there are no entries: nothing of it would be saved. */
export async function previewFile(open: OpenFile, options: ReadOptions = {}): Promise<PreviewOutcome> {
  const [entries, refused, ignoredBy] = [[] as Preview['entries'], [] as Preview['refused'], new Map<string, number>()];
  let [inMinor, outMinor, ignored] = [0n, 0n, 0];
  let [from, to] = [null as string | null, null as string | null];
  for await (const item of readStatement(open, options)) {
    if (item.kind === 'end') {
      if (item.broken)
        return { preview: { ...NOTHING, refused: [{ line: item.broken.line, reason: say(item.broken) }] }, end: item, ignoredBy };
      const { openingMinor, closingMinor, warnings } = item;
      return {
        preview: {
          entries,
          sumMinor: String(inMinor - outMinor),
          inMinor: String(inMinor),
          outMinor: String(outMinor),
          from,
          to,
          openingMinor: openingMinor === null ? null : String(openingMinor),
          closingMinor: closingMinor === null ? null : String(closingMinor),
          ignored,
          refused,
          warnings: warnings.map(sayWarning),
        },
        end: item,
        ignoredBy,
      };
    }
    if (item.kind === 'ignored') {
      ignored += 1;
      ignoredBy.set(item.reason, (ignoredBy.get(item.reason) ?? 0) + 1);
    } else if (item.kind === 'refused') {
      if (refused.length < REFUSED_MAX) refused.push({ line: item.line, reason: say(item) });
    } else {
      const { date, amountMinor, text } = item;
      entries.push({ date, amountMinor: String(amountMinor), text, kind: amountMinor < 0n ? 'debit' : 'credit' });
      if (amountMinor < 0n) outMinor -= amountMinor;
      else inMinor += amountMinor;
      if (from === null || date < from) from = date;
      if (to === null || date > to) to = date;
    }
  }
  throw new Error('a file was read without an end');
}

const NOTHING: Preview = {
  entries: [],
  sumMinor: '0',
  inMinor: '0',
  outMinor: '0',
  from: null,
  to: null,
  openingMinor: null,
  closingMinor: null,
  ignored: 0,
  refused: [],
  warnings: [],
};

/** A reason with what stood there, as `amount-unreadable: abc`. */
export const say = ({ reason, detail }: Pick<Refused, 'reason' | 'detail'>): string => (detail ? `${reason}: ${detail}` : reason);
export const sayWarning = ({ line, ...warning }: Warning): string => (line === undefined ? say(warning) : `${say(warning)} (line ${line})`);
