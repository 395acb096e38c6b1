import { Compile } from 'typebox/compile';
import { AppError } from '#platform/errors.ts';
import { CommandInput, NewAccount } from '../contract.ts';
import { readCommand } from '../domain/read-command.ts';
import { csvCells } from './csv.ts';

/** What one line asks for. A block is a line whose commands happen all or none. */
export type Wanted =
  | { line: number; kind: 'command'; command: CommandInput }
  | { line: number; kind: 'block'; commands: CommandInput[] }
  | { line: number; kind: 'account'; account: NewAccount }
  | { line: number; kind: 'malformed'; detail: string };

type Sent = { line: number; text: string };

const Command = Compile(CommandInput);
const Account = Compile(NewAccount);
/** The largest block the ledger takes. */
const MAX_BLOCK = 1_000;

/** What a JSON line asks for: a command, `{"commands": […]}` (a block), or `{"account": …}`. Nothing of an empty one. */
export function readJsonLine({ line, text }: Sent): Wanted | undefined {
  if (text.trim() === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { line, kind: 'malformed', detail: 'não é JSON.' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { line, kind: 'malformed', detail: 'não é um objeto JSON.' };
  if ('account' in value) {
    if (Object.keys(value).length === 1 && Account.Check(value.account)) return { line, kind: 'account', account: value.account };
    return { line, kind: 'malformed', detail: `não é uma conta: ${flawOf(Account.Errors(value.account))}.` };
  }
  if ('commands' in value) return readBlock(line, value);
  return readCommandValue(line, value);
}

function readBlock(line: number, value: { commands: unknown }): Wanted {
  const { commands } = value;
  if (!Array.isArray(commands) || commands.length === 0 || commands.length > MAX_BLOCK || Object.keys(value).length > 1)
    return { line, kind: 'malformed', detail: `um bloco é {"commands": […]} com 1 a ${MAX_BLOCK} comandos.` };
  for (const [index, command] of commands.entries()) {
    const flaw = flawOfCommand(command);
    if (flaw) return { line, kind: 'malformed', detail: `/commands/${index} não é um comando: ${flaw}.` };
  }
  return { line, kind: 'block', commands: commands as CommandInput[] };
}

function readCommandValue(line: number, value: unknown): Wanted {
  const flaw = flawOfCommand(value);
  return flaw
    ? { line, kind: 'malformed', detail: `não é um comando: ${flaw}.` }
    : { line, kind: 'command', command: value as CommandInput };
}

/** Of a union every form complains; what counts is the one that was meant. Undefined when nothing is wrong. */
function flawOfCommand(value: unknown): string | undefined {
  if (Command.Check(value)) {
    try {
      readCommand(value, 0);
      return undefined;
    } catch (error) {
      if (error instanceof AppError)
        return (
          error.data.errors?.map(({ pointer, detail }) => `${pointer.replace(/^\/commands\/0/, '')} ${detail}`).join('; ') ??
          error.data.detail
        );
      throw error;
    }
  }
  const kind = (value as { kind?: unknown } | null)?.kind;
  const form = FORMS.find((one) => one.properties.kind.const === kind);
  return form ? flawOf(Compile(form as unknown as typeof CommandInput).Errors(value)) : 'kind desconhecido';
}

const FORMS = (CommandInput as unknown as { anyOf: { properties: { kind: { const: string } } }[] }).anyOf;

function flawOf(errors: Iterable<{ instancePath: string; message: string }>): string {
  for (const { instancePath, message } of errors) return `${instancePath} ${message}`.trim();
  return 'forma desconhecida';
}

/** Columns of a CSV of commands: the fields of a command by name, `metadata` as JSON; empty cells are absent fields. */
const COLUMNS = new Set([
  ...['id', 'kind', 'debitAccountId', 'creditAccountId', 'amountMinor', 'balancing', 'effectiveAt', 'expiresAt', 'purpose', 'reference'],
  ...['holdId', 'transferId', 'reason', 'accountId', 'state', 'overdraftLimitMinor', 'until', 'metadata'],
]);

/** Reads CSV lines whose first one names the columns. Lines behind a # are comments, such as the end of an export. */
export function csvReader(): (sent: Sent) => Wanted | undefined {
  let columns: string[] | undefined;
  return ({ line, text }) => {
    const bare = text.replace(/\r$/, '');
    if (bare === '' || bare.startsWith('#')) return undefined;
    const cells = csvCells(bare);
    if (!cells) return { line, kind: 'malformed', detail: 'as aspas não fecham (uma linha por comando).' };
    if (!columns) {
      const unknown = cells.find((name) => !COLUMNS.has(name));
      if (unknown !== undefined) return { line, kind: 'malformed', detail: `a primeira linha nomeia as colunas; "${unknown}" não é uma.` };
      columns = cells;
      return undefined;
    }
    if (cells.length !== columns.length)
      return { line, kind: 'malformed', detail: `tem ${cells.length} colunas; a primeira linha tem ${columns.length}.` };
    const filled = columns.flatMap((name, index): [string, unknown][] => (cells[index] === '' ? [] : [[name, cells[index]]]));
    const fields = Object.fromEntries(filled);
    if (typeof fields.metadata === 'string') {
      try {
        fields.metadata = JSON.parse(fields.metadata);
      } catch {
        return { line, kind: 'malformed', detail: 'metadata não é JSON.' };
      }
    }
    return readCommandValue(line, fields);
  };
}
