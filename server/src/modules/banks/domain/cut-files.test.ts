/** A file that arrives cut off or damaged never brings a number that the whole file did not have. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ofx, preview, row, sample, sampleNames } from '../test-support/files.ts';
import type { Preview } from './preview.ts';

const SEED = Number(process.env.SEED ?? 20260310);

type Entry = Preview['entries'][number];
const money = ({ date, amountMinor, kind }: Entry): string => `${date} ${amountMinor} ${kind}`;

/** Entries that the whole file has not, by all that they say; of the last one, whose text may be cut, by its money. */
function strangers(part: Preview, whole: Preview): Entry[] {
  const isTextOpen = part.warnings.some((warning) => warning.startsWith('last-line-not-ended'));
  return part.entries.filter((entry, index) => {
    const known = whole.entries[index];
    if (!known) return true;
    return isTextOpen && index === part.entries.length - 1
      ? money(entry) !== money(known)
      : JSON.stringify(entry) !== JSON.stringify(known);
  });
}

describe('a file cut off at any byte', () => {
  for (const name of sampleNames()) {
    it(`${name}: is refused, or each entry is one of the whole file's`, async () => {
      const bytes = sample(name);
      const whole = await preview(bytes);
      assert.ok(whole.entries.length > 0);
      for (let length = 0; length < bytes.length; length++) {
        const part = await preview(bytes.subarray(0, length));
        assert.deepEqual(strangers(part, whole), [], `${name} cut at ${length}`);
      }
    });
  }
  it('brings nothing at all where the format says how it ends', async () => {
    for (const name of sampleNames().filter((one) => /\.(ofx|ret|cnab240)$/.test(one))) {
      const bytes = sample(name);
      const end = bytes.length - (name.endsWith('ofx') ? 12 : 500);
      for (const length of [end, Math.floor(end / 2), Math.floor(end / 3)]) {
        const part = await preview(bytes.subarray(0, length));
        assert.deepEqual([part.entries.length, part.refused.length], [0, 1], `${name} cut at ${length}`);
        assert.ok(part.refused[0]!.line > 0);
      }
    }
  });
});

describe('a damaged file', () => {
  it('is read to an answer that agrees with itself, whatever bytes stand in it', async () => {
    const names = sampleNames();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.array(
          fc.record({ at: fc.double({ min: 0, max: 0.999, noNaN: true }), bytes: fc.uint8Array({ maxLength: 8 }), drop: fc.nat(40) }),
          { maxLength: 6 },
        ),
        async (name, wounds) => {
          let bytes: Buffer = sample(name);
          for (const { at, bytes: put, drop } of wounds) {
            const where = Math.floor(at * bytes.length);
            bytes = Buffer.concat([bytes.subarray(0, where), put, bytes.subarray(where + drop)]);
          }
          const { entries, sumMinor, inMinor, outMinor, from, to } = await preview(bytes);
          assert.equal(BigInt(sumMinor), BigInt(inMinor) - BigInt(outMinor));
          assert.equal(
            entries.reduce((sum, { amountMinor }) => sum + BigInt(amountMinor), 0n),
            BigInt(sumMinor),
          );
          const dates = entries.map(({ date }) => date).sort();
          assert.deepEqual([from, to], [dates[0] ?? null, dates.at(-1) ?? null]);
        },
      ),
      { seed: SEED, numRuns: 300 },
    );
  });
  it('is refused when one digit of its amounts changes and it proves its sum', async () => {
    for (const name of ['banco-do-brasil.ofx', 'itau.ofx', 'mercado-pago.csv', 'bradesco.csv', 'statement.cnab240']) {
      const text = sample(name).toString('latin1');
      const digit = name.endsWith('csv') ? text.indexOf('12,') : text.search(/-?1500\.00|-412\.90|41290D/) + 1;
      const changed = `${text.slice(0, digit)}7${text.slice(digit + 1)}`;
      const { entries, refused } = await preview(Buffer.from(changed, 'latin1'));
      assert.deepEqual([entries.length, refused.length, refused[0]?.reason.startsWith('sum-does-not-agree')], [0, 1, true], name);
    }
  });
  it('of one broken character only that line is read in other letters', async () => {
    const text = ofx(row('20260302', '1.00', 'a', 'CAFÉ') + row('20260303', '2.00', 'b', 'PÃO'));
    const bytes = Buffer.from(text);
    bytes[text.indexOf('CAFÉ') + 3 + 1] = 0x20;
    assert.equal((await preview(bytes)).entries[1]!.text, 'PÃO');
  });
});
