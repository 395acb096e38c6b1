import { isUuid } from '#platform/id.ts';
import type { CommandInput } from '../contract.ts';
import { refuseLedger } from '../errors.ts';
import type { Command, Metadata } from './model.ts';

const AMOUNT = /^(0|[1-9]\d{0,63})$/;
const REASON = /^[a-z][a-z0-9-]{0,39}$/;
const METADATA_KEY = /^[A-Za-z0-9_.-]{1,40}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;

/**
 * A command off the wire as the domain knows it. Checks all of it again, contract or not: a batch carries many callers' commands, and
 * one that Postgres could not take would fail them all. Throws LEDGER_COMMAND_MALFORMED naming the field.
 */
export function readCommand(input: CommandInput, index: number): Command {
  const at = (field: string): string => `/commands/${index}/${field}`;
  const common = {
    id: readId(input.id, at('id')),
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
      };
      if (input.kind === 'transfer') return { ...common, kind: 'transfer', ...parties };
      const expiresAt = input.expiresAt == null ? null : readInstant(input.expiresAt, at('expiresAt'));
      return { ...common, kind: 'hold', ...parties, expiresAt };
    }
    case 'settle': {
      const amount = input.amountMinor === undefined ? null : readAmount(input.amountMinor, at('amountMinor'));
      return { ...common, kind: 'settle', holdId: readId(input.holdId, at('holdId')), amount };
    }
    case 'release': {
      const reason = input.reason ?? 'user';
      if (!REASON.test(reason)) throw malformed(at('reason'), 'use letras minúsculas, dígitos e hífen');
      return { ...common, kind: 'release', holdId: readId(input.holdId, at('holdId')), reason };
    }
    default:
      throw malformed(at('kind'), 'use transfer, hold, settle ou release');
  }
}

function readId(text: string, pointer: string): string {
  if (typeof text !== 'string' || !isUuid(text)) throw malformed(pointer, 'precisa ser um UUID em minúsculas');
  return text;
}

function readAmount(text: string, pointer: string): bigint {
  if (typeof text !== 'string' || !AMOUNT.test(text)) throw malformed(pointer, 'precisa ser texto só de dígitos, em unidades menores');
  return BigInt(text);
}

/** Epoch milliseconds of an ISO instant in UTC. */
export function readInstant(text: string, pointer: string): number {
  const ms = typeof text === 'string' && INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) throw malformed(pointer, 'precisa ser um instante ISO 8601 em UTC');
  return ms;
}

function readMetadata(metadata: Record<string, string> | undefined, pointer: string): Metadata | null {
  if (metadata === undefined) return null;
  const pairs = Object.entries(metadata);
  if (pairs.length === 0) return null;
  if (pairs.length > 16) throw malformed(pointer, 'tem mais de 16 campos');
  for (const [key, value] of pairs) {
    if (!METADATA_KEY.test(key)) throw malformed(pointer, 'tem um nome de campo inválido');
    // Postgres keeps neither NUL nor half of a surrogate pair in jsonb.
    const fits = typeof value === 'string' && value.length <= 200 && !value.includes('\u0000') && value.isWellFormed();
    if (!fits) throw malformed(`${pointer}/${key}`, 'precisa ser texto de até 200 caracteres');
  }
  return Object.fromEntries(pairs);
}

function malformed(pointer: string, detail: string) {
  return refuseLedger('LEDGER_COMMAND_MALFORMED', { detail: `${pointer}: ${detail}`, errors: [{ pointer, detail }] });
}
