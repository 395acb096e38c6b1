import { csvCells } from './csv.ts';
import { malformed, readCommandValue, type Sent, type Wanted } from './import-lines.ts';

/** Columns of a CSV of commands: the fields of a command by name, `metadata` and `onlyIf` as JSON; empty cells are absent fields. */
const COLUMNS = new Set([
  ...['id', 'kind', 'debitAccountId', 'creditAccountId', 'amountMinor', 'balancing', 'effectiveAt', 'expiresAt', 'purpose', 'reference'],
  ...['holdId', 'keepRest', 'transferId', 'reason', 'accountId', 'state', 'overdraftLimitMinor', 'until', 'metadata', 'onlyIf'],
]);
const AS_JSON = ['metadata', 'onlyIf', 'keepRest'];
/** Names of columns have none of them, so the first line shows which it is. A spreadsheet in Portuguese writes semicolons. */
const SEPARATORS = [',', ';', '\t'];
const SEPARATOR_LINE = /^sep=(.*)$/i;

/**
 * Reads CSV lines whose first one names the columns, before it a `sep=;` as spreadsheets write it if at all. Cells are separated by commas,
 * semicolons or tabs, the same throughout. Lines behind a # are comments, such as the end of an export.
 */
export function csvReader(): (sent: Sent) => Wanted | undefined {
  let separator: string | undefined;
  let columns: string[] | undefined;
  return ({ line, text }) => {
    const bare = text.replace(/\r$/, '');
    if (bare === '' || bare.startsWith('#')) return undefined;
    const said = columns || separator ? undefined : SEPARATOR_LINE.exec(bare)?.[1];
    if (said !== undefined) {
      if (!SEPARATORS.includes(said))
        return malformed(
          line,
          'o separador pode ser vírgula, ponto e vírgula ou tabulação.',
          'the separator may be a comma, a semicolon or a tab.',
        );
      separator = said;
      return undefined;
    }
    const cells = csvCells(bare, separator ?? separatorOf(bare));
    if (!cells) return malformed(line, 'as aspas não fecham (uma linha por comando).', 'the quotes do not match (one line a command).');
    if (columns) return readRow(line, columns, cells);
    const unknown = cells.find((name) => !COLUMNS.has(name));
    if (unknown !== undefined) return badHeader(line, unknown);
    separator ??= separatorOf(bare);
    columns = cells;
    return undefined;
  };
}

/** The separator of a first line that names columns: the first that stands in it. */
function separatorOf(header: string): string {
  return SEPARATORS.find((one) => header.includes(one)) ?? ',';
}

function badHeader(line: number, name: string): Wanted {
  const shown = name.slice(0, 60);
  return malformed(
    line,
    `a primeira linha nomeia as colunas, separadas por vírgula, ponto e vírgula ou tabulação; "${shown}" não é uma.`,
    `the first line names the columns, separated by commas, semicolons or tabs; "${shown}" is none.`,
  );
}

function readRow(line: number, columns: readonly string[], cells: readonly string[]): Wanted {
  if (cells.length !== columns.length)
    return malformed(
      line,
      `tem ${cells.length} colunas; a primeira linha tem ${columns.length}.`,
      `has ${cells.length} columns; the first line has ${columns.length}.`,
    );
  const filled = columns.flatMap((name, index): [string, unknown][] => (cells[index] === '' ? [] : [[name, cells[index]]]));
  const fields = Object.fromEntries(filled);
  for (const name of AS_JSON) {
    if (typeof fields[name] !== 'string') continue;
    try {
      fields[name] = JSON.parse(fields[name]);
    } catch {
      return malformed(line, `${name} não é JSON.`, `${name} is no JSON.`);
    }
  }
  return readCommandValue(line, fields);
}
