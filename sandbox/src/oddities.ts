import type { Oddity } from './fault-schema.ts';

const LONG_TEXT = 'motivo '.repeat(3_000);

/** What each oddity does to a message. `own` names the field of the order's own id. */
const TWISTS: Readonly<Record<Oddity, (message: Record<string, unknown>, own: string) => void>> = {
  amountMissing: (message) => delete message.amount,
  amountOther: (message) => onAmount(message, (amount) => plusOneCent(amount)),
  amountNumber: (message) => onAmount(message, Number),
  amountDecimals: (message) => onAmount(message, (amount) => `${amount}5`),
  ownIdMissing: (message, own) => delete message[own],
  ownIdOther: (message, own) => {
    message[own] = otherId(String(message[own]));
  },
  statusUnknown: (message) => {
    message.status = 'em-analise-parcial';
  },
  typeUnknown: (message) => {
    message.type = 'pix.liquidated';
  },
  reasonNul: (message) => {
    message.reason = 'AC\u000003';
  },
  reasonSurrogate: (message) => {
    message.reason = 'recusado \ud83d';
  },
  reasonLong: (message) => {
    message.reason = LONG_TEXT;
  },
};

/** A copy of the message with these things wrong about it. An amount is only made wrong where there is one. */
export function twist<M extends object>(message: M, oddities: readonly Oddity[], own: string): Record<string, unknown> {
  const twisted: Record<string, unknown> = Object.fromEntries(Object.entries(message));
  for (const oddity of oddities) TWISTS[oddity](twisted, own);
  return twisted;
}

function onAmount(message: Record<string, unknown>, change: (amount: string) => unknown): void {
  if (typeof message.amount === 'string') message.amount = change(message.amount);
}

function plusOneCent(amount: string): string {
  const minor = (BigInt(amount.replace('.', '')) + 1n).toString().padStart(3, '0');
  return `${minor.slice(0, -2)}.${minor.slice(-2)}`;
}

/** Well-formed, and nobody's. */
const otherId = (id: string): string => `${id.slice(0, -1)}${id.endsWith('z') ? 'y' : 'z'}`;
