import { crc32 } from 'node:zlib';

/** What machines prove themselves with: a key is shown to the API itself, a secret to the issuer, which gives a token for it. */
export type MachineKeyKind = 'key' | 'secret';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 256 bits, and 32, written in 62 digits. */
const SECRET_DIGITS = 43;
const SUM_DIGITS = 6;
/** What scanners of source code look for; the same in `platform/redact.ts`, which keeps it out of logs. */
const SHAPE = /^lastro_(key|secret)_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;
const OURS = 'lastro_';

const inDigits = (bytes: Uint8Array | bigint, length: number): string => {
  let rest = typeof bytes === 'bigint' ? bytes : BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (let at = 0; at < length; at++) {
    text = DIGITS[Number(rest % 62n)]! + text;
    rest /= 62n;
  }
  return text;
};
const sumOf = (text: string): string => inDigits(BigInt(crc32(text)), SUM_DIGITS);

/**
 * A key as its holder has it: what it is, 32 secret bytes, and a checksum, so that a typing error and a find of a scanner are told from a real one
 * without asking anybody (as GitHub's tokens).
 */
export function machineKeyText(kind: MachineKeyKind, secret: Uint8Array): string {
  const text = `${OURS}${kind}_${inDigits(secret, SECRET_DIGITS)}`;
  return `${text}${sumOf(text)}`;
}

/** Whether it says of itself that it is one of ours, be it right or wrong. No token of the issuer begins so. */
export const looksLikeMachineKey = (text: string): boolean => text.startsWith(OURS);

/** Its kind; null when it was mistyped, cut short or made up. */
export function readMachineKey(text: string): MachineKeyKind | null {
  const [, kind, , sum] = SHAPE.exec(text) ?? [];
  return kind !== undefined && sum === sumOf(text.slice(0, -SUM_DIGITS)) ? (kind as MachineKeyKind) : null;
}

/** What is shown of a key that is not shown any more, so that its holder knows it again: the first six of its secret digits. */
export const beginningOf = (text: string): string =>
  text.replace(SHAPE, (_all, kind: string, secret: string) => `${OURS}${kind}_${secret.slice(0, 6)}`);

export type MachineKeyState = 'waiting' | 'active' | 'expired' | 'revoked' | 'client-disabled';
type Dates = { activeAt: Date | null; expiresAt: Date | null; revokedAt: Date | null; clientDisabledAt: Date | null };

/** How a key stands at this moment. What was done on purpose is said before what time did. */
export function machineKeyState({ activeAt, expiresAt, revokedAt, clientDisabledAt }: Dates, nowMs: number): MachineKeyState {
  if (revokedAt) return 'revoked';
  if (clientDisabledAt) return 'client-disabled';
  if (expiresAt && expiresAt.getTime() <= nowMs) return 'expired';
  return activeAt ? 'active' : 'waiting';
}
