import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { CONSENT_TEXTS, currentText, PURPOSES, standingOf } from './consents.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 30, 12, minute));

test('what was said last counts, and for the words it was said to', () => {
  const version = currentText('news').version;
  assert.deepEqual(standingOf('news', []), { given: false, version, at: null });
  const given = { purpose: 'news', version, given: true, at: at(1) } as const;
  assert.equal(standingOf('news', [given]).given, true);
  assert.equal(standingOf('fraud-sharing', [given]).given, false, 'one purpose says nothing of another');
  const withdrawn = { ...given, given: false, at: at(2) };
  assert.deepEqual(standingOf('news', [withdrawn, given]), { given: false, version, at: at(2) });
  assert.equal(standingOf('news', [given, withdrawn, { ...given, at: at(3) }]).given, true);
  assert.equal(standingOf('news', [{ ...given, version: version - 1 }]).given, false, 'older words are other words');
});

test('words that somebody may have consented to are never changed: add a version', () => {
  const prints = Object.fromEntries(
    PURPOSES.flatMap((purpose) =>
      CONSENT_TEXTS[purpose].map((text) => [
        `${purpose}/${text.version}`,
        createHash('sha256')
          .update(JSON.stringify([text.title, text.text]))
          .digest('hex')
          .slice(0, 16),
      ]),
    ),
  );
  assert.deepEqual(prints, PRINTS);
});

const PRINTS = { 'news/1': '5c7a0bbf348ad888', 'fraud-sharing/1': '7d44bb3d4a850f75' };
