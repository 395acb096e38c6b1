import { checkOf } from '#platform/check.ts';
import { AppError, type FieldError, type Words } from '#platform/errors.ts';
import { explain } from '#platform/http/explain.ts';
import type { CommandInput, NewAccount } from '../contract.ts';
import { readCommand } from '../domain/read-command.ts';
import { AccountBody, CommandBody, readAccountIds, readCommandIds } from '../http-ids.ts';

/** What one line asks for. A block is a line whose commands happen all or none. */
export type Wanted =
  | { line: number; kind: 'command'; command: CommandInput }
  | { line: number; kind: 'block'; commands: CommandInput[] }
  | { line: number; kind: 'account'; account: NewAccount }
  | { line: number; kind: 'malformed'; detail: Words };

export type Sent = { line: number; text: string };

const Command = checkOf(CommandBody);
const Account = checkOf(AccountBody);
/** The largest block the ledger takes. */
const MAX_BLOCK = 1_000;

export const malformed = (line: number, pt: string, en: string): Wanted => ({ line, kind: 'malformed', detail: { pt, en } });

/** What a JSON line asks for: a command, `{"commands": […]}` (a block), or `{"account": …}`. Nothing of an empty one. */
export function readJsonLine({ line, text }: Sent): Wanted | undefined {
  if (text.trim() === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return malformed(line, 'não é JSON.', 'is no JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return malformed(line, 'não é um objeto JSON.', 'is no JSON object.');
  if ('account' in value) {
    if (Object.keys(value).length === 1 && Account.Check(value.account))
      return { line, kind: 'account', account: readAccountIds(value.account) };
    const flaw = sentenceOf(explain(AccountBody, value.account));
    return malformed(line, `não é uma conta: ${flaw.pt}.`, `is no account: ${flaw.en}.`);
  }
  if ('commands' in value) return readBlock(line, value);
  return readCommandValue(line, value);
}

function readBlock(line: number, value: { commands: unknown }): Wanted {
  const { commands } = value;
  if (!Array.isArray(commands) || commands.length === 0 || commands.length > MAX_BLOCK || Object.keys(value).length > 1)
    return malformed(
      line,
      `um bloco é {"commands": […]} com 1 a ${MAX_BLOCK} comandos.`,
      `a block is {"commands": […]} with 1 to ${MAX_BLOCK} commands.`,
    );
  const read: CommandInput[] = [];
  for (const [index, command] of commands.entries()) {
    const one = readOne(command);
    if ('flaw' in one)
      return malformed(line, `/commands/${index} não é um comando: ${one.flaw.pt}.`, `/commands/${index} is no command: ${one.flaw.en}.`);
    read.push(one.command);
  }
  return { line, kind: 'block', commands: read };
}

export function readCommandValue(line: number, value: unknown): Wanted {
  const one = readOne(value);
  if ('flaw' in one) return malformed(line, `não é um comando: ${one.flaw.pt}.`, `is no command: ${one.flaw.en}.`);
  return { line, kind: 'command', command: one.command };
}

/** The command, or what is wrong with it: by its form, and by what a form cannot say. */
function readOne(value: unknown): { command: CommandInput } | { flaw: Words } {
  if (!Command.Check(value)) return { flaw: sentenceOf(explain(CommandBody, value)) };
  try {
    const command = readCommandIds(value);
    readCommand(command, 0);
    return { command };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const errors = error.data.errors?.map(({ pointer, detail }) => ({ pointer: pointer.replace(/^\/commands\/0/, ''), detail }));
    return { flaw: errors ? sentenceOf(errors) : error.data.detail };
  }
}

function sentenceOf(errors: readonly FieldError[]): Words {
  const say = (language: 'pt' | 'en') => errors.map(({ pointer, detail }) => `${pointer} ${detail[language]}`.trim()).join('; ');
  return { pt: say('pt') || 'forma desconhecida', en: say('en') || 'unknown form' };
}
