import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NO_PROJECTION, splitDays, todayOf } from './home.ts';
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

test('a day that is not projected is never shown as zero for certain', () => {
  const day = { date: '2026-03-01', openingMinor: '1', inMinor: '2', outMinor: '0', netMinor: '2', closingMinor: '3' };
  const projection = { days: [day], updatedAt: '2026-03-01T12:00:00.000Z', pending: false, lagMs: 0 };
  assert.deepEqual(todayOf(projection, '2026-03-01'), { ...day, updatedAt: projection.updatedAt, pending: false, lagMs: 0 });
  const missing = todayOf(projection, '2026-03-02');
  const zero = { date: '2026-03-02', openingMinor: '0', inMinor: '0', outMinor: '0', netMinor: '0', closingMinor: '0' };
  assert.deepEqual(missing, { ...zero, updatedAt: null, pending: true, lagMs: 0 });
  // A day that is there, of a projection that still waits, waits too.
  assert.equal(todayOf({ ...projection, pending: true }, '2026-03-01').pending, true);
  assert.deepEqual(NO_PROJECTION, { days: [], updatedAt: null, pending: true, lagMs: 0 });
});

test('the days of the screen are parted from those they are compared with, and nothing is counted twice', () => {
  const day = (date: string, inMinor: string, outMinor: string) => ({
    date,
    openingMinor: '0',
    inMinor,
    outMinor,
    netMinor: '0',
    closingMinor: '0',
  });
  const days = [day('2026-01-01', '100', '7'), day('2026-01-02', '30', '0'), day('2026-01-03', '9007199254740993', '1')];
  assert.deepEqual(splitDays(days, '2026-01-03'), { days: [days[2]], before: { inMinor: '130', outMinor: '7' } });
  assert.deepEqual(splitDays(days, '2025-12-01').before, { inMinor: '0', outMinor: '0' });
  assert.deepEqual(splitDays([], '2026-01-03'), { days: [], before: { inMinor: '0', outMinor: '0' } });
});
