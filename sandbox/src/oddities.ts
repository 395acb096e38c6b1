import type { Oddity } from './fault-schema.ts';

const LONG_TEXT = 'motivo '.repeat(3_000);

/** How a wire calls what an oddity is about. `own`: the field of the order's own id. */
export interface Words {
  readonly own: string;
  readonly amount: string;
  readonly reason: string;
}
type Message = Record<string, unknown>;

/** What each oddity does to a message. */
const TWISTS: Readonly<Record<Oddity, (message: Message, words: Words) => void>> = {
  amountMissing: (message, { amount }) => delete message[amount],
  amountOther: (message, words) => onAmount(message, words, (amount) => plusOneCent(amount)),
  amountNumber: (message, words) => onAmount(message, words, Number),
  amountDecimals: (message, words) => onAmount(message, words, (amount) => `${amount}5`),
  ownIdMissing: (message, { own }) => delete message[own],
  ownIdOther: (message, { own }) => {
    message[own] = otherId(String(message[own]));
  },
  statusUnknown: (message) => {
    message.status = 'em-analise-parcial';
  },
  typeUnknown: (message) => {
    message.type = 'pix.liquidated';
  },
  reasonNul: (message, { reason }) => {
    message[reason] = 'AC\u000003';
  },
  reasonSurrogate: (message, { reason }) => {
    message[reason] = 'recusado \ud83d';
  },
  reasonLong: (message, { reason }) => {
    message[reason] = LONG_TEXT;
  },
};

/** The words of our own wire. */
export const ownWords = (own: string): Words => ({ own, amount: 'amount', reason: 'reason' });

/** A copy of the message with these things wrong about it. An amount is only made wrong where there is one. */
export function twist<M extends object>(message: M, oddities: readonly Oddity[], words: Words): Message {
  const twisted: Message = Object.fromEntries(Object.entries(message));
  for (const oddity of oddities) TWISTS[oddity](twisted, words);
  return twisted;
}

function onAmount(message: Message, { amount: field }: Words, change: (amount: string) => unknown): void {
  const amount = message[field];
  if (typeof amount === 'string') message[field] = change(amount);
}

function plusOneCent(amount: string): string {
  const minor = (BigInt(amount.replace('.', '')) + 1n).toString().padStart(3, '0');
  return `${minor.slice(0, -2)}.${minor.slice(-2)}`;
}

/** Well-formed, and nobody's. */
const otherId = (id: string): string => `${id.slice(0, -1)}${id.endsWith('z') ? 'y' : 'z'}`;
