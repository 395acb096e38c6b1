import type { Command } from '../domain/model.ts';

/** A refused command as kept in `ledger.commands.content`: itself, with its amount as text since JSON has no big integers. */
export type RefusedContent = Record<string, unknown>;

export function writeRefused(command: Command): string {
  return JSON.stringify(command, (_key, value) => (typeof value === 'bigint' ? value.toString() : value));
}

export function readRefused(content: RefusedContent): Command {
  const { amount } = content;
  return { ...content, ...(typeof amount === 'string' ? { amount: BigInt(amount) } : {}) } as Command;
}
