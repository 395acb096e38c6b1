import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { refuseLedger } from './errors.ts';

const TABLE = path.join(import.meta.dirname, '../../../../docs/ledger-codes.md');

test('the table beside TigerBeetle’s codes has every code of ours, and no other', async () => {
  const named = new Set((await readFile(TABLE, 'utf8')).match(/LEDGER_[A-Z_]+/g));
  assert.deepEqual([...named].sort(), Object.keys(refuseLedger.specs).sort());
});
