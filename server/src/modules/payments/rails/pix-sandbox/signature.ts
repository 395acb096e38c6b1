import { createHmac, timingSafeEqual } from 'node:crypto';

const TOLERANCE_S = 300;

/**
 * Whether a webhook is the provider's: HMAC-SHA-256 over `timestamp.body` with the shared secret, compared in constant time, and a time
 * within five minutes of ours, so that an old one cannot be played again for long.
 */
export function isProved(secret: string, headers: { timestamp: unknown; signature: unknown }, body: Buffer, nowMs: number): boolean {
  const { timestamp, signature } = headers;
  if (typeof timestamp !== 'string' || typeof signature !== 'string' || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(nowMs / 1000 - Number(timestamp)) > TOLERANCE_S) return false;
  const expected = createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest();
  const given = /^v1=([0-9a-f]{64})$/.exec(signature)?.[1];
  return given !== undefined && timingSafeEqual(expected, Buffer.from(given, 'hex'));
}
