import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Signature of a webhook, for the header `x-sandbox-signature`: `v1=` and the hex HMAC-SHA-256 of `timestamp.body`.
 *
 * @param timestamp Unix seconds, as sent in `x-sandbox-timestamp`. @param body the exact bytes of the request body, as text.
 */
export function signWebhook(secret: string, timestamp: string, body: string): string {
  return `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}

/** How the receiver checks one: the right signature, and a time no further than `toleranceSeconds` from now. */
export function verifyWebhook(
  secret: string,
  timestamp: string,
  body: string,
  signature: string,
  nowMs: number,
  toleranceSeconds = 300,
): boolean {
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(nowMs / 1000 - Number(timestamp)) > toleranceSeconds) return false;
  const expected = Buffer.from(signWebhook(secret, timestamp, body));
  const given = Buffer.from(signature);
  return expected.length === given.length && timingSafeEqual(expected, given);
}
