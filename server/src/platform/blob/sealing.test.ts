import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { openPieces, sealPieces } from './sealing.ts';

const key = createSecretKey(randomBytes(32));
const SEALED_PIECE = 65_536 + 16;

async function gather(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}
async function* of(...parts: Buffer[]): AsyncGenerator<Buffer> {
  yield* parts;
}
const open = (stored: Buffer, sizeBytes: number) => gather(openPieces(key, of(stored), { sizeBytes, from: 0, to: sizeBytes }));

test('pieces that are left out, exchanged, repeated or passed off as the last do not open', async () => {
  const plain = randomBytes(3 * 65_536);
  const sealed = await gather(sealPieces(key, of(plain)));
  const [one, two, three] = [0, 1, 2].map((nth) => sealed.subarray(nth * SEALED_PIECE, (nth + 1) * SEALED_PIECE)) as [
    Buffer,
    Buffer,
    Buffer,
  ];
  assert.ok((await open(sealed, plain.length)).equals(plain));
  await assert.rejects(open(Buffer.concat([two, one, three]), plain.length), 'exchanged');
  await assert.rejects(open(Buffer.concat([one, one, three]), plain.length), 'repeated');
  await assert.rejects(open(Buffer.concat([one, two]), plain.length), /shorter/);
  await assert.rejects(open(Buffer.concat([one, two]), 2 * 65_536), 'cut short, with a size to match');
  await assert.rejects(open(sealed.subarray(0, -1), plain.length), 'a byte too few');
});

test('a stream in parts of any size is sealed to the same length', async () => {
  for (const part of [1_000, 65_536, 65_537, 200_000]) {
    const sealed = await gather(sealPieces(key, of(...Array.from({ length: 5 }, () => Buffer.alloc(part, 7)))));
    assert.ok((await open(sealed, 5 * part)).equals(Buffer.alloc(5 * part, 7)));
  }
});
