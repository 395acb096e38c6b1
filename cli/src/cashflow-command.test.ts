/** `lastro cashflow preview` as people run it: a process of its own, and no server anywhere. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';

const ROOT = path.join(import.meta.dirname, '../..');
const BIN = path.join(ROOT, 'cli/bin/lastro.mjs');
const SAMPLES = path.join(ROOT, 'server/src/modules/banks/samples');
const folder = mkdtempSync(path.join(tmpdir(), 'lastro-preview-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function run(args: string[], LANG = 'pt_BR.UTF-8'): { code: number | null; out: string; err: string } {
  const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env;
  const done = spawnSync(process.execPath, [BIN, 'cashflow', 'preview', ...args], {
    env: { PATH, NODE_COMPILE_CACHE, LANG },
    encoding: 'utf8',
  });
  return { code: done.status, out: done.stdout, err: done.stderr };
}
const file = (name: string, content: string | Buffer): string => {
  const full = path.join(folder, name);
  writeFileSync(full, content);
  return full;
};

test('prints what the file would bring, as one object, and nothing else', () => {
  const { code, out, err } = run([path.join(SAMPLES, 'itau.ofx'), '--json']);
  assert.deepEqual([code, err], [0, '']);
  const printed = JSON.parse(out);
  assert.deepEqual(printed, JSON.parse(readFileSync(path.join(SAMPLES, 'itau.ofx.json'), 'utf8')));
  assert.deepEqual(Object.keys(printed), [
    'entries',
    'sumMinor',
    'inMinor',
    'outMinor',
    'from',
    'to',
    'openingMinor',
    'closingMinor',
    'ignored',
    'refused',
    'warnings',
  ]);
  assert.deepEqual(Object.keys(printed.entries[0]), ['date', 'amountMinor', 'text', 'kind']);
});

test('ends with 1 for what cannot be read at all, 3 for a damaged file, and names the line', () => {
  const whole = readFileSync(path.join(SAMPLES, 'itau.ofx'));
  const cut = run([file('cut.ofx', whole.subarray(0, 1_000)), '--json']);
  assert.deepEqual([cut.code, JSON.parse(cut.out).entries, JSON.parse(cut.out).refused.length], [3, [], 1]);
  const strange = run([file('diary.txt', 'Querido diário'), '--json']);
  assert.deepEqual([strange.code, JSON.parse(strange.out).refused], [1, [{ line: 1, reason: 'format-unknown: Querido diário' }]]);
  const absent = run([path.join(folder, 'absent.ofx'), '--json']);
  assert.deepEqual([absent.code, absent.out], [1, '']);
  assert.equal(run([folder]).code, 1);
  assert.equal(run([path.join(SAMPLES, 'itau.ofx'), '--date-order', 'any']).code, 2);
});

test('for people: a table, sums, and why a line was not taken, in their language', () => {
  const table = file('table.csv', 'date,description,amount\n03/04/2026,bread,1.00\n03/05/2026,rolls,x\n');
  assert.match(run([table]).err, /table\.csv:1\tas datas podem ser dia\/mês ou mês\/dia/);
  const english = run([table, '--date-order', 'month-first'], 'en_US.UTF-8');
  assert.match(english.out, /^date\tamountMinor\tkind\ttext\n2026-03-04\t100\tcredit\tbread\n$/);
  assert.match(english.err, /sumMinor\t100\n/);
  assert.match(english.err, /table\.csv:3\tunreadable amount: x/);
});

test('a table that nobody knows is read by a mapping', () => {
  const table = file('strange.csv', 'Quando|Quanto|O que\n2026-03-13|1,50|Bolo\n');
  const mapping = file('mapping.json', '{"date":"Quando","amount":"Quanto","text":["O que"]}');
  assert.equal(run([table, '--json']).code, 1);
  assert.equal(JSON.parse(run([table, '--mapping', mapping, '--json']).out).sumMinor, '150');
  assert.equal(JSON.parse(run([table, '--mapping', mapping, '--card', '--json']).out).sumMinor, '-150');
  assert.equal(run([table, '--mapping', file('wrong.json', '{"date":1}')]).code, 2);
});
