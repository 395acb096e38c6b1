import { readConditions, showConditions, type WrittenCondition } from '../domain/condition-text.ts';
import type { Command } from '../domain/model.ts';

/** A refused command as kept in `ledger.commands.content`: itself, with its amount as text since JSON has no big integers. */
export type RefusedContent = Record<string, unknown> & { onlyIf?: WrittenCondition[] | null };

const AMOUNTS = new Set(['amount', 'overdraftLimit']);

export function writeRefused(command: Command): string {
  const written = { ...command, onlyIf: showConditions(command.onlyIf) };
  return JSON.stringify(written, (_key, value) => (typeof value === 'bigint' ? value.toString() : value));
}

/** What commands have gained since some of them were kept is as if it had been left out. */
export function readRefused(content: RefusedContent): Command {
  const amounts = Object.entries(content).filter(([key, value]) => AMOUNTS.has(key) && typeof value === 'string');
  const gained = { onlyIf: readConditions(content.onlyIf), ...(content.kind === 'settle' ? { keepRest: content.keepRest ?? false } : {}) };
  return { ...content, ...Object.fromEntries(amounts.map(([key, value]) => [key, BigInt(value as string)])), ...gained } as Command;
}
