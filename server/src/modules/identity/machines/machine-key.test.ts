import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { redact } from '#platform/redact.ts';
import { beginningOf, looksLikeMachineKey, machineKeyState, machineKeyText, readMachineKey } from './machine-key.ts';

const secret = fc.uint8Array({ minLength: 32, maxLength: 32 });

test('a key says what it is, has one length, and is read back; another secret is another key', () => {
  fc.assert(
    fc.property(secret, secret, fc.constantFrom('key' as const, 'secret' as const), (one, other, kind) => {
      const text = machineKeyText(kind, one);
      assert.match(text, /^lastro_(key|secret)_[0-9A-Za-z]{49}$/);
      assert.equal(readMachineKey(text), kind);
      assert.equal(text === machineKeyText(kind, other), Buffer.from(one).equals(other));
    }),
  );
  assert.equal(machineKeyText('key', new Uint8Array(32)).slice(0, 17), 'lastro_key_000000', 'leading zeros stay');
});

test('any one letter wrong, two in the wrong order, or a part of it: told from a key without asking anybody', () => {
  const text = machineKeyText('key', randomBytes(32));
  for (let at = 0; at < text.length; at++) {
    const wrong = `${text.slice(0, at)}${text[at] === 'x' ? 'y' : 'x'}${text.slice(at + 1)}`;
    assert.equal(readMachineKey(wrong), null, wrong);
    const swapped = `${text.slice(0, at)}${text[at + 1] ?? ''}${text[at]}${text.slice(at + 2)}`;
    if (swapped !== text) assert.equal(readMachineKey(swapped), null, swapped);
    assert.equal(readMachineKey(text.slice(0, at)), null);
  }
  for (const other of [`${text} `, `${text}0`, text.toUpperCase(), text.replace('_key_', '_secret_')])
    assert.equal(readMachineKey(other), null);
});

test('what is shown later opens nothing; a token of the issuer is no key', () => {
  const text = machineKeyText('key', randomBytes(32));
  assert.equal(beginningOf(text), text.slice(0, 17));
  assert.equal(readMachineKey(beginningOf(text)), null);
  assert.ok(looksLikeMachineKey(text) && !looksLikeMachineKey('eyJhbGciOiJQUzI1NiJ9.e30.c2ln'));
});

test('in a log line there is no key, whole, cut short, or in the middle of something', () => {
  const text = machineKeyText('secret', randomBytes(32));
  for (const line of [text, `Bearer ${text}`, `x${text}y`, `?key=${text.slice(0, 30)}&a=1`, encodeURIComponent(`a ${text}`)]) {
    const clean = redact(line);
    assert.ok(!clean.includes(text.slice(14, 30)), clean);
    assert.match(clean, /\[key\]/);
  }
});

test('how a key stands: what was done on purpose is said before what time did', () => {
  const [past, now, later] = [new Date(1_000), 2_000, new Date(3_000)];
  const good = { activeAt: past, expiresAt: later, revokedAt: null, clientDisabledAt: null };
  assert.equal(machineKeyState(good, now), 'active');
  assert.equal(machineKeyState({ ...good, activeAt: null }, now), 'waiting');
  assert.equal(machineKeyState({ ...good, expiresAt: new Date(now) }, now), 'expired', 'it ends at that instant');
  assert.equal(machineKeyState({ ...good, activeAt: null, expiresAt: past }, now), 'expired');
  assert.equal(machineKeyState({ ...good, clientDisabledAt: past, expiresAt: past }, now), 'client-disabled');
  assert.equal(machineKeyState({ ...good, revokedAt: past, clientDisabledAt: past }, now), 'revoked');
});
