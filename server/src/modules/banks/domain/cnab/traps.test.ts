import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { preview, sample } from '../../test-support/files.ts';

const lines = (name: string): string[] => sample(name).toString('latin1').split('\r\n');
const read = (all: string[]) => preview(Buffer.from(all.join('\r\n'), 'latin1'));
const put = (line: string, at: number, text: string): string => line.slice(0, at - 1) + text + line.slice(at - 1 + text.length);

describe('CNAB 240 statement', () => {
  it('is refused when a movement is missing, its sums differ, or its closing does', async () => {
    const all = lines('statement.cnab240');
    const missing = await read(all.toSpliced(3, 1));
    assert.match(missing.refused[0]!.reason, /^count-does-not-agree/);
    for (const [line, at, text] of [
      [2, 168, '1'],
      [5, 194, '1'],
      [5, 212, '1'],
      [5, 168, '1'],
    ] as const) {
      const { entries, refused } = await read(all.with(line, put(all[line]!, at, text)));
      assert.deepEqual([entries.length, refused[0]?.reason.split(':')[0]], [0, 'sum-does-not-agree'], `line ${line}, column ${at}`);
    }
  });
  it('takes a short line as one with spaces, and no number that is cut short', async () => {
    const all = lines('statement.cnab240');
    assert.equal((await read(all.with(2, all[2]!.slice(0, 201)))).entries.length, 3);
    const { entries, refused } = await read(all.with(2, all[2]!.slice(0, 160)));
    assert.deepEqual([entries.length, refused[0]?.line, refused[0]?.reason.split(':')[0]], [2, 3, 'amount-unreadable']);
  });
});

describe('returns of boletos', () => {
  it('say what was paid and what the bank took: of Itaú the principal is net of the fee', async () => {
    const [itau, bradesco] = await Promise.all([preview(sample('itau.ret')), preview(sample('bradesco.ret'))]);
    assert.deepEqual(itau.entries, bradesco.entries);
    assert.equal(itau.entries[0]!.amountMinor, '10000');
  });
  it('bring fees of occurrences that pay nothing, and pay by 06, 08, 15 and 17 alone', async () => {
    const all = lines('bradesco.ret');
    for (const [occurrence, paid] of [
      ['06', 3],
      ['08', 3],
      ['15', 3],
      ['17', 3],
      ['09', 2],
      ['14', 2],
      ['28', 2],
    ] as const) {
      const { entries } = await read(all.with(2, put(all[2]!, 109, occurrence)));
      assert.deepEqual(entries.filter(({ kind }) => kind === 'credit').length, paid, occurrence);
      assert.deepEqual(entries.filter(({ kind }) => kind === 'debit').length, 4);
    }
  });
  it('without its trailer, or of a line that is none, brings nothing or names it', async () => {
    const all = lines('santander.ret');
    assert.match((await read(all.slice(0, 4))).refused[0]!.reason, /^file-cut-off/);
    assert.deepEqual((await read(all.toSpliced(2, 0, 'X oops'))).refused, [{ line: 3, reason: 'record-unknown: X oops' }]);
    const pairs = lines('return.cnab240');
    assert.deepEqual((await read(pairs.toSpliced(3, 1))).refused, [{ line: 3, reason: 'segment-u-missing' }]);
  });
});
