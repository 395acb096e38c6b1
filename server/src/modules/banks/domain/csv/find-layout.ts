/** Finds where in a text the table begins and how it is written: preambles stand before it, and nobody says which delimiter it has. */
import type { Line } from '../lines.ts';
import { type Layout, layoutByMapping, layoutOf, type Mapping } from './columns.ts';

const DELIMITERS = [';', ',', '\t', '|'] as const;
/** How far down the headings may stand. */
export const HEAD_LINES = 60;

export type Found = { layout: Layout; headerLine: number; hasHeader: boolean };

/** The first line that has the headings of a table; undefined when there is none among the first lines. */
export function findLayout(head: Line[], mapping?: Mapping): Found | undefined {
  for (const { number, text } of head) {
    const found = DELIMITERS.flatMap((delimiter) => {
      const cells = splitCells(text, delimiter);
      if (cells.length < 2) return [];
      const layout = mapping ? layoutByMapping(cells, delimiter, mapping) : layoutOf(cells, delimiter);
      return layout ? [layout] : [];
    });
    const layout = found.sort((a, b) => b.headings.length - a.headings.length)[0];
    if (layout) return { layout, headerLine: number, hasHeader: layout.headings.length > 0 };
  }
  return undefined;
}

/** Opening and closing that stand in a table of their own before the movements, as Mercado Pago has it. */
export function readSummary(head: Line[], { headerLine, layout }: Found): { opening?: string; closing?: string } {
  const before = head.filter(({ number }) => number < headerLine);
  const at = before.findIndex(({ text }) => /^"?INITIAL_BALANCE"?[;,]/.test(text));
  const values = at < 0 ? undefined : before.slice(at + 1).find(({ text }) => text.trim() !== '');
  if (!values) return {};
  const names = splitCells(before[at]!.text, layout.delimiter);
  const cells = splitCells(values.text, layout.delimiter);
  const cell = (name: string): string | undefined => cells[names.indexOf(name)];
  return { opening: cell('INITIAL_BALANCE'), closing: cell('FINAL_BALANCE') };
}

/** Cells of one line of headings: quotes around a cell, no line ends inside. */
export function splitCells(text: string, delimiter: string): string[] {
  const cells: string[] = [];
  let [cell, isQuoted] = ['', false];
  for (const letter of text) {
    if (letter === '"') isQuoted = !isQuoted;
    else if (letter === delimiter && !isQuoted) {
      cells.push(cell.trim());
      cell = '';
    } else cell += letter;
  }
  return [...cells, cell.trim()];
}
