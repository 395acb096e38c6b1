import { assert } from '#platform/errors.ts';

/** A line of RFC 4180: a cell is quoted when it holds a comma, a quote or a line break. */
export function csvLine(cells: readonly (string | number | null | undefined)[]): string {
  return cells.map((cell) => (cell === null || cell === undefined ? '' : quoted(String(cell)))).join(',');
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The cells of one line, without its line break. Undefined when its quotes do not match. */
export function csvCells(line: string, separator = ','): string[] | undefined {
  const cells: string[] = [];
  for (let at = 0; at <= line.length; at++) {
    if (line[at] !== '"') {
      const end = line.indexOf(separator, at);
      const cell = line.slice(at, end < 0 ? undefined : end);
      if (cell.includes('"')) return undefined;
      cells.push(cell);
      at = end < 0 ? line.length : end;
    } else {
      let cell = '';
      let from = at + 1;
      for (;;) {
        const end = line.indexOf('"', from);
        if (end < 0) return undefined;
        cell += line.slice(from, end);
        if (line[end + 1] !== '"') {
          at = end + 1;
          break;
        }
        cell += '"';
        from = end + 2;
      }
      if (at < line.length && line[at] !== separator) return undefined;
      cells.push(cell);
    }
    if (at >= line.length) return cells;
    // A separator at the very end is followed by one more, empty cell.
    assert(line[at] === separator, 'cells end at separators');
  }
  return cells;
}
