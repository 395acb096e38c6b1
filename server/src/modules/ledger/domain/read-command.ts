import { NO_DATE, NO_INSTANT, parseDate, parseInstant } from '#platform/dates.ts';
import { isUuid } from '#platform/id.ts';
import { flawOfWords } from '#platform/text.ts';
import type { CommandInput } from '../contract.ts';
import { refuseLedger } from '../errors.ts';
import type { Command, Condition, DirectiveCommand, Metadata } from './model.ts';

const AMOUNT = /^(0|[1-9]\d{0,63})$/;
const REASON = /^[a-z][a-z0-9-]{0,39}$/;
const REFERENCE = /^[A-Za-z0-9][A-Za-z0-9./-]{0,59}$/;
const BALANCING = ['debit', 'credit', 'both'] as const;
const PURPOSES = ['judicial', 'med'] as const;
const STANDINGS = ['open', 'frozen', 'blocked', 'closed'] as const;
const BALANCES = ['posted', 'available'] as const;
/** Balances may be below nothing. */
const BOUND = /^(0|-?[1-9]\d{0,37})$/;
const MAX_CONDITIONS = 10;
export const KINDS = ['transfer', 'hold', 'settle', 'release', 'reverse', 'account', 'close-period'] as const;
const METADATA_KEY = /^[A-Za-z0-9_.-]{1,40}$/;

/**
 * A command off the wire as the domain knows it. Checks all of it again, contract or not: a batch carries many callers' commands, and
 * one that Postgres could not take would fail them all. Throws LEDGER_COMMAND_MALFORMED naming the field.
 */
export function readCommand(input: CommandInput, index: number, by: string | null = null): Command {
  const at = (field: string): string => `/commands/${index}/${field}`;
  const base = { id: readId(input.id, at('id')), onlyIf: readOnlyIf(input.onlyIf, at('onlyIf')) };
  if (input.kind === 'account' || input.kind === 'close-period') return { ...base, ...readDirective(input, at), by };
  const common = {
    ...base,
    effectiveAt: input.effectiveAt === undefined ? null : readInstant(input.effectiveAt, at('effectiveAt')),
    metadata: readMetadata(input.metadata, at('metadata')),
  };
  switch (input.kind) {
    case 'transfer':
    case 'hold': {
      const parties = {
        debitAccountId: readId(input.debitAccountId, at('debitAccountId')),
        creditAccountId: readId(input.creditAccountId, at('creditAccountId')),
        amount: readAmount(input.amountMinor, at('amountMinor')),
        balancing: readWord(input.balancing, BALANCING, at('balancing')),
      };
      if (input.kind === 'transfer') return { ...common, kind: 'transfer', ...parties };
      return { ...common, kind: 'hold', ...parties, ...readPurpose(input, at), by };
    }
    case 'settle':
    case 'release': {
      const holdId = readId(input.holdId, at('holdId'));
      const reference = readReference(input.reference, at('reference'));
      if (input.kind === 'release')
        return { ...common, kind: 'release', holdId, reference, by, reason: readReason(input.reason ?? 'user', at) };
      const keepRest = input.keepRest ?? false;
      if (typeof keepRest !== 'boolean') throw malformed(at('keepRest'), 'precisa ser true ou false', 'must be true or false');
      return { ...common, kind: 'settle', holdId, reference, by, keepRest, amount: readAmountOrNull(input.amountMinor, at) };
    }
    case 'reverse': {
      const transferId = readId(input.transferId, at('transferId'));
      return { ...common, kind: 'reverse', transferId, amount: readAmountOrNull(input.amountMinor, at) };
    }
    default:
      throw malformed(at('kind'), `escolha entre ${KINDS.join(', ')}`, `choose one of ${KINDS.join(', ')}`);
  }
}

type DirectiveInput = Extract<CommandInput, { kind: 'account' | 'close-period' }>;

type Asked<C> = C extends Command ? Omit<C, 'id' | 'onlyIf' | 'by'> : never;

function readDirective(input: DirectiveInput, at: (field: string) => string): Asked<DirectiveCommand> {
  const { kind } = input;
  if (kind === 'close-period') return { kind, until: readDate(input.until, at('until')) };
  const accountId = readId(input.accountId, at('accountId'));
  const state = readWord(input.state, STANDINGS, at('state'));
  const overdraftLimit = input.overdraftLimitMinor === undefined ? null : readAmount(input.overdraftLimitMinor, at('overdraftLimitMinor'));
  if (state === null && overdraftLimit === null)
    throw malformed(at('state'), 'informe state, overdraftLimitMinor ou os dois', 'give state, overdraftLimitMinor or both');
  return { kind, accountId, state, overdraftLimit, reason: readReason(input.reason, at) };
}

/** A hold for a payment may expire and answers to nobody; one ordered by a court or by MED answers to its case, and a court's has no end of its own. */
function readPurpose(input: Extract<CommandInput, { kind: 'hold' }>, at: (field: string) => string) {
  const purpose = input.purpose === 'payment' ? null : readWord(input.purpose, PURPOSES, at('purpose'));
  const reference = readReference(input.reference, at('reference'));
  const expiresAt = input.expiresAt == null ? null : readInstant(input.expiresAt, at('expiresAt'));
  if (purpose === null && reference !== null)
    throw malformed(at('reference'), 'só cabe em bloqueio judicial ou MED', 'belongs to holds of a court or MED only');
  if (purpose !== null && reference === null)
    throw malformed(at('reference'), 'é obrigatória em bloqueio judicial ou MED', 'is required for holds of a court or MED');
  if (purpose === 'judicial' && expiresAt !== null)
    throw malformed(at('expiresAt'), 'um bloqueio judicial não vence', 'a hold of a court does not expire');
  return { purpose, reference, expiresAt };
}

function readId(text: string, pointer: string): string {
  if (typeof text !== 'string' || !isUuid(text)) throw malformed(pointer, 'precisa ser um UUID', 'must be a UUID');
  return text;
}

function readAmount(text: string, pointer: string): bigint {
  if (typeof text !== 'string' || !AMOUNT.test(text)) {
    throw malformed(pointer, 'precisa ser texto só de dígitos, em unidades menores', 'must be text of digits only, in minor units');
  }
  return BigInt(text);
}

function readAmountOrNull(text: string | undefined, at: (field: string) => string): bigint | null {
  return text === undefined ? null : readAmount(text, at('amountMinor'));
}

function readReason(text: string, at: (field: string) => string): string {
  if (typeof text !== 'string' || !REASON.test(text)) {
    throw malformed(at('reason'), 'use letras minúsculas, dígitos e hífen', 'use small letters, digits and hyphens');
  }
  return text;
}

function readReference(text: string | undefined, pointer: string): string | null {
  if (text === undefined) return null;
  if (typeof text !== 'string' || !REFERENCE.test(text)) {
    throw malformed(pointer, 'use até 60 letras, dígitos, ponto, barra e hífen', 'use up to 60 letters, digits, dots, slashes and hyphens');
  }
  return text;
}

function readWord<T extends string>(text: T | undefined, words: readonly T[], pointer: string): T | null {
  if (text === undefined) return null;
  if (!words.includes(text)) throw malformed(pointer, `escolha entre ${words.join(', ')}`, `choose one of ${words.join(', ')}`);
  return text;
}

function readDate(text: string, pointer: string): string {
  const date = parseDate(text);
  if (date === undefined) throw malformed(pointer, NO_DATE.pt, NO_DATE.en);
  return date;
}

/** Epoch milliseconds of an ISO instant. */
export function readInstant(text: string, pointer: string): number {
  const ms = parseInstant(text);
  if (ms === undefined) throw malformed(pointer, NO_INSTANT.pt, NO_INSTANT.en);
  return ms;
}

export function readMetadata(metadata: Record<string, string> | undefined, pointer: string): Metadata | null {
  if (metadata === undefined) return null;
  const pairs = Object.entries(metadata);
  if (pairs.length === 0) return null;
  if (pairs.length > 16) throw malformed(pointer, 'tem mais de 16 campos', 'has more than 16 fields');
  for (const [key, value] of pairs) {
    // A name by which JavaScript means something else, and which the JSON of a request may not have either.
    if (!METADATA_KEY.test(key) || key === '__proto__') {
      throw malformed(pointer, 'tem um nome de campo inválido', 'has an invalid field name');
    }
    if (typeof value !== 'string' || value.length > 200) {
      throw malformed(`${pointer}/${key}`, 'precisa ser texto de até 200 caracteres', 'must be text of up to 200 characters');
    }
    // Statements show them to people.
    const flaw = flawOfWords(value, { lines: true });
    if (flaw) throw malformed(`${pointer}/${key}`, flaw.pt, flaw.en);
  }
  return Object.fromEntries(pairs);
}

function readOnlyIf(conditions: CommandInput['onlyIf'], pointer: string): readonly Condition[] | null {
  if (conditions === undefined) return null;
  if (!Array.isArray(conditions) || conditions.length === 0 || conditions.length > MAX_CONDITIONS) {
    throw malformed(pointer, `leva de 1 a ${MAX_CONDITIONS} condições`, `takes 1 to ${MAX_CONDITIONS} conditions`);
  }
  return conditions.map((condition, index) => {
    const at = `${pointer}/${index}`;
    const atLeast = readBound(condition.atLeastMinor, `${at}/atLeastMinor`);
    const atMost = readBound(condition.atMostMinor, `${at}/atMostMinor`);
    if (atLeast === null && atMost === null) {
      throw malformed(at, 'informe atLeastMinor, atMostMinor ou os dois', 'give atLeastMinor, atMostMinor or both');
    }
    const balance = readWord(condition.balance, BALANCES, `${at}/balance`) ?? 'posted';
    return { accountId: readId(condition.accountId, `${at}/accountId`), balance, atLeast, atMost };
  });
}

function readBound(text: string | undefined, pointer: string): bigint | null {
  if (text === undefined) return null;
  if (typeof text === 'string' && BOUND.test(text)) return BigInt(text);
  throw malformed(pointer, 'precisa ser texto de até 38 dígitos, em unidades menores', 'must be text of up to 38 digits, in minor units');
}

function malformed(pointer: string, pt: string, en: string) {
  const detail = { pt: `${pointer}: ${pt}.`, en: `${pointer}: ${en}.` };
  return refuseLedger('LEDGER_COMMAND_MALFORMED', { detail, errors: [{ pointer, detail: { pt, en } }] });
}
