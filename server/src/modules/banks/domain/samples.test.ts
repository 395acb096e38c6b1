import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromBytes, preview, sample, sampleNames } from '../test-support/files.ts';
import { previewFile } from './preview.ts';

describe('the sample of each dialect', () => {
  it('is there for the banks of the table', () => {
    assert.ok(sampleNames().length >= 20);
  });
  for (const name of sampleNames()) {
    it(`${name} reads as is written beside it`, async () => {
      const expected = JSON.parse(sample(`${name}.json`).toString());
      assert.deepEqual(await preview(sample(name)), expected);
      for (const size of [1, 7]) assert.deepEqual((await previewFile(fromBytes(sample(name), size))).preview, expected, 'in small pieces');
    });
  }
});
