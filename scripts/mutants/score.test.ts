import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { rootFolder } from '../supervisor/folders.ts';
import { type Place, readPlaces } from './places.ts';
import { type Fate, type Mutant, renderScore, scoreOf } from './score.ts';

const SOURCE = 'export const isOld = (age: number): boolean => age >= 60;\nexport const isYoung = (age: number): boolean =>\n  age < 18;\n';
const read = () => SOURCE;
const place: Place = {
  name: 'some/domain',
  atLeastPercent: 75,
  mutated: ['some/domain/age.ts'],
  tests: ['some/domain/age.test.ts'],
  equivalents: [],
};

/** `age >= 60` of the first line. */
const mutant = (fate: Fate, replacement = 'age > 60'): Mutant => ({
  file: 'some/domain/age.ts',
  start: { line: 1, column: 48 },
  end: { line: 1, column: 57 },
  replacement,
  mutator: 'EqualityOperator',
  fate,
});
const fates = (...all: Fate[]) => all.map((fate) => mutant(fate));

it('scores what the tests saw of what they could see', () => {
  const score = scoreOf(place, fates('Killed', 'Timeout', 'Crashed', 'Survived', 'RuntimeError', 'Ignored'), read);
  assert.deepEqual([score.percent, score.isEnough, score.failedToRun], [75, true, 1]);
  const low = scoreOf(place, fates('Killed', 'Killed', 'Survived', 'NoCoverage'), read);
  assert.deepEqual([low.percent, low.isEnough, low.survivors.length], [50, false, 2]);
  assert.equal(scoreOf(place, fates('RuntimeError'), read).isEnough, false);
});

it('names a survivor by file, line and column, with what stood there and what went unseen', () => {
  const text = renderScore(scoreOf(place, fates('Survived'), read), read);
  assert.match(text, /some\/domain\/age\.ts:1:48 {2}age >= 60 {2}→ {2}age > 60 {2}\(EqualityOperator\)/);
  assert.match(text, /✗ some\/domain {2}0 % \(at least 75\)/);
  // Never rounded up to the mark.
  const almost = Array.from({ length: 1_999 }, () => mutant('Killed')).concat(mutant('Survived'));
  assert.match(renderScore(scoreOf({ ...place, atLeastPercent: 100 }, almost, read), read), /✗ some\/domain {2}99\.9 %/);
  const lines: Mutant = { ...mutant('NoCoverage', '() => undefined'), start: { line: 2, column: 24 }, end: { line: 3, column: 11 } };
  assert.match(renderScore(scoreOf(place, [lines], read), read), /age\.ts:2:24 {2}\(age: number\): boolean => age < 18 .*no test runs it/);
});

it('does not count what is explained, and fails for an explanation of nothing', () => {
  const why = 'nobody is exactly sixty';
  const explained = { ...place, equivalents: [{ file: 'age.ts', original: 'age >= 60', replacement: 'age > 60', why }] };
  const score = scoreOf(explained, [mutant('Killed', 'true'), mutant('Survived')], read);
  assert.deepEqual([score.percent, score.equivalent, score.isEnough], [100, 1, true]);
  const stale = scoreOf(explained, fates('Killed'), read);
  assert.deepEqual([stale.percent, stale.isEnough], [100, false]);
  assert.match(renderScore(stale, read), /does not survive/);
  const elsewhere = { ...place, equivalents: [{ ...explained.equivalents[0]!, line: 'another line' }] };
  assert.equal(scoreOf(elsewhere, fates('Survived'), read).survivors.length, 1);
});

it('reads the places: all code beside the unit tests, without the tests that need a database', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'lastro-mutants-'));
  try {
    mkdirSync(path.join(root, 'scripts'));
    mkdirSync(path.join(root, 'a', 'domain', 'deep'), { recursive: true });
    mkdirSync(path.join(root, 'z', 'bare'), { recursive: true });
    writeFileSync(path.join(root, 'z', 'bare', 'c.ts'), '');
    const files = ['b.ts', 'b.test.ts', 'b.db.test.ts', 'b.fixture.ts', 'b.json', 'deep/c.ts'];
    for (const file of files) writeFileSync(path.join(root, 'a', 'domain', file), '');
    const entries = { 'a/domain': { atLeastPercent: 85 }, 'a/domain/b.ts': { atLeastPercent: 90 }, 'z/bare': { atLeastPercent: 1 } };
    writeFileSync(path.join(root, 'scripts', 'mutants.json'), JSON.stringify(entries));
    const [one] = readPlaces(root, ['a/domain']);
    const [file] = readPlaces(root, ['domain/b']);
    assert.deepEqual([one!.mutated, one!.tests], [['a/domain/b.ts', 'a/domain/deep/c.ts'], ['a/domain/b.test.ts']]);
    assert.deepEqual([file!.mutated, file!.tests, file!.atLeastPercent], [['a/domain/b.ts'], ['a/domain/b.test.ts'], 90]);
    assert.throws(() => readPlaces(root, ['bare']), /no unit test/);
    assert.deepEqual(readPlaces(root, ['elsewhere']), []);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

it('has a reason for each mutant it leaves out, and a mark for each place', () => {
  const places = readPlaces(rootFolder, []);
  assert.ok(places.length >= 5);
  for (const one of places) {
    assert.ok(one.atLeastPercent > 0 && one.atLeastPercent <= 100, one.name);
    for (const { file, original, why } of one.equivalents) {
      assert.ok(one.mutated.includes(path.join(one.name, file)), `${one.name}/${file} is not mutated`);
      assert.ok(why.length > 20, `${file}: ${original}`);
    }
  }
});
