import type { Command } from '../domain/model.ts';

/** A refused command as kept in `ledger.commands.content`: itself, with its amount as text since JSON has no big integers. */
export type RefusedContent = Record<string, unknown>;

const AMOUNTS = new Set(['amount', 'overdraftLimit']);

export function writeRefused(command: Command): string {
  return JSON.stringify(command, (_key, value) => (typeof value === 'bigint' ? value.toString() : value));
}

export function readRefused(content: RefusedContent): Command {
  const amounts = Object.entries(content).filter(([key, value]) => AMOUNTS.has(key) && typeof value === 'string');
  return { ...content, ...Object.fromEntries(amounts.map(([key, value]) => [key, BigInt(value as string)])) } as Command;
}
