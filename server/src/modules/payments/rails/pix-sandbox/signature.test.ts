import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { isProved } from './signature.ts';

const SECRET = 'a shared secret of the provider';
const NOW_S = 1_800_000_000;
const body = Buffer.from('{"endToEndId":"E1","status":"settled"}');

function sign(timestamp: string, { secret = SECRET, over = body } = {}): string {
  const text = Buffer.concat([Buffer.from(`${timestamp}.`), over]);
  return `v1=${createHmac('sha256', secret).update(text).digest('hex')}`;
}
const proved = (timestamp: unknown, signature: unknown, nowMs = NOW_S * 1000) => isProved(SECRET, { timestamp, signature }, body, nowMs);

test('what the provider signed within five minutes is proved, to the edge of them on both sides', () => {
  for (const away of [0, 299, 300, -299, -300]) {
    const timestamp = String(NOW_S + away);
    assert.equal(proved(timestamp, sign(timestamp)), true, `${away} s`);
  }
  for (const away of [301, -301, 86_400, -86_400]) {
    const timestamp = String(NOW_S + away);
    assert.equal(proved(timestamp, sign(timestamp)), false, `${away} s`);
  }
  assert.equal(proved(String(NOW_S), sign(String(NOW_S)), NOW_S * 1000 + 300_001), false);
});

test('another secret, another body, another time than the signed one: nothing is proved', () => {
  const timestamp = String(NOW_S);
  assert.equal(proved(timestamp, sign(timestamp, { secret: 'guessed' })), false);
  assert.equal(proved(timestamp, sign(timestamp, { over: Buffer.from('{}') })), false);
  assert.equal(proved(timestamp, sign(String(NOW_S - 1))), false);
  // The dot parts time and body: digits cannot move from one into the other.
  const moved = `v1=${createHmac('sha256', SECRET).update(`${timestamp}${body}`).digest('hex')}`;
  assert.equal(proved(timestamp, moved), false);
});

test('headers of another shape are refused, never a fault', () => {
  const timestamp = String(NOW_S);
  const good = sign(timestamp);
  for (const signature of [
    undefined,
    null,
    '',
    'v1=',
    good.slice(3),
    good.slice(0, -1),
    `${good}0`,
    `x${good}`,
    good.replace('v1', 'v2'),
    [good],
    good.toUpperCase(),
  ]) {
    assert.equal(proved(timestamp, signature), false, String(signature));
  }
  for (const shape of [
    undefined,
    '',
    NOW_S,
    [timestamp],
    `+${timestamp}`,
    ` ${timestamp}`,
    `${timestamp} `,
    `${timestamp}.0`,
    `-${timestamp}`,
    `${timestamp}000`,
    '0x6b49d200',
  ]) {
    assert.equal(proved(shape, sign(String(shape))), false, String(shape));
  }
  // Twelve digits are a time, if a far one; thirteen are not, also for a clock that would agree.
  assert.equal(proved('999999999999', sign('999999999999'), 999_999_999_999_000), true);
  assert.equal(proved('1000000000000', sign('1000000000000'), 1_000_000_000_000_000), false);
});
