import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ABSOLUTE_MS, endsAtMs, IDLE_MS, initialsOf, RENEW_BEFORE_MS, safeReturnPath, TOUCH_EVERY_MS } from './session-rules.ts';

test('a log-in goes back to a page of our own, and nowhere else', () => {
  for (const good of ['/', '/inicio', '/extrato?de=2026-01-01#linha', '/pagar/abc']) assert.equal(safeReturnPath(good), good);
  const bad = [
    undefined,
    '',
    'inicio',
    '//mal.example',
    '//mal.example/inicio',
    '/\\mal.example',
    'https://mal.example',
    '/a\\b',
    '/ a',
    '/a\nb',
    '/%0a\u0000',
  ];
  for (const one of [...bad, '/bff/login', '/oidc/auth', '/entrar/abc', `/${'a'.repeat(500)}`, 'javascript:alert(1)']) {
    assert.equal(safeReturnPath(one), '/', String(one));
  }
  // What is refused is the address that comes out: dot segments vanish while it is read, and may leave two slashes in front.
  for (const one of [
    '/.//mal.example',
    '/x/..//mal.example/p',
    '/%2e//mal.example',
    '/a/%2E%2e//mal.example',
    '/./bff/login',
    '/x/../oidc/auth',
    '/%62ff/login',
    '/%zz',
    // Not one address but a line of text with one in it.
    'http://own.invalid/inicio',
    'x/inicio',
  ]) {
    assert.equal(safeReturnPath(one), '/', one);
  }
  assert.equal(safeReturnPath('/a/../inicio'), '/inicio');
  // The rooms of the issuer are refused at the root alone: a page may have such a word in its path.
  for (const good of ['/extrato/entrar', '/ajuda/bff/x', `/${'a'.repeat(499)}`]) assert.equal(safeReturnPath(good), good);
  const pieces = fc.array(fc.constantFrom('/', '.', '..', '//', '\\', '%2e', '%2F', 'mal.example', '@', ':', '?', '#', '\t', 'bff'), {
    maxLength: 9,
  });
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ maxLength: 60 }),
        pieces.map((some) => `/${some.join('')}`),
      ),
      (text) => {
        const path = safeReturnPath(text);
        const url = new URL(path, 'https://own.example');
        assert.equal(url.origin, 'https://own.example', text);
        assert.doesNotMatch(url.pathname, /^\/(bff|oidc|entrar)(\/|$)/, text);
        assert.equal(safeReturnPath(path), path, text);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('initials are the first and the last', () => {
  assert.equal(initialsOf('Maria Clara de Souza'), 'MS');
  assert.equal(initialsOf('Érica'), 'É');
  assert.equal(initialsOf(''), '');
  // What is no word has no initial, wherever it stands.
  assert.equal(initialsOf('1 Maria 2 Souza 3'), 'MS');
  assert.equal(initialsOf('(Maria) Ana -x'), 'A');
});

test('the times of a session hold together: seen often enough to know that it idles, renewed before the token ends', () => {
  assert.ok(TOUCH_EVERY_MS * 10 <= IDLE_MS && IDLE_MS * 2 <= ABSOLUTE_MS);
  assert.ok(RENEW_BEFORE_MS > 0 && RENEW_BEFORE_MS < 60_000);
});

test('a session ends at the earlier of its two ends', () => {
  const start = 1_000_000;
  const session = { expiresAt: new Date(start + 2 * IDLE_MS), lastSeenAt: new Date(start) };
  assert.equal(endsAtMs(session), start + IDLE_MS);
  assert.equal(endsAtMs({ ...session, lastSeenAt: new Date(start + 1.5 * IDLE_MS) }), start + 2 * IDLE_MS);
});
