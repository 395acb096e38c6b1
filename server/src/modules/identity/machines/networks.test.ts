import assert from 'node:assert/strict';
import { test } from 'node:test';
import { insideOf, readNetworks } from './networks.ts';

test('networks are kept in one spelling, each once', () => {
  assert.deepEqual(readNetworks(['203.0.113.7', ' 203.0.113.7/32', '10.0.0.0/8', '2001:DB8:0::/32', '2001:db8::1']), [
    '203.0.113.7/32',
    '10.0.0.0/8',
    '2001:db8::/32',
    '2001:db8::1/128',
  ]);
  assert.deepEqual(readNetworks([]), []);
});

test('what is no network is refused, the whole internet among it', () => {
  for (const wrong of [
    '',
    'x',
    '1.2.3',
    '1.2.3.4/',
    '1.2.3.4/33',
    '1.2.3.4/-1',
    '1.2.3.4/8/8',
    '1.2.3.4/0',
    '::/0',
    '::/129',
    'fe80::1%eth0',
    '01.2.3.4',
    '1.2.3.4/+8',
  ])
    assert.throws(() => readNetworks([wrong]), { code: 'IDENTITY_NETWORK_INVALID' }, wrong);
  assert.throws(() => readNetworks(Array.from({ length: 51 }, (_, at) => `10.0.0.${at}`)), { code: 'IDENTITY_NETWORK_INVALID' });
});

test('an address is inside or not, in both families, also when IPv4 comes dressed as IPv6', () => {
  const isInside = insideOf(['203.0.113.0/24', '198.51.100.7/32', '2001:db8:1::/48']);
  for (const address of ['203.0.113.0', '203.0.113.255', '198.51.100.7', '::ffff:203.0.113.9', '2001:db8:1::1', '2001:db8:1:ffff::1%eth0'])
    assert.ok(isInside(address), address);
  for (const address of ['203.0.112.255', '203.0.114.0', '198.51.100.8', '::ffff:8.8.8.8', '2001:db8:2::1', '', 'localhost', undefined])
    assert.ok(!isInside(address), String(address));
  assert.ok(insideOf([])(undefined), 'no network is any');
});
